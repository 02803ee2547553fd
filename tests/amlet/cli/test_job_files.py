"""`amlet job validate` and the exchange of job files."""

from __future__ import annotations

import json

import pytest


def test_a_good_file_is_valid_and_nothing_is_asked(amlet, sweep) -> None:
    ran = amlet("job", "validate", "-f", sweep)
    assert ran.code == 0
    assert json.loads(ran.out) == {"result": "Succeeded", "findings": []}
    assert ran.err.startswith("Target: none")


def test_findings_have_code_place_and_remedy(amlet, sweep) -> None:
    sweep.write_text(sweep.read_text().replace("search_space.x}}", "search_space.typo}}"))
    ran = amlet("job", "validate", "-f", sweep)
    assert ran.code == 5
    [finding] = [row for row in json.loads(ran.out)["findings"] if row["severity"] == "error"]
    assert {"code", "path", "remedy"} < finding.keys()
    assert (finding["file"], finding["line"]) == (str(sweep), 4)
    assert "typo" in finding["message"]


def test_validate_takes_changes(amlet, sweep) -> None:
    ran = amlet("job", "validate", "-f", sweep, "--set", "limits.max_total_trials=5000")
    assert ran.code == 5
    assert "5000" in ran.out


def test_a_changed_number_is_text_where_the_field_is_text_as_in_az(amlet, sweep) -> None:
    changes = ("tags.version=1", "properties.day=2024-01-31", "limits.max_total_trials=3", "name=7")
    ran = amlet("job", "export", "-f", sweep, "--to", "arm", *(part for text in changes for part in ("--set", text)))
    properties = json.loads(ran.out)["properties"]
    assert properties["tags"] == {"version": "1"}
    assert properties["properties"] == {"day": "2024-01-31"}
    assert properties["limits"]["maxTotalTrials"] == 3
    assert properties["displayName"] == "7"


def test_a_change_may_be_a_list_or_a_mapping(amlet, sweep) -> None:
    ran = amlet(
        "job", "export", "-f", sweep, "--to", "arm", "--set", "search_space.x={type: choice, values: [1, two, 2.5]}"
    )
    assert json.loads(ran.out)["properties"]["searchSpace"]["x"] == ["choice", [[1, "two", 2.5]]]


def test_a_change_without_a_value_is_wrong_usage(amlet, sweep) -> None:
    ran = amlet("job", "validate", "-f", sweep, "--set", "limits")
    assert ran.code == 2
    assert "expected PATH=VALUE" in ran.err


def test_a_file_is_exported_without_a_target(amlet, sweep) -> None:
    ran = amlet("job", "export", "-f", sweep, "--to", "arm", "--set", "name=n")
    assert ran.code == 0
    assert json.loads(ran.out)["properties"]["displayName"] == "n"
    assert ran.err.startswith("Target: none")


def test_a_curl_command_goes_to_the_workspace_that_is_named(amlet, sweep) -> None:
    where = ("--subscription", "s", "-g", "r", "-w", "ws")
    ran = amlet("job", "export", "-f", sweep, "--to", "curl", "--set", "name=n", *where)
    assert (
        "/subscriptions/s/resourceGroups/r/providers/Microsoft.MachineLearningServices/workspaces/ws/jobs/n" in ran.out
    )
    assert "Bearer $TOKEN" in ran.out


@pytest.mark.parametrize("language", ["arm", "yaml", "python", "curl"])
def test_a_submitted_job_is_exported_without_what_the_service_wrote_on_it(amlet, emulator, language: str) -> None:
    tags = {"mine": "tag", "_aml_system_all_jobs_generated": "true"}
    properties = {"own": "property", "runTemplate": "HyperDrive", "azureml.runsource": "hyperdrive"}
    emulator.put_job("j", "Completed", tags=tags, properties=properties)
    ran = amlet("job", "export", "-n", "j", "--emulator", "--to", language)
    assert ran.code == 0
    assert "mine" in ran.out
    assert "property" in ran.out
    assert not [mark for mark in ("_aml_system", "HyperDrive", "hyperdrive", "Studio", "Completed") if mark in ran.out]


def test_an_export_of_nothing_is_wrong_usage(amlet) -> None:
    ran = amlet("job", "export", "--to", "yaml")
    assert ran.code == 2
    assert "-f FILE" in ran.err
