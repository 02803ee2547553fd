"""Jobs from their submission to their end, in a project: data, environment, secrets and settings of their own."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import pytest

from contracts.lifecycle import JobStatus
from contracts.local_choices import LocalChoices
from emulator.clock import RealClock
from emulator.storage import events, jobs
from emulator.storage.jobs import NewJob
from tests.emulator.runner.conftest import WORKSPACE, EmulatorInstance, MakeInstance

URI = "wasbs://data@acc.blob.core.windows.net/set"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "set").mkdir()
    (tmp_path / "set" / "a.csv").write_text("original")
    (tmp_path / "amlet.yml").write_text(f"data: {{'{URI}': ./set}}\ncomputes: [{{name: cpu, nodes: 1}}]\n")
    return tmp_path / "amlet.yml"


@pytest.fixture
def instance(make_instance: MakeInstance, tmp_path: Path) -> EmulatorInstance:
    return make_instance(environ={**os.environ, "AMLET_HOME": str(tmp_path / "home")})


def command(instance: EmulatorInstance, choices: LocalChoices, text: str = "true", **body: Any) -> None:
    """Put a command job, with what its submitting command chose."""
    properties = {"command": text, "environmentId": "azureml:mine:1", **body}
    at = RealClock().now()
    new = NewJob(WORKSPACE, "c", "Command", "e", properties, created=at, created_by="me", choices=choices)

    def store(conn: Any) -> Any:
        job = jobs.create(conn, new)
        events.move(conn, job, JobStatus.STARTING, at)
        return job

    instance.job_runner.submit(instance.store.write(store).result())


@pytest.mark.parametrize("mode", ["ReadOnlyMount", "Download", "EvalMount", "EvalDownload"])
def test_a_trial_that_writes_into_its_input_does_not_change_the_source(
    instance: EmulatorInstance, project: Path, mode: str
) -> None:
    inputs = {"d": {"jobInputType": "uri_folder", "uri": f"{URI}/", "mode": mode}}
    text = 'cd ${{inputs.d}}; cat a.csv; chmod -R u+w .; echo changed > a.csv; ls "$AZURE_ML_INPUT_d"'
    command(instance, LocalChoices(project=str(project)), text, inputs=inputs)
    assert instance.ended("c").status is JobStatus.COMPLETED, instance.log("c")
    assert instance.log("c") == "originala.csv\n"
    assert (project.parent / "set" / "a.csv").read_text() == "original"


def test_a_trial_with_rw_mount_works_on_the_source(instance: EmulatorInstance, project: Path) -> None:
    inputs = {"d": {"jobInputType": "uri_folder", "uri": URI, "mode": "ReadWriteMount"}}
    command(instance, LocalChoices(project=str(project)), "echo new > ${{inputs.d}}/b.csv", inputs=inputs)
    assert instance.ended("c").status is JobStatus.COMPLETED
    assert (project.parent / "set" / "b.csv").read_text() == "new\n"


def test_a_job_that_misses_something_fails_before_its_first_trial(instance: EmulatorInstance, project: Path) -> None:
    inputs = {"lost": {"jobInputType": "uri_file", "uri": "https://x.org/lost.csv"}}
    instance.sweep("true", inputs=inputs)
    job = instance.ended("s")
    assert job.status is JobStatus.FAILED
    assert job.error is not None
    assert "https://x.org/lost.csv: ./lost.csv" in job.error["message"]
    assert instance.trials() == []


def test_variables_of_a_file_reach_the_trial_and_nothing_else(
    instance: EmulatorInstance, project: Path, tmp_path: Path
) -> None:
    (tmp_path / ".env").write_text("TOKEN=s3cret\nPLAIN=file\n")
    choices = LocalChoices(project=str(project), env_file=str(tmp_path / ".env"))
    text = 'test ${#TOKEN} = 6 && echo "$PLAIN"'
    command(instance, choices, text, environmentVariables={"PLAIN": "body"})
    assert instance.ended("c").status is JobStatus.COMPLETED
    assert instance.log("c") == "file\n"
    instance.close()
    for path in instance.state_dir.rglob("*"):
        assert not path.is_file() or b"s3cret" not in path.read_bytes(), path


def test_a_job_can_be_canceled_while_its_environment_is_built(instance: EmulatorInstance, tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    python = tmp_path / "bin" / "python"
    python.write_text(f"#!/bin/bash\ntouch {tmp_path}/asked\nwhile [ ! -e {tmp_path}/go ]; do sleep 0.05; done\n")
    python.chmod(0o755)
    (tmp_path / "amlet.yml").write_text("environments: [{name: mine, requirements: [pytest]}]")
    command(instance, LocalChoices(project=str(tmp_path / "amlet.yml"), python=str(python)))
    instance.cancel("c")
    assert instance.ended("c").status is JobStatus.CANCELED
    (tmp_path / "go").touch()


def test_a_trial_runs_with_the_environment_that_was_built_for_it(
    make_instance: MakeInstance, project: Path, tmp_path: Path
) -> None:
    (tmp_path / "bin").mkdir()
    uv = tmp_path / "bin" / "uv"
    make = 'mkdir -p "${@: -1}/bin"; printf "#!/bin/bash\\necho built\\n" > "${@: -1}/bin/python"'
    uv.write_text(f'#!/bin/bash\n[ "$1" != venv ] || {{ {make}; chmod +x "${{@: -1}}/bin/python"; }}\n')
    uv.chmod(0o755)
    project.write_text("environments: [{name: mine, requirements: [pytest]}]\nsettings: {env_mode: uv}")
    environ = {**os.environ, "AMLET_HOME": str(tmp_path / "home"), "PATH": f"{tmp_path}/bin:{os.environ['PATH']}"}
    instance = make_instance(environ=environ)
    command(instance, LocalChoices(project=str(project), python=sys.executable), "python train.py")
    assert instance.ended("c").status is JobStatus.COMPLETED
    assert instance.log("c") == "built\n"
    assert "uv venv --python" in instance.artifact("c", "azureml-logs/20_image_build_log.txt")


def test_a_trial_runs_in_a_container_with_a_stand_in_for_the_engine(
    make_instance: MakeInstance, project: Path, tmp_path: Path
) -> None:
    (tmp_path / "bin").mkdir()
    docker = tmp_path / "bin" / "docker"
    run = 'while [ $# -gt 1 ] && [ "$1" != -c ]; do shift; done; [ "$1" = -c ] && exec bash -c "$2"; exit 0'
    docker.write_text(f'#!/bin/bash\necho "$@" >> {tmp_path}/calls\n{run}\n')
    docker.chmod(0o755)
    environ = {**os.environ, "AMLET_HOME": str(tmp_path / "home"), "PATH": f"{tmp_path}/bin:{os.environ['PATH']}"}
    instance = make_instance(environ=environ)
    inputs = {"d": {"jobInputType": "uri_folder", "uri": URI}}
    reference = "azureml:AzureML-sklearn-1.5@latest"
    choices = LocalChoices(project=str(project), env_mode="docker")
    command(instance, choices, "cat ${{inputs.d}}/a.csv; echo $AZUREML_RUN_ID", inputs=inputs, environmentId=reference)
    assert instance.ended("c").status is JobStatus.COMPLETED, instance.log("c")
    assert instance.log("c") == "originalc\n"
    call = (tmp_path / "calls").read_text().splitlines()[-1]
    assert "mcr.microsoft.com/azureml/curated/sklearn-1.5:latest -c" in call
    assert f"--volume={instance.state_dir}" in call
    assert "--env=MLFLOW_TRACKING_TOKEN" in call


def test_nodes_of_the_project_bound_how_many_trials_run_at_once(
    instance: EmulatorInstance, project: Path, tmp_path: Path
) -> None:
    text = f"mkdir {tmp_path}/one || exit 1; sleep 0.1; rmdir {tmp_path}/one"
    project.rename(instance.state_dir.parent / "amlet.yml")
    properties = {
        "searchSpace": {"lr": ["uniform", [0.0, 1.0]]},
        "samplingAlgorithm": {"samplingAlgorithmType": "Random", "seed": 5},
        "objective": {"goal": "Minimize", "primaryMetric": "loss"},
        "trial": {"command": text, "environmentId": "azureml:mine:1"},
        "limits": {"maxTotalTrials": 3, "maxConcurrentTrials": 3},
        "computeId": "cpu",
    }
    choices, at = LocalChoices(project=str(instance.state_dir.parent / "amlet.yml")), RealClock().now()
    new = NewJob(WORKSPACE, "s", "Sweep", "e", properties, created=at, created_by="me", seed=1, choices=choices)

    def store(conn: Any) -> Any:
        job = jobs.create(conn, new)
        events.move(conn, job, JobStatus.STARTING, at)
        events.move(conn, job, JobStatus.RUNNING, at)
        return job

    instance.job_runner.submit(instance.store.write(store).result())
    assert instance.ended("s").status is JobStatus.COMPLETED
    assert [trial.status for trial in instance.trials()] == [JobStatus.COMPLETED] * 3
    assert "Compute 'cpu' has 1 node" in instance.hyperdrive()
