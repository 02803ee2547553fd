"""`amlet job validate` and the exchange of job files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from amlet.cli.jobs.annotations import github
from amlet.cli.jobs.checks import calm_lines
from contracts.rules import Finding, Severity
from gateway.findings import Located


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


def _write(folder: Path, **files: str) -> None:
    for name, text in files.items():
        (folder / f"{name}.yml").write_text(text)


_GOOD = "type: command\ncommand: echo hi\nenvironment: azureml:e:1\ncompute: azureml:c\n"
_BAD = "type: command\ncommand: echo ${{inputs.x}}\nenvironment: azureml:e:1\ncompute: azureml:c\n"


def test_all_files_count_whichever_comes_last(amlet, tmp_path: Path) -> None:
    _write(tmp_path, good=_GOOD, bad=_BAD, broken="type: command\nfoo: 1\n")
    ran = amlet("job", "validate", "-f", "bad.yml", "-f", "broken.yml", "-f", "good.yml")
    assert ran.code == 5
    assert {row["file"] for row in json.loads(ran.out)["findings"]} == {"bad.yml", "broken.yml"}
    assert amlet("job", "validate", "good.yml", "bad.yml").code == 5
    assert amlet("job", "validate", "good.yml").code == 0


def test_a_folder_and_a_pattern_mean_the_jobs_in_them(amlet, tmp_path: Path) -> None:
    jobs = tmp_path / "jobs" / "deep"
    jobs.mkdir(parents=True)
    component = "$schema: https://azuremlschemas.azureedge.net/latest/commandComponent.schema.json\ntype: command\n"
    _write(jobs, good=_GOOD, component=component, workflow="on: push\njobs: {}\n", bad=_BAD)
    for named in ("jobs", "jobs/**/*.yml"):
        ran = amlet("job", "validate", "-f", named, "--query", "findings[?severity=='error'].file")
        assert ran.code == 5
        assert json.loads(ran.out) == ["jobs/deep/bad.yml"]
    refused = amlet("job", "validate", "-f", "jobs/*.yml")
    assert (refused.code, "no job file matches" in refused.err) == (2, True)


def test_files_that_are_not_jobs_are_passed_over_where_that_is_wanted(amlet, tmp_path: Path) -> None:
    _write(tmp_path, good=_GOOD, workflow="on: push\n")
    assert amlet("job", "validate", "workflow.yml", "good.yml").code == 5
    assert amlet("job", "validate", "--skip-others", "workflow.yml", "good.yml").code == 0
    assert amlet("job", "validate", "--skip-others", "workflow.yml").code == 0


def test_findings_are_annotations_for_github(amlet, tmp_path: Path) -> None:
    _write(tmp_path, bad=_BAD)
    ran = amlet("job", "validate", "bad.yml", "--format", "github")
    [line] = [line for line in ran.out.splitlines() if line.startswith("::error ")]
    assert line.startswith("::error file=bad.yml,line=2,title=")
    assert "\n" not in github([Located(Finding("A", Severity.ERROR, "$", "50%\nof it", ""), "a,b.yml", 3)])
    assert "file=a%2Cb.yml,line=3,title=A::50%25%0Aof it" in github(
        [Located(Finding("A", Severity.ERROR, "$", "50%\nof it", ""), "a,b.yml", 3)]
    )


def test_what_is_not_yaml_is_a_finding_with_its_line_and_a_remedy(amlet, tmp_path: Path) -> None:
    _write(tmp_path, bad="type: sweep\n  trial: x\n")
    ran = amlet("job", "validate", "-f", tmp_path / "bad.yml")
    [finding] = json.loads(ran.out)["findings"]
    assert (ran.code, finding["line"]) == (5, 2)
    assert "line 2, column 8: mapping values are not allowed" in finding["message"]
    assert "indentation" in finding["remedy"]


def test_a_field_that_the_emulator_does_not_carry_out_is_a_warning_with_its_line(amlet, tmp_path: Path) -> None:
    _write(tmp_path, job=_GOOD + "queue_settings:\n  job_tier: spot\n")
    ran = amlet("job", "validate", "-f", tmp_path / "job.yml")
    [finding] = json.loads(ran.out)["findings"]
    assert (ran.code, finding["code"], finding["severity"], finding["line"]) == (0, "UnservedField", "warning", 6)
    assert finding["path"] == "$.properties.queueSettings.jobTier"
    assert finding["message"] == "Does nothing on the emulator: jobs of all tiers are run alike."


def test_people_read_one_line_for_all_warnings_of_a_kind_and_one_for_each_error() -> None:
    def found(code: str, severity: Severity, name: str, line: int) -> Located:
        return Located(
            Finding(code, severity, f"$.properties.searchSpace.{name}", "It is not used.", "Pass it."), "f", line
        )

    lines = calm_lines(
        [
            found("Unused", Severity.WARNING, "a", 3),
            found("Wrong", Severity.ERROR, "b", 4),
            found("Unused", Severity.WARNING, "c", 5),
            found("Wrong", Severity.ERROR, "d", 6),
            found("Other", Severity.WARNING, "a", 3),
        ]
    )
    assert lines == [
        "f:3: warning Unused at $.properties.searchSpace.a: It is not used. Pass it. Likewise searchSpace.c (line 5).",
        "f:4: error Wrong at $.properties.searchSpace.b: It is not used. Pass it.",
        "f:6: error Wrong at $.properties.searchSpace.d: It is not used. Pass it.",
        "f:3: warning Other at $.properties.searchSpace.a: It is not used. Pass it.",
    ]


def test_findings_are_a_sarif_log(amlet, tmp_path: Path) -> None:
    _write(tmp_path, bad=_BAD, good=_GOOD)
    log = json.loads(amlet("job", "validate", "bad.yml", "--format", "sarif").out)
    [run] = log["runs"]
    wrong = next(result for result in run["results"] if result["level"] == "error")
    assert wrong["ruleId"] in [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    place = wrong["locations"][0]["physicalLocation"]
    assert place == {"artifactLocation": {"uri": "bad.yml"}, "region": {"startLine": 2}}
    assert json.loads(amlet("job", "validate", "good.yml", "--format", "sarif").out)["runs"][0]["results"] == []


def test_create_takes_one_file(amlet, emulator, sweep: Path) -> None:
    ran = amlet("job", "create", "-f", sweep, "-f", "other.yml", "--emulator")
    assert (ran.code, "2 are given" in ran.err, emulator.documents) == (2, True, {})


def test_the_pre_commit_hook_is_a_command_that_exists(amlet) -> None:
    [hook] = yaml.safe_load((Path(__file__).parents[5] / ".pre-commit-hooks.yaml").read_text())
    assert hook["entry"].split()[0] == "amlet"
    assert "--skip-others" in amlet(*hook["entry"].split()[1:3], "--help").out


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
