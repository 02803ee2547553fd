"""Files for older clients: everything that has to be changed is told at once, each with what to write today."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway import load_job
from gateway.serialization.yaml import InvalidFileError

OLD = """\
type: sweep_job
algorithm: random
trial:
  code: {local_path: src}
  command: python main.py {search_space.lr}
  inputs: {iris: {data: {path: "https://x.org/iris.csv"}}}
  environment: {docker: {image: "python:3.8"}, conda_file: {dependencies: [python]}}
  compute: {target: "azureml:cpu-cluster"}
search_space: {lr: {type: uniform, min_value: 0, max_value: 1}}
objective: {primary_metric: loss, goal: minimize}
max_total_trials: 20
timeout_minutes: 120
"""
PIPELINE = """\
type: pipeline
jobs:
  tune: {type: sweep, trial: ./train.yml}
  predict: {type: command, component: ./predict.yml}
"""


def mistakes(tmp_path: Path, text: str) -> str:
    file = tmp_path / "job.yml"
    file.write_text(text)
    with pytest.raises(InvalidFileError) as refused:
        load_job(file)
    return str(refused.value).replace(f"{file}:", "")


def test_all_that_an_old_file_has_to_change_is_told_at_once(tmp_path: Path) -> None:
    assert mistakes(tmp_path, OLD).splitlines() == [
        '1: type: "sweep_job" is not one of sweep, command. Did you mean sweep?',
        "2: algorithm: unknown field. It is called sampling_algorithm now.",
        '4: trial.code: {"local_path": "src"} is not a string. Write it without local_path: src.',
        "6: trial.inputs: unknown field. It belongs to the job, beside trial: inputs: ...",
        "7: trial.environment.docker: unknown field. Write image: ..., or build: {path: ...}, in its place.",
        "8: trial.compute: unknown field. It belongs to the job, beside trial: compute: ...",
        "11: max_total_trials: unknown field. It is in limits now: limits: {max_total_trials: ...}.",
        "12: timeout_minutes: unknown field. It is limits.timeout now, in seconds.",
        "1: limits: required field is missing.",
    ]


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("limits: {timeout_minutes: 2}", "limits.timeout_minutes: unknown field. It is called timeout now, in seconds"),
        ("limits: {max_trials: 2}", "limits.max_trials: unknown field. It is called max_total_trials now."),
        ("compute: {target: azureml:c}", 'compute: {"target": "azureml:c"} is not a string. Write it without target'),
        ("inputs: {x: {file: wasbs://a@b/c}}", "inputs.x.file: unknown field. Write type: uri_file, and the address"),
        ("inputs: {x: {data: azureml:d:1}}", "inputs.x.data: unknown field. Write its address as path, beside type."),
        ("job_type: sweep", "job_type: unknown field. It is called type now: sweep or command."),
        ("command: echo", "command: unknown field. It is in trial: trial: {command: ...}."),
    ],
)
def test_a_former_key_is_told_with_the_present_one(tmp_path: Path, line: str, told: str) -> None:
    assert told in mistakes(tmp_path, f"type: sweep\n{line}\n")


def test_a_sweep_that_does_not_say_its_type_is_told_to(tmp_path: Path) -> None:
    assert "type: required field is missing. Write type: sweep." in mistakes(tmp_path, "search_space: {}\ntrial: {}\n")


def test_a_pipeline_is_refused_with_the_step_that_could_run(tmp_path: Path) -> None:
    told = mistakes(tmp_path, PIPELINE)
    assert told.startswith("1: type: amlet runs sweep and command jobs; it does not run pipelines.")
    assert "put the fields of jobs.tune into a file beside this one" in told


@pytest.mark.parametrize("jobs", ["{}", "null", "[1]", "{a: 1}"])
def test_a_pipeline_without_a_sweep_is_refused_as_well(tmp_path: Path, jobs: str) -> None:
    assert "command, code and environment of a step" in mistakes(tmp_path, f"type: pipeline\njobs: {jobs}\n")
