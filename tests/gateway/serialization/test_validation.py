from __future__ import annotations

from pathlib import Path

import pytest

from gateway import command, load_job
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
        (3, "UndefinedBinding"),
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
        ("UndefinedBinding", None),
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
