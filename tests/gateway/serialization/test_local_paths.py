from __future__ import annotations

from pathlib import Path

import pytest

from gateway.serialization.local_paths import code_folder_finding, input_findings, is_local_input

RELATIVE = "Relative paths start from the folder of the job's file."
FORWARD = ": forward slashes are understood on every system."


@pytest.mark.parametrize("code", [None, "azureml:code:1", "git+https://h/r", "src", "c:3", "${{parent.inputs.code}}"])
def test_code_that_is_there_or_elsewhere_is_sound(tmp_path: Path, code: str | None) -> None:
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "train.py").touch()
    assert code_folder_finding("$.properties.codeId", tmp_path, code, "job") is None


@pytest.mark.parametrize(
    ("code", "remedy"),
    [
        ("nowhere", "Name a folder with the code; relative paths start from the folder of the job's file."),
        ("no\\where", "Name a folder with the code; relative paths start from the folder of the job's file."),
        (".\\src", "Write ./src: forward slashes are understood on every system."),
        ("src\\inner", "Write src/inner: forward slashes are understood on every system."),
    ],
)
def test_the_remedy_can_be_pasted(tmp_path: Path, code: str, remedy: str) -> None:
    (tmp_path / "src" / "inner").mkdir(parents=True)
    found = code_folder_finding("$.properties.codeId", tmp_path, code, "job")
    assert found is not None
    assert (found.code, found.remedy) == ("CodeNotFound", remedy)


@pytest.mark.parametrize("uri", ["data/x.csv", "./data", "/data", "data", "C:\\Users\\me\\data", "d:/data", "a:b/c"])
def test_paths_are_local(uri: str) -> None:
    assert is_local_input(uri)


@pytest.mark.parametrize(
    "uri",
    [
        "https://host/x.csv",
        "azureml:data:1",
        "azureml:data@latest",
        "data:1",
        "${{parent.inputs.x}}",
        "azureml://jobs/a/outputs/b",
    ],
)
def test_addresses_and_names_of_assets_are_not_local(uri: str) -> None:
    assert not is_local_input(uri)


@pytest.mark.parametrize(
    ("kind", "uri", "message", "remedy"),
    [
        ("uri_file", "x.csv", "There is no file {}/x.csv.", RELATIVE),
        ("uri_file", "data", "There is no file {}/data.", "It is a folder; an input of type uri_file needs a file."),
        (
            "uri_folder",
            "data\\in",
            "There is no folder {}/data\\in.",
            "Write data/in" + FORWARD,
        ),
        ("mltable", "y", "There is no file or folder {}/y.", RELATIVE),
    ],
)
def test_missing_inputs_of_jobs_and_steps_are_warned_about(
    tmp_path: Path, kind: str, uri: str, message: str, remedy: str
) -> None:
    (tmp_path / "data" / "in").mkdir(parents=True)
    inputs = {"there": {"jobInputType": "uri_folder", "uri": "data"}, "n": 3, "d": {"jobInputType": kind, "uri": uri}}
    found = list(input_findings(tmp_path, {"inputs": inputs, "jobs": {"prepare": {"inputs": inputs}}}))
    assert [each.path for each in found] == ["$.properties.inputs.d.uri", "$.properties.jobs.prepare.inputs.d.uri"]
    assert {(each.code, each.message, each.remedy) for each in found} == {
        ("InputNotFound", message.format(tmp_path), remedy)
    }
