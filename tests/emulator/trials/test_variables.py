"""The variables of a trial."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from contracts.lifecycle import JobStatus
from contracts.local_choices import LocalChoices
from contracts.resource_id import WorkspaceId
from emulator.place import Place
from emulator.storage.jobs import Job, JobId
from emulator.trials.environments.prepared import Prepared
from emulator.trials.variables import TrialValues, base_environment, trial_environment

JOB = Job(
    id=JobId(1),
    workspace=WorkspaceId("s", "g", "w"),
    name="p_0",
    parent=JobId(0),
    trial=0,
    type="Command",
    status=JobStatus.QUEUED,
    experiment_id="e-id",
    experiment="exp",
    display_name=None,
    description=None,
    body={},
    parameters={},
    archived=False,
    created=0.0,
    created_by="me",
    modified=0.0,
    started=None,
    ended=None,
    choices=LocalChoices(),
    seed=None,
    error=None,
    revision=0,
)
VALUES = TrialValues({"lr": "0.1"}, {"n": "3", "data": "/d"}, {"model": "/m"}, frozenset({"data"}))


def variables(**changes: Any) -> dict[str, str]:
    options: dict[str, Any] = {
        "root": "p",
        "attempt": 1,
        "token": "secret",
        "prepared": Prepared(Path("/py/bin/python"), ""),
        "folder": Path("/wd"),
        "values": VALUES,
        "own": {},
        "mark": "state/p_0",
    }
    return trial_environment({"PATH": "/usr/bin"}, Place(Path("/state")), JOB, **{**options, **changes})


def test_the_run_is_named_and_can_be_reached() -> None:
    found = variables()
    assert found["AZUREML_RUN_ID"] == found["MLFLOW_RUN_ID"] == "p_0"
    assert found["AZUREML_ROOT_RUN_ID"] == "p"
    assert found["MLFLOW_EXPERIMENT_NAME"] == found["AZUREML_ARM_PROJECT_NAME"] == "exp"
    assert found["MLFLOW_TRACKING_URI"] == f"http://127.0.0.1:8480/mlflow/v1.0{JOB.workspace}"
    assert found["MLFLOW_TRACKING_TOKEN"] == found["AZUREML_RUN_TOKEN"] == "secret"
    assert found["AZUREML_ARM_WORKSPACE_NAME"] == "w"


def test_parameters_inputs_and_outputs_have_their_names() -> None:
    found = variables()
    assert found["AZUREML_SWEEP_lr"] == "0.1"
    assert found["AZUREML_SWEEP_n"] == "3"
    assert found["AZURE_ML_INPUT_data"] == found["AZUREML_SWEEP_data"] == "/d"
    assert found["AZURE_ML_OUTPUT_model"] == found["AZUREML_SWEEP_model"] == "/m"
    assert "AZURE_ML_INPUT_n" not in found


def test_a_command_job_has_parameters_instead() -> None:
    found = variables(values=replace(VALUES, parameters=None))
    assert found["AZUREML_PARAMETER_n"] == "3"
    assert not [name for name in found if name.startswith("AZUREML_SWEEP_")]


def test_the_interpreters_folder_comes_first_on_path() -> None:
    assert variables()["PATH"] == "/py/bin:/usr/bin"


def test_a_virtual_environment_is_named(tmp_path: Path) -> None:
    (tmp_path / "pyvenv.cfg").touch()
    assert variables(prepared=Prepared(tmp_path / "bin" / "python", ""))["VIRTUAL_ENV"] == str(tmp_path)
    assert "VIRTUAL_ENV" not in variables()


def test_the_jobs_own_variables_win_but_for_the_mark() -> None:
    found = variables(own={"MLFLOW_TRACKING_URI": "http://mine", "AMLET_TRIAL": "x", "NOTHING": None})
    assert found["MLFLOW_TRACKING_URI"] == "http://mine"
    assert found["AMLET_TRIAL"] == "state/p_0"
    assert "NOTHING" not in found


@pytest.mark.parametrize(
    "name",
    [
        *("AMLET_HOME", "IDENTITY_HEADER", "MSI_SECRET", "AZURE_CLIENT_SECRET", "MLFLOW_TRACKING_TOKEN"),
        *("AZUREML_RUN_TOKEN", "ARM_CLOUD_METADATA_URL", "PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV"),
    ],
)
def test_credentials_and_what_belongs_to_the_emulator_are_not_handed_on(name: str) -> None:
    assert name not in base_environment({name: "x", "HOME": "/home/me"})


def test_proxies_are_kept_away_from_loopback() -> None:
    base = base_environment({"NO_PROXY": "corp", "HTTP_PROXY": "http://proxy", "HOME": "/home/me"})
    assert base["NO_PROXY"] == "corp,127.0.0.1,localhost"
    assert base["no_proxy"] == "127.0.0.1,localhost"
    assert base["HOME"] == "/home/me"
