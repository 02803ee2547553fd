"""Served means that what was PUT is read back by GET, list and the official client after the emulator was killed."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from azure.ai.ml import MLClient, command, load_component
from azure.ai.ml.entities import AccountKeyConfiguration, AmlCompute, AzureBlobDatastore, Data, Environment, Model
from azure.ai.ml.entities._assets import Code
from azure.identity import DefaultAzureCredential

from amlet._guard import command_line
from emulator.server.home import Record
from emulator.server.launch import start_detached
from tests.emulator.clients.conftest import lead
from tests.emulator.clients.test_jobs import a_sweep

pytestmark = [pytest.mark.oracle, pytest.mark.slow, pytest.mark.filterwarnings("ignore")]

Restart = Callable[[], MLClient]


def _client(record: Record, monkeypatch: pytest.MonkeyPatch) -> MLClient:
    lead(record, monkeypatch)
    return MLClient(DefaultAzureCredential(), "sub", "group", "ws", enable_telemetry=False)


@pytest.fixture
def restart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Restart]:
    """Starts an emulator, at each further call after killing the one before; a client of it."""
    running: list[Record] = []

    def kill() -> None:
        if running:
            pid = running.pop().pid
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)

    def start() -> MLClient:
        kill()
        running.append(start_detached(command_line(), tmp_path / "home", tmp_path / "state"))
        return _client(running[-1], monkeypatch)

    yield start
    kill()


def _names(found: Any) -> list[str]:
    return [one.name for one in found]


def test_assets_outlive_the_emulator(restart: Restart, code: Path, tmp_path: Path) -> None:
    client = restart()
    spec = tmp_path / "component.yml"
    spec.write_text("type: command\nname: c\nversion: '1'\ncommand: echo\nenvironment: azureml:e:1\n")
    (tmp_path / "d.csv").write_text("1\n")
    put = {
        "components": client.components.create_or_update(load_component(str(spec))),
        "data": client.data.create_or_update(Data(name="d", path=str(tmp_path / "d.csv"), type="uri_file")),
        "environments": client.environments.create_or_update(Environment(name="e", version="1", image="img")),
        "models": client.models.create_or_update(Model(name="m", version="1", path=str(code), type="custom_model")),
    }
    uploaded = client._code.create_or_update(Code(path=str(code)))
    client = restart()
    for collection, made in put.items():
        operations = getattr(client, collection)
        assert operations.get(made.name, "1").id == made.id
        assert [one.version for one in operations.list(name=made.name)] == ["1"]
        assert _names(operations.list()) == [made.name]
    assert client._code.get(uploaded.name, uploaded.version).id == uploaded.id
    assert client._code.create_or_update(Code(path=str(code))).id == uploaded.id, "found by its hash"
    client.models.download("m", "1", download_path=str(tmp_path / "down"))
    assert (tmp_path / "down" / "m" / "src" / "train.py").read_text() == "print('hello')\n"


def test_datastores_and_computes_outlive_the_emulator(restart: Restart) -> None:
    client = restart()
    own = AccountKeyConfiguration(account_key="own")
    mine = AzureBlobDatastore(name="mine", account_name="a", container_name="stuff", credentials=own)
    client.datastores.create_or_update(mine)
    client.compute.begin_create_or_update(AmlCompute(name="cpu", size="STANDARD_D2", max_instances=3)).wait()
    key = client.workspaces.get_keys("ws").user_storage_key
    client = restart()
    assert client.datastores.get("mine").container_name == "stuff"
    assert "mine" in _names(client.datastores.list())
    assert "sig=" in client.datastores.get("mine", include_secrets=True).credentials.sas_token  # recorded: expirable
    assert client.workspaces.get_keys("ws").user_storage_key == key
    assert client.compute.get("cpu").max_instances == 3
    assert _names(client.compute.list()) == ["cpu"]
    assert list(client.compute.list_nodes("cpu")) == []
    assert _names(client.workspaces.list()) == ["ws"]


def test_jobs_outlive_the_emulator_and_go_on(restart: Restart) -> None:
    client = restart()
    client.compute.begin_create_or_update(AmlCompute(name="none", size="any", max_instances=0)).wait()
    step = command(name="c", command="true", environment="azureml:e:1", compute="none", tags={"a": "1"})
    client.jobs.create_or_update(step)
    sweep = a_sweep("s")
    sweep.compute = "none"
    client.jobs.create_or_update(sweep)
    client = restart()
    assert _names(client.jobs.list()) == ["s", "c"]
    assert (client.jobs.get("c").tags, client.jobs.get("s").limits.max_total_trials) == ({"a": "1"}, 4)
    for name in ("c", "s"):
        client.jobs.begin_cancel(name).result(60)
        assert client.jobs.get(name).status == "Canceled"
        client.jobs.begin_delete(name).result(60)
    assert _names(client.jobs.list()) == []
