from __future__ import annotations

import re
from pathlib import Path

import pytest

from gateway import command, load_job
from gateway.exceptions import ValidationException
from gateway.serialization.validation import errors, file_path, validate
from gateway.sweep import Choice

SWEEP = """\
type: sweep
trial:
  command: python train.py --lr ${{search_space.l_r}}
  code: src
  environment: azureml:env:1
sampling_algorithm: grid
search_space:
  lr:
    type: choice
    values:
      - 1
      - net:
          type: normal
          mu: 0
          sigma: -1
objective: {goal: maximize, primary_metric: accuracy}
limits:
  max_total_trials: 4000
  timeout: 600
"""


def test_each_finding_has_its_line_in_the_file(tmp_path: Path) -> None:
    (tmp_path / "src").mkdir()
    (tmp_path / "sweep.yml").write_text(SWEEP)
    found = [(each.line, each.finding.code) for each in load_job(tmp_path / "sweep.yml").validate()]
    assert sorted(found) == [
        (3, "UndefinedParameter"),
        (4, "CodeNotFound"),
        (8, "UnusedParameter"),
        (12, "NegativeSigma"),
        (12, "UnsupportedDistribution"),
        (18, "TrialsOutOfRange"),
    ]


def test_a_job_made_in_python_is_checked_too() -> None:
    job = command(command="echo ${{inputs.n}} ${{search_space.x}}", environment="e:1", inputs={"n": 3}, name="a b")
    assert [(each.finding.code, each.file) for each in job.validate()] == [
        ("InvalidJobName", None),
        ("UndefinedParameter", None),
    ]


def test_a_sound_sweep_has_no_findings() -> None:
    job = command(command="echo ${{inputs.n}}", environment="e:1", inputs={"n": 3})(n=Choice([1, 2])).sweep(
        primary_metric="loss", goal="minimize", sampling_algorithm="grid"
    )
    assert job.validate() == []


def test_what_cannot_be_translated_is_an_error() -> None:
    assert [each.finding.code for each in errors(command(command="echo ${{inputs.n}}", environment="e:1").validate())]


@pytest.mark.parametrize("code", ["azureml:code:1", "code:1", "https://example.com/x.git", "git+https://x.org/y"])
def test_code_that_is_no_local_folder_is_not_looked_for(code: str) -> None:
    assert validate(command(command="echo", environment="e:1", code=code)) == []


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("$.properties.trial.environmentId", ("trial", "environment")),
        ("$.properties.searchSpace.maxLr", ("search_space", "maxLr")),
        ("$.properties.searchSpace.lr[1][0][2].x", ("search_space", "lr", "values", 2, "x")),
        ('$.properties.tags["a b"]', ("tags", "a b")),
        ("$.properties.inputs.dataSet.uri", ("inputs", "dataSet", "path")),
        ("$.properties.earlyTermination.slackFactor", ("early_termination", "slack_factor")),
        ("$.properties.trial.environmentVariables.codeId", ("trial", "environment_variables", "codeId")),
        ("$", ()),
    ],
)
def test_a_path_in_the_body_has_its_counterpart_in_the_file(path: str, expected: tuple[str | int, ...]) -> None:
    assert file_path(path) == expected


def test_a_binding_to_a_swept_name_as_input_has_its_line_and_the_right_binding(tmp_path: Path) -> None:
    (tmp_path / "src").mkdir()
    text = SWEEP.replace("search_space.l_r", "inputs.lr").replace("type: sweep", "type: sweep\ninputs: {n: 1}")
    (tmp_path / "sweep.yml").write_text(text)
    [found] = load_job(tmp_path / "sweep.yml").validate()
    assert (found.finding.code, found.line) == ("UnknownInput", 4)
    assert found.finding.remedy == "lr is in search_space: write ${{search_space.lr}}."


def test_an_unknown_input_of_a_command_is_told_with_its_remedy() -> None:
    job = command(command="echo ${{inputs.n}}", environment="e:1", inputs={"n": 1}).to_job()
    job.inputs = {}
    [found] = job.validate()
    assert (found.finding.path, found.finding.remedy) == (
        "$.properties.command",
        "Declare n below inputs, or correct the name.",
    )


@pytest.mark.parametrize(
    "text",
    [
        "$schema: https://azuremlschemas.azureedge.net/latest/commandComponent.schema.json\ntype: command\n",
        "type: command\nis_deterministic: false\n",
    ],
)
def test_a_component_file_that_is_given_as_a_job_file_is_named_so(tmp_path: Path, text: str) -> None:
    (tmp_path / "c.yml").write_text(f"{text}name: c\ncommand: echo\nenvironment: azureml:e:1\n")
    with pytest.raises(ValidationException, match=r"the file of a component, not of a job.*trial: file:THIS_FILE"):
        load_job(tmp_path / "c.yml")


def test_a_windows_path_in_double_quotes_has_a_remedy_that_works(tmp_path: Path) -> None:
    path = tmp_path / "j.yml"
    job = "command: echo ${{inputs.d}}\nenvironment: azureml:e:1\ninputs:\n  d: {type: uri_folder, path: %s}\n"
    path.write_text(job % '"C:\\data\\train"')
    with pytest.raises(ValidationException) as refused:
        load_job(path)
    remedies = re.findall(r"\((['\"]C:.*?['\"])\)", refused.value.hint or "")
    assert len(remedies) == 2
    for remedy in remedies:
        path.write_text(job % remedy)
        assert load_job(path).inputs["d"].path.endswith(("C:\\data\\train", "C:/data/train"))
