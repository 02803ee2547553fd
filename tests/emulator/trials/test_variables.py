"""The variables of a trial."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from contracts.lifecycle import JobStatus
from contracts.local_choices import LocalChoices
from contracts.resource_id import WorkspaceId
from emulator.identity.cloud import CLOUD_NAME
from emulator.place import Place
from emulator.storage.jobs import Job, JobId
from emulator.trials.environments.prepared import Prepared
from emulator.trials.inherited import inherited
from emulator.trials.variables import Cloud, TrialValues, trial_environment

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
CLOUD = Cloud("header", Path("/trust/bundle.pem"), Path("/empty"))
VALUES = TrialValues({"lr": "0.1"}, {"n": "3", "data": "/d"}, {"model": "/m"}, frozenset({"data"}))


OPTIONS: dict[str, Any] = {
    "root": "p",
    "attempt": 1,
    "token": "secret",
    "prepared": Prepared(Path("/py/bin/python"), ""),
    "folder": Path("/wd"),
    "values": VALUES,
    "own": {},
    "cloud": CLOUD,
    "extra": {"AMLET_TRIAL": "state/p_0"},
}


def variables(**changes: Any) -> dict[str, str]:
    inherits = inherited({"PATH": "/usr/bin"})
    return trial_environment(inherits, Place(Path("/state")), JOB, **{**OPTIONS, **changes})


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


def test_the_jobs_own_variables_win_but_for_the_executors() -> None:
    found = variables(own={"MLFLOW_TRACKING_URI": "http://mine", "AMLET_TRIAL": "x"})
    assert found["MLFLOW_TRACKING_URI"] == "http://mine"
    assert found["AMLET_TRIAL"] == "state/p_0"


def test_the_cloud_of_a_trial_is_the_emulator() -> None:
    found = variables()
    assert found["ARM_CLOUD_METADATA_URL"].startswith("https://127.0.0.1:8443/metadata/endpoints?")
    assert found["AZUREML_CURRENT_CLOUD"] == CLOUD_NAME
    assert found["AZURE_AUTHORITY_HOST"] == "https://127.0.0.1:8443/adfs"
    assert found["REQUESTS_CA_BUNDLE"] == found["SSL_CERT_FILE"] == "/trust/bundle.pem"
    assert found["AZURE_CONFIG_DIR"] == "/empty"


def test_a_job_has_an_identity_under_both_names() -> None:
    found = variables()
    assert found["IDENTITY_ENDPOINT"] == found["MSI_ENDPOINT"] == "http://127.0.0.1:8480/msi/token"
    assert found["IDENTITY_HEADER"] == found["MSI_SECRET"] == "header"
    assert "OBO_ENDPOINT" not in found


def test_a_job_that_runs_as_its_user_finds_the_endpoint_for_that() -> None:
    cloud = replace(CLOUD, identity={"identityType": "UserIdentity"})
    assert variables(cloud=cloud)["OBO_ENDPOINT"] == "http://127.0.0.1:8480/msi/token?secret=header"


def test_the_client_id_of_a_managed_identity_is_told() -> None:
    cloud = replace(CLOUD, identity={"identityType": "Managed", "clientId": "abc"})
    assert variables(cloud=cloud)["DEFAULT_IDENTITY_CLIENT_ID"] == "abc"


def test_without_tls_no_bundle_is_named() -> None:
    assert "SSL_CERT_FILE" not in variables(cloud=replace(CLOUD, bundle=None))


def test_what_the_project_file_names_goes_before_what_the_emulator_sets() -> None:
    inherits = inherited({"AZURE_CONFIG_DIR": "/home/me/.azure", "AZURE_X": "1"}, ["AZURE_*"])
    found = trial_environment(inherits, Place(Path("/state")), JOB, **OPTIONS)
    assert found["AZURE_CONFIG_DIR"] == "/home/me/.azure"
    assert found["AZURE_X"] == "1"


def test_folders_of_modules_come_after_those_that_the_job_names() -> None:
    prepared = replace(OPTIONS["prepared"], python_path=(Path("/laid"),))
    assert variables(prepared=prepared)["PYTHONPATH"] == "/laid"
    assert variables(prepared=prepared, own={"PYTHONPATH": "src"})["PYTHONPATH"] == "src:/laid"
    assert "PYTHONPATH" not in variables()
