"""`amlet init`: what it proposes, and what it leaves alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from emulator.project.reading import read

JOB = """
type: sweep
trial:
  code: src
  command: python main.py
  environment: azureml:AzureML-sklearn-1.5@latest
inputs:
  iris: {type: uri_file, path: "wasbs://datasets@acc.blob.core.windows.net/iris.csv"}
  lost: {type: uri_folder, path: "azureml:lost:3"}
  here: {type: uri_file, path: ./data/here.csv}
  direct: {type: uri_file, mode: direct, path: "https://x.org/y"}
  model: {type: mlflow_model, path: "azureml:net@latest"}
  number: 5
outputs:
  out: {path: "azureml://datastores/results/paths/a"}
compute: azureml:gpu-cluster
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "jobs" / "deep").mkdir(parents=True)
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "iris.csv").touch()
    (tmp_path / "jobs" / "deep" / "sweep.yml").write_text(JOB)
    return tmp_path


def test_what_job_files_name_is_written_with_proposals(amlet, project: Path) -> None:
    ran = amlet("init", "-f", "jobs/**/*.yml")
    assert ran.code == 0, ran.err
    project_file = read(project / "amlet.yml")
    assert project_file.content.data == {"wasbs://datasets@acc.blob.core.windows.net/iris.csv": "./data/iris.csv"}
    assert [one.name for one in project_file.content.computes] == ["gpu-cluster"]
    assert [one.name for one in project_file.content.environments] == ["AzureML-sklearn-1.5"]
    assert project_file.content.datastores == {"results": "./results"}
    text = (project / "amlet.yml").read_text()
    assert "  # azureml:lost:3: ./lost" in text
    assert "  # azureml:net: ./net" in text
    assert "here.csv" not in text
    assert "x.org" not in text


def test_what_is_left_to_fill_in_is_said(amlet, project: Path) -> None:
    lines = [line for line in amlet("init", "-f", "jobs/**/*.yml").err.splitlines() if line.startswith("left")]
    assert len(lines) == 2
    assert "azureml:lost:3 (uri_folder)" in lines[0]
    assert "azureml:net (mlflow_model)" in lines[1]


def test_running_it_again_changes_nothing(amlet, project: Path) -> None:
    amlet("init", "-f", "jobs/**/*.yml")
    text = (project / "amlet.yml").read_text()
    amlet("init", "-f", "jobs/**/*.yml")
    assert (project / "amlet.yml").read_text() == text


def test_data_that_came_since_is_added_beside_the_remark_that_it_was_missing(amlet, project: Path) -> None:
    amlet("init", "-f", "jobs/**/*.yml")
    (project / "data" / "lost").mkdir()
    ran = amlet("init", "-f", "jobs/**/*.yml")
    assert "1 entries added" in ran.err
    assert read(project / "amlet.yml").content.data["azureml:lost:3"] == "./data/lost"
    assert [line for line in ran.err.splitlines() if line.startswith("left")] == [
        line for line in amlet("init", "-f", "jobs/**/*.yml").err.splitlines() if line.startswith("left")
    ]


def test_what_people_wrote_stays_and_new_entries_go_into_their_sections(amlet, project: Path) -> None:
    own = (
        "# mine\ndata:\n    https://x.org/a: ./a  # a remark\n\ncomputes:\n- {name: gpu-cluster, nodes: 7}\n"
        "settings:\n  region: here\n"
    )
    (project / "amlet.yml").write_text(own)
    ran = amlet("init", "-f", "jobs/**/*.yml")
    assert ran.code == 0, ran.err
    text = (project / "amlet.yml").read_text()
    rest = iter(text.splitlines())
    assert all(line in rest for line in own.splitlines()), "every line, in this order"
    project_file = read(project / "amlet.yml")
    assert list(project_file.content.data) == ["https://x.org/a", "wasbs://datasets@acc.blob.core.windows.net/iris.csv"]
    assert [one.nodes for one in project_file.content.computes] == [7]


def test_an_environment_in_a_file_of_its_own_needs_no_line(amlet, project: Path) -> None:
    job = JOB.replace("environment: azureml:AzureML-sklearn-1.5@latest", "environment: file:./env.yml")
    (project / "jobs" / "deep" / "sweep.yml").write_text(job)
    ran = amlet("init", "-f", "jobs/**/sweep.yml")
    assert ran.code == 0, ran.err
    assert "environment" not in "".join(line for line in ran.err.splitlines() if line.startswith("left"))
    assert read(project / "amlet.yml").content.environments == ()


def test_data_in_two_spellings_is_proposed_once(amlet, project: Path) -> None:
    other = JOB.replace("wasbs://datasets@acc.blob.core.windows.net/", "https://acc.blob.core.windows.net/datasets/")
    (project / "jobs" / "other.yml").write_text(other)
    ran = amlet("init", "-f", "jobs/deep/*.yml", "-f", "jobs/other.yml")
    assert ran.code == 0, ran.err
    assert list(read(project / "amlet.yml").content.data) == ["wasbs://datasets@acc.blob.core.windows.net/iris.csv"]


def test_data_that_a_longer_line_maps_is_not_proposed(amlet, project: Path) -> None:
    (project / "amlet.yml").write_text("data:\n  https://acc.blob.core.windows.net/datasets: ./data\n")
    ran = amlet("init", "-f", "jobs/**/*.yml")
    assert ran.code == 0, ran.err
    assert "iris.csv" not in (project / "amlet.yml").read_text()


def test_a_section_on_one_line_stays_and_gets_another_one_of_its_name(amlet, project: Path) -> None:
    (project / "amlet.yml").write_text("data: {https://x.org/a: ./a}  # mine\n")
    ran = amlet("init", "-f", "jobs/**/*.yml")
    assert ran.code == 0, ran.err
    assert (project / "amlet.yml").read_text().startswith("data: {https://x.org/a: ./a}  # mine\n")
    mapped = read(project / "amlet.yml").content.data
    assert list(mapped) == ["https://x.org/a", "wasbs://datasets@acc.blob.core.windows.net/iris.csv"]
    text = (project / "amlet.yml").read_text()
    amlet("init", "-f", "jobs/**/*.yml")
    assert (project / "amlet.yml").read_text() == text


def test_a_project_file_with_mistakes_is_not_touched(amlet, project: Path) -> None:
    (project / "amlet.yml").write_text("dta: {}\n")
    ran = amlet("init", "-f", "jobs/**/*.yml")
    assert ran.code == 5
    assert "did you mean 'data'?" in ran.err
    assert (project / "amlet.yml").read_text() == "dta: {}\n"


PIPELINE = """
type: pipeline
settings: {default_compute: azureml:cpu-cluster}
inputs:
  raw: {type: uri_folder, path: "azureml:lost:3"}
jobs:
  prepare:
    component: ./prepare.yml
    inputs: {raw: "${{parent.inputs.raw}}"}
  train:
    type: sweep
    compute: azureml:gpu-cluster
    trial: {code: src, command: python main.py, environment: "azureml:inline:1"}
  nested:
    component: file:./deep/nested.yml
  registered:
    component: azureml:evaluate:2
"""
COMPONENT = "type: command\ncommand: echo\nenvironment: azureml:{name}:1\n"
NESTED = "type: pipeline\njobs:\n  again: {component: ./nested.yml}\n  one: {component: ../one.yml}\n"


def test_the_steps_of_a_pipeline_are_looked_through_whatever_file_they_stand_in(amlet, project: Path) -> None:
    jobs = project / "jobs"
    (jobs / "pipeline.yml").write_text(PIPELINE)
    (jobs / "prepare.yml").write_text(COMPONENT.format(name="prepared"))
    (jobs / "one.yml").write_text(COMPONENT.format(name="within"))
    (jobs / "deep" / "nested.yml").write_text(NESTED)
    ran = amlet("init", "-f", "jobs/pipeline.yml")
    assert ran.code == 0, ran.err
    content = read(project / "amlet.yml").content
    assert [one.name for one in content.computes] == ["cpu-cluster", "gpu-cluster"]
    assert [one.name for one in content.environments] == ["prepared", "inline", "within"]
    assert "# azureml:lost:3: ./lost" in (project / "amlet.yml").read_text()


def test_files_that_are_no_jobs_are_skipped_by_name(amlet, project: Path) -> None:
    (project / "jobs" / "env.yml").write_text("name: e\nimage: python:3.11\n")
    (project / "jobs" / "odd.yml").write_text("a: [")
    ran = amlet("init", "-f", "jobs/**/*.yml")
    assert ran.code == 0
    assert "skipped jobs/env.yml: a file of type None without a command, a trial or steps" in ran.err
    assert "skipped jobs/odd.yml: " in ran.err


def test_nothing_is_written_where_no_file_can_be_read(amlet, project: Path) -> None:
    (project / "jobs" / "odd.yml").write_text("a: [")
    ran = amlet("init", "-f", "jobs/odd.yml")
    assert (ran.code, (project / "amlet.yml").exists()) == (5, False)
    assert "none of these is a job file" in ran.err


def test_a_pattern_without_files_is_refused(amlet, project: Path) -> None:
    ran = amlet("init", "-f", "nothing/*.yml")
    assert ran.code == 2
    assert "there is no such file" in ran.err
