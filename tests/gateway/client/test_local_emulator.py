"""Clients that are sent to the emulator on this machine: by AMLET_TARGET, or by `MLClient.emulator()`."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from contracts.resource_id import LOCAL_WORKSPACE, WorkspaceId
from gateway import MLClient, aio
from gateway.client import local_emulator
from gateway.client.local_emulator import EmulatorCredential, EmulatorUnavailable, LocalEmulator
from gateway.exceptions import ValidationException
from gateway.transport.messages import Request, Response

TOLD = {
    "ARM_CLOUD_METADATA_URL": "https://127.0.0.1:8443/metadata/endpoints?api-version=2019-05-01",
    "SSL_CERT_FILE": "ca.pem",
    "IDENTITY_ENDPOINT": "http://127.0.0.1:8480/msi/token",
    "IDENTITY_HEADER": "open",
    "AMLET_STATE_DIR": "state",
}
NAMES = (
    "AZURE_SUBSCRIPTION_ID", "AZURE_DEFAULTS_GROUP", "AZURE_DEFAULTS_WORKSPACE", "AZUREML_CURRENT_CLOUD",
    "AMLET_TARGET", *TOLD,
)  # fmt: skip


class Anywhere:
    """A transport that sends nothing."""

    def send(self, request: Request) -> Response:
        raise AssertionError(f"{request.url} was asked")

    def close(self) -> None:
        pass


@pytest.fixture(autouse=True)
def _nowhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AZURE_CONFIG_DIR", str(tmp_path / "azure"))
    monkeypatch.setenv("AMLET_HOME", str(tmp_path))
    monkeypatch.setattr(LocalEmulator, "transport", Anywhere())
    monkeypatch.chdir(tmp_path)


def _ask(monkeypatch: pytest.MonkeyPatch, code: int, out: str, err: str = "") -> list[list[str]]:
    """The commands that are run in the place of which this is answered."""
    asked: list[list[str]] = []

    def run(command: list[str], **options: Any) -> subprocess.CompletedProcess[str]:
        asked.append(command)
        return subprocess.CompletedProcess(command, code, out, err)

    monkeypatch.setattr(subprocess, "run", run)
    return asked


def test_the_variables_of_an_emulator_describe_it() -> None:
    found = LocalEmulator.of(TOLD)
    assert found == LocalEmulator("https://127.0.0.1:8443", "ca.pem", TOLD["IDENTITY_ENDPOINT"], "open")
    assert "open" not in repr(found)


@pytest.mark.parametrize("name", TOLD)
def test_an_environment_without_one_of_them_is_not_an_emulators(name: str) -> None:
    assert LocalEmulator.of({key: text for key, text in TOLD.items() if key != name}) is None


@pytest.mark.parametrize("name", ["ARM_CLOUD_METADATA_URL", "IDENTITY_ENDPOINT"])
def test_another_machine_is_never_an_emulator(name: str) -> None:
    assert LocalEmulator.of(TOLD | {name: "https://management.example.org/metadata"}) is None


def test_the_command_is_asked_where_the_environment_does_not_say(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = _ask(monkeypatch, 0, json.dumps(TOLD))
    assert LocalEmulator.found({}) == LocalEmulator.of(TOLD)
    assert asked[0][0] == sys.executable
    assert asked[0][3:] == ["emulator", "env", "--start", "--format", "json"]
    assert LocalEmulator.found(TOLD) == LocalEmulator.of(TOLD)
    assert len(asked) == 1


def test_a_state_directory_is_asked_for_whatever_the_environment_says(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    asked = _ask(monkeypatch, 0, json.dumps(TOLD))
    LocalEmulator.found(TOLD, "mine")
    assert asked[0][-2:] == ["--state-dir", str(tmp_path / "mine")]


def test_what_keeps_it_from_starting_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    _ask(monkeypatch, 2, "", "amlet: pip install 'amlet[emulator]'\n")
    with pytest.raises(EmulatorUnavailable, match=r"pip install 'amlet\[emulator\]'"):
        MLClient.emulator()


def test_a_token_comes_from_its_managed_identity() -> None:
    sent: list[Request] = []

    class Here(Anywhere):
        def send(self, request: Request) -> Response:
            sent.append(request)
            return Response(200, {}, b'{"access_token": "t", "expires_on": "7"}', request)

    token = EmulatorCredential("http://127.0.0.1:1/msi/token", "open", Here()).get_token(
        "https://127.0.0.1:8443/.default"
    )
    assert (token.token, token.expires_on) == ("t", 7)
    assert sent[0].headers == {"X-IDENTITY-HEADER": "open"}
    assert sent[0].params["resource"] == "https://127.0.0.1:8443"


@pytest.mark.parametrize("kind", [MLClient, aio.MLClient])
def test_amlet_target_sends_every_client_without_an_address_to_the_emulator(
    kind: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AMLET_TARGET", "emulator")
    _ask(monkeypatch, 0, json.dumps(TOLD))
    for client in (kind(), kind(object(), cloud="AzureCloud"), kind.from_config(), kind.emulator()):
        assert (client.subscription_id, client.resource_group_name, client.workspace_name) == (
            LOCAL_WORKSPACE.subscription,
            LOCAL_WORKSPACE.resource_group,
            LOCAL_WORKSPACE.name,
        )
        assert client.connection.session is not None
        assert client.connection.base_url == "https://127.0.0.1:8443"
        assert isinstance(client.connection.credential, EmulatorCredential)


@pytest.mark.parametrize("kind", [MLClient, aio.MLClient])
def test_what_target_use_stored_sends_clients_to_the_emulator(
    kind: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "target.json").write_text('{"target": "emulator"}')
    _ask(monkeypatch, 0, json.dumps(TOLD))
    client = kind()
    assert client.workspace_name == kind.from_config().workspace_name == LOCAL_WORKSPACE.name
    assert client.connection.session is not None
    assert (client.connection.base_url, client.connection.pages) == ("https://127.0.0.1:8443", "http://127.0.0.1:8480")


def test_the_variable_and_the_cloud_of_the_environment_beat_what_is_stored(tmp_path: Path) -> None:
    home = {"AMLET_HOME": str(tmp_path)}
    (tmp_path / "target.json").write_text('{"target": "emulator"}')
    assert local_emulator.is_target(home)
    assert not local_emulator.is_target(home | {"AMLET_TARGET": "workspace"})
    assert not local_emulator.is_target(home | {"AZUREML_CURRENT_CLOUD": "AzureCloud"})
    assert not local_emulator.is_target(home | {"ARM_CLOUD_METADATA_URL": "https://127.0.0.1:1/metadata"})


@pytest.mark.parametrize("text", ["", "[]", '{"target": "cloud"}'])
def test_a_damaged_setting_sends_nothing_anywhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, text: str) -> None:
    (tmp_path / "target.json").write_text(text)
    with pytest.raises(ValidationException, match="run: amlet target use emulator"):
        _ = MLClient(None, "s", "g", "w").connection.session


def test_the_configured_workspace_keeps_its_name_on_the_emulator(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    names = {"subscription_id": "s", "resource_group": "g", "workspace_name": "w"}
    (tmp_path / "config.json").write_text(json.dumps(names))
    assert local_emulator.workspace_of({}, {}, tmp_path) == WorkspaceId("s", "g", "w")
    monkeypatch.setenv("AMLET_TARGET", "emulator")
    assert MLClient.from_config().workspace_name == MLClient().workspace_name == "w"


def test_a_workspace_that_is_named_in_part_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValidationException, match="--subscription"):
        local_emulator.workspace_of({"workspace_name": "w"}, {"AZURE_CONFIG_DIR": str(tmp_path)}, tmp_path)


def test_another_target_than_the_two_is_refused_before_anything_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AMLET_TARGET", "emulater")
    with pytest.raises(ValidationException, match="expected emulator or workspace"):
        _ = MLClient(None, "s", "g", "w").connection.session
