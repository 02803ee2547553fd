"""The `properties` of an asset as the service shows them. Source: recorded, where nothing else is said."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

import yaml

from contracts.diagnostics.yaml_text import parse
from contracts.resource_id import WorkspaceId
from emulator.clock import Clock, iso
from emulator.services.assets.component_spec import shown_spec
from emulator.storage.asset_kinds import next_version
from emulator.storage.assets import Asset

_STORE = re.compile(r"^azureml://datastores/", re.IGNORECASE)
_LONG_STORE = re.compile(r"^azureml://subscriptions/[^/]+/(resourcegroups)/", re.IGNORECASE)
_BARE_HOST = re.compile(r"^https?://[^/?#]+$")
_FOLDERS = frozenset({"uri_folder", "mltable"})
_DIGITS = re.compile(r"\D")


def version_properties(asset: Asset, workspace: WorkspaceId, *, latest: bool) -> dict[str, Any]:
    """The properties of a version.

    Parameters:
        asset: with the origins of its content as they are now.
        workspace: that it is in.
        latest: whether it is the newest of its name.
    """
    document = dict(asset.document)
    match asset.kind:
        case "environments":
            return _environment(document, latest=latest and not asset.anonymous)
        case "data":
            folder = document.get("dataType") in _FOLDERS
            uri = data_uri(document.get("dataUri"), workspace, folder=folder)
            return _with(document, {"dataUri": uri}, autoDeleteSetting=None, stage=None, intellectualProperty=None)
        case "models":
            more = {"jobName": None, "provisioningState": "Succeeded", "stage": "Development"}
            uri = model_uri(document.get("modelUri"), workspace)
            return _with(document, {"modelUri": uri}, autoDeleteSetting=None, **more, intellectualProperty=None)
        case "components":
            spec = document.get("componentSpec") or {}
            shown = shown_spec(spec, name=asset.name, version=asset.version)
            changed = {"componentSpec": shown, "description": None}
            return _with(document, changed, autoDeleteSetting=None, stage="Development")
        case "codes":
            return _code(document)
    return document


def container_properties(asset: Asset, versions: Sequence[Asset], clock: Clock, *, listed: bool) -> dict[str, Any]:
    """The properties of a container.

    Parameters:
        asset: the container.
        versions: of it, newest first.
        clock: names the next version of a component.
        listed: whether it is shown in a list, where components tell no latest version.
    """
    latest = versions[0].version if versions else None
    following = next_version(one.version for one in versions)
    if asset.kind == "data":
        kind = versions[0].document.get("dataType") if versions else None
        empty: dict[str, Any] = {"description": None, "tags": None, "properties": None, "isArchived": False}
        return {**empty, "dataType": kind, **asset.document, "latestVersion": latest, "nextVersion": following}
    if asset.kind == "components":
        following = _DIGITS.sub("-", iso(clock.now()).partition("+")[0]) if versions else following
        latest = None if listed else latest
    empty = {"description": "", "tags": {}, "properties": {}, "isArchived": False, "provisioningState": "Succeeded"}
    own = {key: value for key, value in asset.document.items() if value is not None or key not in empty}
    return {**empty, **own, "latestVersion": latest, "nextVersion": following}


def data_uri(given: Any, workspace: WorkspaceId, *, folder: bool) -> Any:
    """Where data are: of a datastore in the long form, a folder with a slash at its end."""
    if not isinstance(given, str):
        return given
    if _BARE_HOST.match(given):
        return f"{given}/"
    long = _STORE.sub(_store(workspace, "resourcegroups"), given)
    is_stored = long.startswith("azureml://") and "/datastores/" in long
    return f"{long}/" if folder and is_stored and not long.endswith("/") else long


def model_uri(given: Any, workspace: WorkspaceId) -> Any:
    """Where a model is: of a datastore in the long form, whose spelling of `resourceGroups` is another than data's."""
    if not isinstance(given, str):
        return given
    long = _STORE.sub(_store(workspace, "resourceGroups"), given)
    found = _LONG_STORE.match(long)
    return long if found is None else f"{long[: found.start(1)]}resourceGroups{long[found.end(1) :]}"


def _store(workspace: WorkspaceId, groups: str) -> str:
    return (
        f"azureml://subscriptions/{workspace.subscription}/{groups}/{workspace.resource_group}"
        f"/workspaces/{workspace.name}/datastores/"
    )


def _environment(document: dict[str, Any], *, latest: bool) -> dict[str, Any]:
    curated = document.get("environmentType") == "Curated"
    stage = "Logged" if document.get("isAnonymous") else "Development"
    more = {
        "autoRebuild": "OnBaseImageUpdate" if curated else "Disabled",
        "stage": stage,
        "autoDeleteSetting": None,
        "intellectualProperty": None,
    }
    labels = {**(document.get("properties") or {}), "azureml.labels": "latest" if latest and not curated else ""}
    shown = _with(document, {"properties": labels, "condaFile": conda_text(document.get("condaFile"))}, **more)
    return {key: value for key, value in shown.items() if value is not None or key in _NULLABLE}


#: Keys of an environment that are there although they are null; an image, a build ... are not.
_NULLABLE = frozenset({"description", "autoDeleteSetting", "intellectualProperty"})


def conda_text(given: Any) -> str:
    """A conda specification as JSON text, empty where there is none."""
    if not isinstance(given, str) or not given:
        return ""
    try:
        document = parse(given)
    except yaml.YAMLError:
        return given
    return json.dumps(document, indent=2, default=str, ensure_ascii=False)


def _code(document: dict[str, Any]) -> dict[str, Any]:
    marks = dict(document.get("properties") or {})
    if "hash_version" in marks:
        marks["hash_version"] = str(marks["hash_version"])
    return _with(document, {"properties": marks}, provisioningState="Succeeded")


def _with(document: Mapping[str, Any], changed: Mapping[str, Any], **defaults: Any) -> dict[str, Any]:
    """A document with other values, and with further keys where it does not have them."""
    return {**document, **changed, **{key: one for key, one in defaults.items() if document.get(key) is None}}
