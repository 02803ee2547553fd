"""What trials inherit from the environment of the emulator."""

from __future__ import annotations

import pytest

from emulator.trials.inherited import inherited


@pytest.mark.parametrize(
    "name",
    [
        *("AMLET_HOME", "IDENTITY_HEADER", "MSI_SECRET", "AZURE_CLIENT_SECRET", "MLFLOW_TRACKING_TOKEN"),
        *("AZUREML_RUN_TOKEN", "ARM_CLOUD_METADATA_URL", "ARM_CLIENT_SECRET", "AZURE_CONFIG_DIR", "AZURE_STORAGE_KEY"),
        *("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "GITHUB_TOKEN", "AWS_SECRET_ACCESS_KEY", "MY_SECRET"),
    ],
)
def test_credentials_and_what_belongs_to_the_emulator_are_not_handed_on(name: str) -> None:
    assert inherited({name: "x", "HOME": "/home/me"}).variables.get(name) is None


@pytest.mark.parametrize(
    "name", ["PATH", "HOME", "USER", "TMPDIR", "LC_ALL", "LD_LIBRARY_PATH", "CUDA_VISIBLE_DEVICES", "OMP_NUM_THREADS"]
)
def test_the_machine_and_its_user_are_handed_on(name: str) -> None:
    assert inherited({name: "x"}).variables[name] == "x"


def test_proxies_are_kept_away_from_loopback() -> None:
    base = inherited({"NO_PROXY": "corp", "HTTP_PROXY": "http://proxy", "HOME": "/home/me"}).variables
    assert base["NO_PROXY"] == "corp,127.0.0.1,localhost"
    assert base["no_proxy"] == "127.0.0.1,localhost"
    assert base["HTTP_PROXY"] == "http://proxy"


def test_what_the_project_file_names_is_handed_on_and_no_longer_withheld() -> None:
    found = inherited({"WANDB_MODE": "offline", "HF_HOME": "/hf", "TOKEN": "t"}, ["WANDB_*", "HF_HOME"])
    assert found.named == {"WANDB_MODE": "offline", "HF_HOME": "/hf"}
    assert found.withheld == ("TOKEN",)


def test_names_are_withheld_without_those_that_every_shell_has() -> None:
    assert inherited({"SHLVL": "1", "PWD": "/", "B": "", "A": "", "HOME": "/"}).withheld == ("A", "B")
