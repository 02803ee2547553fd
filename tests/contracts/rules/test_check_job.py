from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.arm.jobs import job_resource
from contracts.rules import Finding, Severity, check_job

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
COMMAND: dict[str, Any] = {
    "jobType": "Command",
    "command": "python t.py ${{inputs.x}}",
    "environmentId": "azureml:env:1",
    "inputs": {"x": {"jobInputType": "literal", "value": "3"}},
    "resources": {"instanceCount": 1, "shmSize": "2g"},
    "limits": {"jobLimitsType": "Command", "timeout": "PT10M"},
}


def _places(value: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [at] + [place for key, inner in members for place in _places(inner, (*at, key))]


def _sound(kind: str) -> dict[str, Any]:
    if kind == "Command":
        return {"properties": json.loads(json.dumps(COMMAND))}
    return {
        "properties": {
            "jobType": "Sweep",
            "searchSpace": {
                "lr": ["quniform", [1, 2, 1]],
                "n": ["choice", [[{"g": ["normal", [0, 1]]}, 3]]],
                "r": ["randint", [4]],
            },
            "samplingAlgorithm": {"samplingAlgorithmType": "Random", "rule": "sobol", "seed": 1, "logbase": "e"},
            "objective": {"goal": "minimize", "primaryMetric": "loss"},
            "earlyTermination": {"policyType": "Bandit", "slackFactor": 0.1, "delayEvaluation": 1},
            "trial": {
                "command": "t ${{search_space.lr}} ${{search_space.g}} ${{search_space.r}}",
                "environmentId": "e:1",
                "distribution": {"distributionType": "Mpi"},
            },
            "queueSettings": {"jobTier": "Standard", "priority": 2},
            "identity": {"identityType": "Managed"},
            "inputs": {"d": {"jobInputType": "uri_folder", "uri": "azureml:d:1", "mode": "Download"}},
            "outputs": {"o": {"jobOutputType": "uri_file", "mode": "Upload"}},
            "limits": {"jobLimitsType": "Sweep", "maxTotalTrials": 3, "trialTimeout": "PT5M"},
            "tags": {"a": "b"},
        }
    }


@pytest.mark.parametrize("kind", ["Sweep", "Command"])
def test_a_sound_job_has_no_findings(kind: str) -> None:
    assert check_job(_sound(kind)) == []


@given(body=JSON)
def test_any_json_value_is_accepted(body: Any) -> None:
    assert any(finding.severity is Severity.ERROR for finding in check_job(body))


@given(data=st.data(), kind=st.sampled_from(["Sweep", "Command"]), value=JSON)
def test_what_passes_without_error_can_be_read_by_the_models(data: st.DataObject, kind: str, value: Any) -> None:
    body = _sound(kind)
    *parents, last = data.draw(st.sampled_from(_places(body)[1:]))
    target: Any = body
    for parent in parents:
        target = target[parent]
    target[last] = value
    findings = check_job(body)
    assert len(set(findings)) == len(findings)
    if not any(finding.severity is Severity.ERROR for finding in findings):
        job_resource().model_validate(body)


@pytest.mark.parametrize(
    ("kind", "key", "path"),
    [
        ("Sweep", "objective", "$.properties.objective"),
        ("Sweep", "searchSpace", "$.properties.searchSpace"),
        ("Sweep", "samplingAlgorithm", "$.properties.samplingAlgorithm"),
        ("Sweep", "trial", "$.properties.trial"),
        ("Command", "command", "$.properties.command"),
        ("Command", "environmentId", "$.properties.environmentId"),
    ],
)
def test_an_absent_required_field_is_an_error_at_its_place(kind: str, key: str, path: str) -> None:
    body = _sound(kind)
    del body["properties"][key]
    assert ("Missing", "error", path) in [(found.code, found.severity, found.path) for found in check_job(body)]


@pytest.mark.parametrize(
    ("name", "sound"),
    [("a", True), ("9-b_C", True), ("a" * 255, True), ("a" * 256, False), ("a b/c", False), ("_a", False), ("", False)],
)
def test_a_job_name_follows_the_pattern_of_the_published_operation(name: str, sound: bool) -> None:
    assert [found.code for found in check_job(_sound("Command"), name=name)] == ([] if sound else ["InvalidJobName"])


@pytest.mark.parametrize("job_type", ["Pipeline", "command", 3, None])
def test_another_job_type_is_an_error(job_type: Any) -> None:
    body = _sound("Command")
    body["properties"]["jobType"] = job_type
    assert check_job(body)[0].severity is Severity.ERROR


def test_a_finding_reads_as_one_line_that_names_place_value_and_remedy() -> None:
    body = _sound("Sweep")
    body["properties"]["queueSettings"]["jobTier"] = "Gold"
    (found,) = check_job(body)
    assert str(found) == (
        "error InvalidEnumValue at $.properties.queueSettings.jobTier: The value provided is not a valid enum value. "
        "Field: queueSettings.jobTier. Allowed values: Spot,Basic,Standard,Premium. "
        'Replace "Gold" by one of the allowed values.'
    )


def test_a_wrong_type_is_reported_once_with_its_place() -> None:
    body = _sound("Sweep")
    body["properties"]["limits"]["maxTotalTrials"] = "5"
    body["properties"]["tags"]["a b"] = 3
    assert [(found.code, found.path) for found in check_job(body)] == [
        ("WrongType", '$.properties.tags["a b"]'),
        ("WrongType", "$.properties.limits.maxTotalTrials"),
    ]


def test_a_misspelled_field_is_pointed_out_with_the_one_that_was_meant() -> None:
    body = _sound("Sweep")
    body["properties"]["limits"]["maxTotalTrial"] = body["properties"]["limits"].pop("maxTotalTrials")
    assert check_job(body) == [
        Finding(
            "UnknownField",
            Severity.WARNING,
            "$.properties.limits.maxTotalTrial",
            "maxTotalTrial is not a field here and would be ignored.",
            "Did you mean maxTotalTrials?",
        )
    ]


@pytest.mark.oracle
def test_the_service_accepted_what_the_recording_sent(corpus: Path) -> None:
    recording = json.loads((corpus / "recordings" / "sweep_await_completion.json").read_text())
    put = recording["entries"][0]
    assert check_job(put["request"]) == []
    assert check_job(put["response"]) == []


@pytest.mark.oracle
def test_of_the_official_job_files_only_the_grid_over_a_range_is_in_error(corpus: Path) -> None:
    errors = {
        golden.stem: {
            found.code
            for found in check_job(json.loads(golden.read_text().replace("<generated>", "made")))
            if found.severity == "error"
        }
        for golden in (corpus / "golden").glob("*.json")
    }
    assert {name: codes for name, codes in errors.items() if codes} == {
        "sweep_job_grid_sampling_algorithm_object": {"UnsupportedDistribution"}
    }
