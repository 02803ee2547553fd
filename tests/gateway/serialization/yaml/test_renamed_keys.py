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


def mistakes(tmp_path: Path, text: str) -> str:
    file = tmp_path / "job.yml"
    file.write_text(text)
    with pytest.raises(InvalidFileError) as refused:
        load_job(file)
    return str(refused.value).replace(f"{file}:", "")


def test_all_that_an_old_file_has_to_change_is_told_at_once(tmp_path: Path) -> None:
    assert mistakes(tmp_path, OLD).splitlines() == [
        '1: type: "sweep_job" is not one of sweep, command, pipeline. Did you mean sweep?',
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


def test_a_job_of_a_type_that_is_not_served_is_refused_with_what_to_do_instead(tmp_path: Path) -> None:
    assert mistakes(tmp_path, "type: spark\n") == (
        "1: type: amlet runs sweep, command, pipeline jobs; it does not run spark jobs. "
        "Start Spark from the command of a command job."
    )


def test_a_step_of_a_type_that_is_not_served_is_refused_with_its_line_and_what_to_do_instead(tmp_path: Path) -> None:
    told = mistakes(tmp_path, "type: pipeline\njobs:\n  count:\n    type: parallel\n")
    assert told.startswith("4: jobs.count.type: steps of type 'parallel' do not run here.")
    assert "Use a command that goes through the data itself" in told
