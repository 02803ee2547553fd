"""Which data a pipeline names that must be there before its first step runs."""

from __future__ import annotations

from typing import Any

import pytest

from emulator.trials.inputs.pipeline_inputs import named_data


def body(uri: str, outputs: dict[str, Any] | None = None) -> dict[str, Any]:
    return {
        "inputs": {"raw": {"jobInputType": "uri_folder", "uri": uri}, "n": {"jobInputType": "literal", "value": "1"}},
        "jobs": {"first": {"outputs": outputs or {}}},
    }


def test_data_of_the_pipeline_and_of_steps_is_named_by_where_it_stands() -> None:
    bound = {"value": "${{parent.jobs.a.outputs.o}}", "job_input_type": "literal"}
    table = {"uri": "https://site.org/t.csv", "job_input_type": "uri_file", "mode": "Download"}
    found = named_data(body("azureml:raw:1") | {"jobs": {"fit": {"inputs": {"table": table, "other": bound}}}})
    assert {place: (one.uri, one.mode) for place, one in found.items()} == {
        "inputs.raw": ("azureml:raw:1", None),
        "jobs.fit.inputs.table": ("https://site.org/t.csv", "Download"),
    }


@pytest.mark.parametrize(
    ("uri", "output"),
    [
        ("azureml://datastores/lake/paths/day/part/", {"uri": "azureml://datastores/lake/paths/day/"}),
        ("azureml://datastores/lake/paths/x/", {"uri": "azureml://datastores/lake/paths/${{name}}/"}),
        ("azureml:made:1", {"job_output_type": "uri_folder", "name": "made"}),
        ("/subscriptions/s/resourceGroups/g/providers/p/workspaces/w/data/made/versions/1", {"name": "made"}),
    ],
    ids=["path", "path with an expression", "short name", "ARM id"],
)
def test_what_a_step_may_write_is_not_expected_yet(uri: str, output: dict[str, Any]) -> None:
    assert named_data(body(uri, {"o": output})) == {}
    assert list(named_data(body(uri))) == ["inputs.raw"]


LAKE = {"uri": "azureml://datastores/lake/paths/day/", "job_input_type": "uri_folder"}
BOUND = {"value": "${{parent.jobs.fit.outputs.o}}", "job_input_type": "literal"}


@pytest.mark.parametrize(
    ("jobs", "is_expected"),
    [
        ({"fit": {"inputs": {"i": LAKE}, "outputs": {"o": LAKE}}}, True),
        ({"fit": {"inputs": {"i": LAKE}}, "next": {"inputs": {"i": BOUND}, "outputs": {"o": LAKE}}}, True),
        ({"fit": {"inputs": {"i": LAKE}}, "other": {"outputs": {"o": LAKE}}}, False),
        ({"fit": {"outputs": {"o": LAKE}}, "next": {"inputs": {"i": BOUND, "lake": LAKE}}}, False),
    ],
    ids=["the same step", "one that needs it", "one beside it", "one that it needs"],
)
def test_what_is_only_written_after_it_was_read_is_expected(jobs: dict[str, Any], is_expected: bool) -> None:
    assert bool(named_data({"jobs": jobs})) is is_expected


def test_the_data_of_steps_of_nested_pipelines_is_named_too() -> None:
    inner = {"a": {"inputs": {"lake": LAKE, "made": {**LAKE, "uri": "azureml:made:1"}}}}
    nested = {"type": "pipeline", "outputs": {"o": {"name": "made"}}}
    jobs = {"first": {"outputs": {"o": {"name": "made"}}}, "night": nested}
    found = named_data({"jobs": jobs}, lambda node: inner if node is nested else None)
    assert {place: one.uri for place, one in found.items()} == {"jobs.night.jobs.a.inputs.lake": LAKE["uri"]}
