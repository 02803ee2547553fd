"""What makes two steps equal."""

from __future__ import annotations

from typing import Any

import pytest

from emulator.engine.pipeline.reuse import reuse_key

BODY: dict[str, Any] = {
    "jobType": "Command",
    "command": "python a.py",
    "codeId": "code-1",
    "inputs": {"d": {"jobInputType": "uri_folder", "uri": "azureml://d/x"}},
    "outputs": {"o": {"jobOutputType": "uri_folder"}},
}


def key(
    body: dict[str, Any], *, contents: dict[str, str] | None = None, environment: str = "e", simulated: bool = False
) -> str:
    known = contents or {}
    return reuse_key(body, content_of=lambda uri: known.get(uri, uri), environment=environment, simulated=simulated)


@pytest.mark.parametrize(
    "change",
    [
        {"command": "python b.py"},
        {"codeId": "code-2"},
        {"inputs": {"d": {"jobInputType": "uri_folder", "uri": "azureml://d/y"}}},
        {"inputs": {}},
        {"outputs": {"o": {"jobOutputType": "uri_folder", "mode": "Upload"}}},
        {"inputs": {"d": {"jobInputType": "uri_folder", "uri": "azureml://d/x", "mode": "Download"}}},
        {"resources": {"instanceCount": 2}},
        {"environmentVariables": {"A": "1"}},
    ],
    ids=lambda change: next(iter(change)),
)
def test_what_a_step_computes_from_distinguishes_it(change: dict[str, Any]) -> None:
    assert key({**BODY, **change}) != key(BODY)


@pytest.mark.parametrize("change", [{"displayName": "x"}, {"tags": {"a": "b"}}, {"description": "x"}])
def test_words_for_people_do_not(change: dict[str, Any]) -> None:
    assert key({**BODY, **change}) == key(BODY)


def test_a_mode_that_says_what_its_absence_means_does_not() -> None:
    filled = {
        "inputs": {"d": {**BODY["inputs"]["d"], "mode": "ReadOnlyMount", "description": None}},
        "outputs": {"o": {**BODY["outputs"]["o"], "mode": "ReadWriteMount", "uri": None}},
    }
    assert key({**BODY, **filled}) == key(BODY)


def test_equal_content_under_two_addresses_is_equal() -> None:
    contents = {"azureml://d/x": "hash", "azureml://d/y": "hash", "code-1": "c", "code-2": "c"}
    other = {**BODY, "codeId": "code-2", "inputs": {"d": {"jobInputType": "uri_folder", "uri": "azureml://d/y"}}}
    assert key(other, contents=contents) == key(BODY, contents=contents)


def test_other_packages_and_simulated_runs_are_never_reused() -> None:
    assert len({key(BODY), key(BODY, environment="f"), key(BODY, simulated=True)}) == 3
