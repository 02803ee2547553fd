"""What is found wrong with a pipeline before anything is sent, each with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway import command, dsl, load_job
from gateway.sweep import Uniform

COMPONENT = """
name: fit
type: command
inputs: {data: {type: uri_folder}, lr: {type: number, default: 0.1}}
outputs: {model: {type: uri_folder}}
environment: azureml:base:1
command: python fit.py ${{inputs.data}} ${{inputs.lr}} ${{outputs.model}}
"""
INLINE_TRIAL = """\
    type: sweep
    trial: {command: 'python fit.py ${{inputs.data}}', environment: azureml:base:1}
    search_space: {lr: {type: uniform, min_value: 0, max_value: 1}}
    objective: {goal: minimize, primary_metric: loss}
    limits: {max_total_trials: 2}
"""


def found(tmp_path: Path, text: str) -> list[str]:
    """Findings as code and line."""
    (tmp_path / "fit.yml").write_text(COMPONENT)
    file = tmp_path / "pipeline.yml"
    file.write_text(text)
    return [f"{one.finding.code}:{one.line}" for one in load_job(file).validate()]


def test_a_sound_pipeline_has_no_findings(tmp_path: Path) -> None:
    assert not found(
        tmp_path,
        "type: pipeline\nsettings: {default_compute: cpu}\ninputs:\n  raw: {type: uri_folder, path: azureml:raw:1}\n"
        "jobs:\n  fit:\n    component: ./fit.yml\n    inputs:\n      data: ${{parent.inputs.raw}}\n",
    )


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        ("    component: ./fit.yml\n", "RequiredInput"),
        ("    component: ./fit.yml\n    inputs:\n      data: ${{parent.inputs.rwa}}\n", "UnknownBinding"),
        ("    component: ./fit.yml\n    inputs:\n      data: ${{parent.jobs.other.outputs.modle}}\n", "UnknownOutput"),
        ("    component: ./fit.yml\n    inputs:\n      data: ${{parent.jobs.nobody.outputs.model}}\n", "UnknownStep"),
        ("    component: ./fit.yml\n    inputs:\n      data: ${{parent.jobs.fit.outputs.model}}\n", "Cycle"),
        (
            INLINE_TRIAL,
            "TrialWithoutInterface",
        ),
        ("    command: ls\n    environment: azureml:base:1\n    code: ./nowhere\n", "CodeNotFound"),
    ],
)
def test_a_mistake_of_a_step_is_found_in_the_lines_of_the_step(tmp_path: Path, step: str, expected: str) -> None:
    text = (
        "type: pipeline\nsettings: {default_compute: cpu}\ninputs:\n  raw: {type: uri_folder, path: azureml:raw:1}\n"
        "jobs:\n  other:\n    component: ./fit.yml\n    inputs:\n      data: ${{parent.inputs.raw}}\n"
        f"  fit:\n{step}"
    )
    codes = found(tmp_path, text)
    assert [one.partition(":")[0] for one in codes] == [expected]
    assert int(codes[0].partition(":")[2]) >= 10


def test_a_step_without_a_compute_is_found_where_the_pipeline_has_none(tmp_path: Path) -> None:
    text = "type: pipeline\njobs:\n  one:\n    command: ls\n    environment: azureml:base:1\n"
    assert [one.partition(":")[0] for one in found(tmp_path, text)] == ["ComputeNotSet"]


def test_a_distribution_that_is_not_swept_is_found() -> None:
    step = command(command="echo ${{inputs.x}}", environment="azureml:base:1", inputs={"x": 1})

    @dsl.pipeline(default_compute="cpu")
    def whole() -> None:
        step(x=Uniform(0, 1))

    (one,) = whole().validate()
    assert "is a distribution; only a sweep draws it" in one.finding.message
