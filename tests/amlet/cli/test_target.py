"""Which target a command goes to, and why: never the cloud by accident."""

from __future__ import annotations

import json

import pytest

from amlet.cli.exits import Refusal
from amlet.cli.target import TargetKind, TargetOptions, choose_kind, store_kind
from gateway.client.workspace_settings import Found, WorkspaceSettings

NOWHERE = WorkspaceSettings()
CONFIGURED = WorkspaceSettings(Found("s", "argument"), Found("g", "argument"), Found("w", "config.json"))


@pytest.fixture
def environ(tmp_path) -> dict[str, str]:
    return {"AMLET_HOME": str(tmp_path)}


def test_the_flag_beats_everything(environ) -> None:
    assert (
        choose_kind(TargetOptions(emulator=True), CONFIGURED, environ | {"AMLET_TARGET": "workspace"})[0]
        is TargetKind.EMULATOR
    )


def test_the_variable_beats_the_stored_default(environ) -> None:
    store_kind(TargetKind.EMULATOR, environ)
    assert choose_kind(TargetOptions(), CONFIGURED, environ | {"AMLET_TARGET": "workspace"}) == (
        TargetKind.WORKSPACE,
        "AMLET_TARGET",
    )


def test_the_stored_default_beats_a_configured_workspace(environ) -> None:
    store_kind(TargetKind.EMULATOR, environ)
    assert choose_kind(TargetOptions(), CONFIGURED, environ) == (TargetKind.EMULATOR, "amlet target use")


def test_a_configured_workspace_is_used_and_named(environ) -> None:
    assert choose_kind(TargetOptions(), CONFIGURED, environ) == (TargetKind.WORKSPACE, "config.json")


def test_half_a_workspace_is_none(environ) -> None:
    half = WorkspaceSettings(subscription_id=Found("s", "AZURE_SUBSCRIPTION_ID"))
    with pytest.raises(Refusal, match="missing: --resource-group, --workspace-name"):
        choose_kind(TargetOptions(), half, environ)


def test_an_unknown_target_is_refused(environ) -> None:
    with pytest.raises(Refusal, match="AMLET_TARGET is 'cloud'; expected emulator or workspace"):
        choose_kind(TargetOptions(), CONFIGURED, environ | {"AMLET_TARGET": "cloud"})


def test_target_use_is_remembered(amlet) -> None:
    assert amlet("target", "use", "emulator").code == 0
    shown = amlet("target", "show")
    assert json.loads(shown.out) == {"target": "emulator", "source": "amlet target use"}


def test_workspace_show_says_where_each_name_comes_from(amlet, tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    names = {"subscription_id": "s", "resource_group": "g", "workspace_name": "w"}
    (tmp_path / "config.json").write_text(json.dumps(names))
    monkeypatch.setenv("AZURE_DEFAULTS_GROUP", "other")
    shown = json.loads(amlet("workspace", "show", "-w", "mine").out)
    assert shown == {
        "subscription_id": {"value": "s", "source": str(tmp_path / "config.json")},
        "resource_group": {"value": "other", "source": "AZURE_DEFAULTS_GROUP"},
        "workspace_name": {"value": "mine", "source": "argument"},
    }
