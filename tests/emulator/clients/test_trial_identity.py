"""What the official clients find when they run inside a trial: the emulator, and nothing of the real cloud."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest
from azure.ai.ml import MLClient, UserIdentityConfiguration, command
from azure.ai.ml.entities import Environment
from azure.ai.ml.operations import _job_ops_helper
from azure.identity import DefaultAzureCredential

from emulator.server.home import Record
from tests.emulator.clients.conftest import lead

pytestmark = [pytest.mark.oracle, pytest.mark.slow, pytest.mark.filterwarnings("ignore")]

_PROGRAM = """
import json, os, warnings
warnings.simplefilter("ignore")
from azure.ai.ml import MLClient
from azure.ai.ml.identity import AzureMLOnBehalfOfCredential
from azure.identity import DefaultAzureCredential, ManagedIdentityCredential
workspace = [os.environ["AZUREML_ARM_" + name] for name in ("SUBSCRIPTION", "RESOURCEGROUP", "WORKSPACE_NAME")]
found = {}
for one in (DefaultAzureCredential, ManagedIdentityCredential, AzureMLOnBehalfOfCredential):
    try:
        client = MLClient(one(), *workspace, enable_telemetry=False)
        client.jobs.get(os.environ["AZUREML_RUN_ID"])
        found[one.__name__] = client._base_url
    except Exception as error:
        found[one.__name__] = type(error).__name__
for name in ("IDENTITY_ENDPOINT", "IDENTITY_HEADER"):
    del os.environ[name]
found["MSI_ENDPOINT"] = ManagedIdentityCredential().get_token("https://management.azure.com/.default").token
with open("outputs/found.json", "w") as file:
    json.dump(found, file)
"""


def _found(record: Record, folder: Path, monkeypatch: pytest.MonkeyPatch, **options: Any) -> dict[str, str]:
    lead(record, monkeypatch)
    monkeypatch.setattr(_job_ops_helper, "_wait_before_polling", lambda _elapsed: 0.2)
    client = MLClient(DefaultAzureCredential(), "sub", "group", "ws", enable_telemetry=False)
    (folder / "code").mkdir()
    (folder / "code" / "in.py").write_text(_PROGRAM)
    line, image = f"{sys.executable} in.py", Environment(image="any")
    job = client.jobs.create_or_update(
        command(code=str(folder / "code"), command=line, environment=image, experiment_name="exp", **options)
    )
    client.jobs.stream(job.name)
    client.jobs.download(job.name, download_path=folder / "out", all=True)
    found: dict[str, str] = json.loads(next((folder / "out").rglob("found.json")).read_text())
    return found


def test_every_credential_of_a_job_that_runs_as_its_user_reaches_the_emulator(
    live: Record, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = _found(live, tmp_path, monkeypatch, identity=UserIdentityConfiguration())
    assert found.pop("MSI_ENDPOINT").count(".") == 2
    assert set(found.values()) == {live.origin}
    assert set(found) == {"DefaultAzureCredential", "ManagedIdentityCredential", "AzureMLOnBehalfOfCredential"}


def test_only_a_job_that_runs_as_its_user_has_a_credential_on_its_behalf(
    live: Record, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = _found(live, tmp_path, monkeypatch)
    assert found["DefaultAzureCredential"] == live.origin
    assert found["AzureMLOnBehalfOfCredential"] == "CredentialUnavailableError"
