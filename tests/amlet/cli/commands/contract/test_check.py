"""`amlet contract check`: bodies of any client, from files and logs."""

from __future__ import annotations

import io
import json
import sys
from types import SimpleNamespace
from typing import Any

import pytest

GOOD = {"jobType": "Command", "command": "true", "environmentId": "azureml:e:1"}
BAD = {
    "jobType": "Sweep",
    "searchSpace": {"lr": ["uniform", [2, 1]]},
    "samplingAlgorithm": {"samplingAlgorithmType": "Random"},
    "objective": {"goal": "up", "primaryMetric": "m"},
    "limits": {"jobLimitsType": "Sweep", "maxTotalTrials": "many"},
    "trial": {"command": "echo ${{search_space.lr}}", "environmentId": "azureml:e:1"},
}


def log(body: dict[str, Any], *, name: str = "job_1", version: str = "2024-10-01") -> str:
    """What azure-cli prints of a request with --debug."""
    logger = "cli.azure.cli.core.sdk.policies: "
    lines = [
        f"Request URL: 'https://management.azure.com/subscriptions/s/jobs/{name}?api-version={version}'",
        "Request method: 'PUT'",
        "Request headers:",
        "    'Content-Type': 'application/json'",
        "Request body:",
        json.dumps({"properties": body}),
        "Response status: 201",
        "Response content:",
        json.dumps({"name": name, "properties": {**body, "status": "Running"}}),
    ]
    return "\n".join(logger + line for line in lines)


def found(ran: Any) -> set[tuple[str, str]]:
    return {(row["code"], row["path"]) for row in json.loads(ran.out)["findings"]}


def test_a_good_body_has_exit_code_0(amlet, tmp_path) -> None:
    (tmp_path / "body.json").write_text(json.dumps({"properties": GOOD}))
    ran = amlet("contract", "check", tmp_path / "body.json")
    assert ran.code == 0
    assert json.loads(ran.out)["result"] == "Succeeded"


def test_each_finding_has_field_expectation_value_and_remedy(amlet, tmp_path) -> None:
    (tmp_path / "body.json").write_text(json.dumps({"properties": BAD}))
    ran = amlet("contract", "check", tmp_path / "body.json", "-o", "json")
    assert ran.code == 5
    rows = {row["path"]: row for row in json.loads(ran.out)["findings"]}
    assert rows["$.properties.limits.maxTotalTrials"]["expected"] == "an integer"
    assert rows["$.properties.limits.maxTotalTrials"]["got"] == '"many"'
    assert rows["$.properties.objective.goal"]["expected"] == "one of Minimize, Maximize"
    assert rows["$.properties.searchSpace.lr"]["got"] == '["uniform", [2, 1]]'
    assert all(row["remedy"] and row["expected"] and row["severity"] for row in rows.values())


def test_bare_properties_are_a_body_and_paths_are_those_of_the_file(amlet, tmp_path) -> None:
    (tmp_path / "body.json").write_text(json.dumps(BAD))
    ran = amlet("contract", "check", tmp_path / "body.json")
    assert ("InvalidEnumValue", "$.objective.goal") in found(ran)


def test_a_body_inside_a_document_is_found(amlet, tmp_path) -> None:
    (tmp_path / "example.json").write_text(json.dumps({"parameters": {"body": {"properties": BAD}}}))
    ran = amlet("contract", "check", tmp_path / "example.json")
    assert ("InvalidEnumValue", "$.parameters.body.properties.objective.goal") in found(ran)


def test_a_body_without_a_job_type_is_still_checked(amlet, tmp_path) -> None:
    (tmp_path / "body.json").write_text(json.dumps({"properties": {**GOOD, "jobType": None}}))
    ran = amlet("contract", "check", tmp_path / "body.json")
    assert ran.code == 5
    assert "$.properties.jobType" in {path for _, path in found(ran)}


def test_a_log_gives_what_was_sent_with_its_name_and_version(amlet, tmp_path) -> None:
    with_preview = {**BAD, "samplingAlgorithm": {"samplingAlgorithmType": "Random", "logbase": 2}}
    (tmp_path / "debug.log").write_text(log(with_preview))
    ran = amlet("contract", "check", tmp_path / "debug.log")
    result = json.loads(ran.out)
    assert (result["name"], result["api_version"], result["line"]) == ("job_1", "2024-10-01", 6)
    assert ("NotInApiVersion", "$.properties.samplingAlgorithm.logbase") in found(ran)


def test_a_body_that_a_log_shows_as_bytes_is_read(amlet, tmp_path) -> None:
    body = json.dumps({"properties": {**BAD, "description": "it's"}}).encode()
    (tmp_path / "debug.log").write_text(f"DEBUG send: {body!r}\n")
    ran = amlet("contract", "check", tmp_path / "debug.log")
    assert ("InvalidEnumValue", "$.properties.objective.goal") in found(ran)


def test_a_recording_gives_what_was_sent(amlet, tmp_path) -> None:
    url = "https://host/subscriptions/s/jobs/{}?api-version=2024-10-01"
    exchanges = [
        {
            "request": {"method": "PUT", "url": url.format(name), "json": {"properties": body}},
            "response": {"status": 201, "json": {"name": name, "properties": {**body, "status": "Running"}}},
        }
        for name, body in (("job_1", GOOD), ("job_2", BAD))
    ]
    documents = [{"cassette": 1}, *exchanges]
    (tmp_path / "c.json").write_text("\n".join(json.dumps(one, indent=1) for one in documents))
    ran = amlet("contract", "check", tmp_path / "c.json")
    assert [(one["name"], one["api_version"], one["result"]) for one in json.loads(ran.out)] == [
        ("job_1", "2024-10-01", "Succeeded"),
        ("job_2", "2024-10-01", "Failed"),
    ]


def test_the_api_version_can_be_said(amlet, tmp_path) -> None:
    (tmp_path / "debug.log").write_text(log(GOOD))
    ran = amlet("contract", "check", tmp_path / "debug.log", "--api-version", "2024-01-01-preview")
    assert json.loads(ran.out)["api_version"] == "2024-01-01-preview"


def test_every_request_of_a_log_is_checked(amlet, tmp_path) -> None:
    (tmp_path / "debug.log").write_text(log(GOOD) + "\n" + log(BAD, name="job_2"))
    ran = amlet("contract", "check", tmp_path / "debug.log")
    assert ran.code == 5
    assert [(one["name"], one["result"]) for one in json.loads(ran.out)] == [
        ("job_1", "Succeeded"),
        ("job_2", "Failed"),
    ]


def test_a_bad_name_is_a_finding(amlet, tmp_path) -> None:
    (tmp_path / "body.json").write_text(json.dumps({"properties": GOOD}))
    ran = amlet("contract", "check", tmp_path / "body.json", "--name", "a b")
    assert ("InvalidJobName", "$.name") in found(ran)


def test_a_dash_reads_stdin(amlet, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(json.dumps(GOOD).encode())))
    assert amlet("contract", "check", "-").code == 0


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "there is no job body"),
        ("type: sweep\n", "amlet job validate -f FILE"),
        ('{"properties": {', "the JSON is broken"),
        ("[1, 2]", "a job's body is an object, this is a list"),
        ("[" * 100_000, "nested too deeply"),
        ("DEBUG: Request body:\nnothing", "there is no job body"),
    ],
)
def test_what_holds_no_body_is_refused_with_the_reason(amlet, tmp_path, content: str, message: str) -> None:
    (tmp_path / "file").write_text(content)
    ran = amlet("contract", "check", tmp_path / "file")
    assert ran.code == 5
    assert message in ran.err


def test_a_malformed_api_version_is_wrong_usage(amlet, tmp_path) -> None:
    ran = amlet("contract", "check", tmp_path / "file", "--api-version", "newest")
    assert ran.code == 2


def test_a_missing_file_is_refused_by_its_name(amlet, tmp_path) -> None:
    ran = amlet("contract", "check", tmp_path / "nowhere.json")
    assert ran.code == 5
    assert "nowhere.json" in ran.err
