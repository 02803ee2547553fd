"""A component's specification as the service gives it back: every scalar as text, and what was left out filled in.

Source: recorded for commands; for other types what azure-ai-ml's own end-to-end tests expect of the service.
"""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Mapping
from typing import Any

from contracts.resource_id import WorkspaceId
from emulator.storage.workspaces import guid_of
from emulator.trials.environments.curated import is_curated_name

_SCHEMA = "https://azuremlschemas.azureedge.net/development/commandComponent.schema.json"
#: Types whose schema the service names itself.
_SCHEMAS = {
    "parallel": "http://azureml/sdk-2-0/ParallelComponent.json",
    "data_transfer": "http://azureml/sdk-2-0/DataTransferComponent.json",
    "automl": "http://azureml/sdk-2-0/AutoMLComponent.json",
}
_CURATED = re.compile(r"^(?:azureml:)?(?P<name>[^/:]+):(?P<version>[^/:]+)$")
#: Of the client's own, and what a pipeline component's answer does not have.
_LEFT_OUT = frozenset({"_source", "id", "creation_context", "jobs"})
_FIRST = ("$schema", "name", "version", "display_name", "is_deterministic", "type", "description", "tags")

#: May change on a version that exists.
MUTABLE = frozenset({"description", "display_name", "tags"})


def shown_spec(spec: Mapping[str, Any], *, name: str, version: str) -> dict[str, Any]:
    """A specification as it is shown.

    Parameters:
        spec: as it was sent.
        name, version: of the asset, for a specification that has none.
    """
    kind = str(spec.get("type") or "command")
    whole = {
        "name": name,
        "version": version,
        **{key: value for key, value in spec.items() if key not in _LEFT_OUT and value is not None},
        "type": kind,
    }
    whole["$schema"] = _SCHEMAS.get(kind) or whole.get("$schema") or _SCHEMA
    whole["is_deterministic"] = False if kind == "pipeline" else whole.get("is_deterministic", True)
    if kind == "command":
        whole["resources"] = {"instance_count": 1, **(whole.get("resources") or {})}
    if kind == "parallel":
        whole.pop("resources", None)
    if whole.get("inputs"):
        whole["inputs"] = {key: _input(_port(one, kind)) for key, one in whole["inputs"].items()}
    if whole.get("outputs"):
        whole["outputs"] = {key: _port(one, kind) for key, one in whole["outputs"].items()}
    for part in ("task", None):
        where = whole.get(part) if part else whole
        if isinstance(where, Mapping) and isinstance(where.get("environment"), str):
            shown = {**where, "environment": _environment(where["environment"])}
            whole = {**whole, part: shown} if part else shown
    first = {key: whole[key] for key in _FIRST if key in whole}
    texts: dict[str, Any] = _as_text(first | whole)
    return texts


def compared_spec(spec: Mapping[str, Any], *, name: str, version: str) -> dict[str, Any]:
    """What of a specification never changes."""
    shown = shown_spec(spec, name=name, version=version)
    return {key: value for key, value in shown.items() if key not in MUTABLE}


def _port(given: Any, kind: str) -> Any:
    """An input or output; those of Spark components have no mode, and defaults in pipelines no `azureml:`."""
    if not isinstance(given, Mapping):
        return given
    if kind == "pipeline" and isinstance(given.get("default"), str):
        return {**given, "default": given["default"].removeprefix("azureml:")}
    return {key: value for key, value in given.items() if key != "mode" or kind != "spark"}


def _input(given: Any) -> Any:
    if not isinstance(given, Mapping):
        return given
    rest = {key: value for key, value in given.items() if key not in ("type", "optional")}
    return {"type": given.get("type"), "optional": given.get("optional", False), **rest}


def _environment(given: str) -> str:
    """A curated environment is shown where it is: in the registry `azureml`."""
    found = _CURATED.match(given)
    if found is None or not is_curated_name(found["name"]):
        return given
    return f"azureml://registries/azureml/environments/{found['name']}/versions/{found['version']}"


def _as_text(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _as_text(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_as_text(one) for one in value]
    return value if value is None or isinstance(value, str) else str(value)


def component_guid(workspace: WorkspaceId, spec: Mapping[str, Any]) -> str:
    """The version of an anonymous component: the same for the same content, whatever version its client asks for.

    Source: recorded: an equal component, put again, is the earlier one.
    """
    content = json.dumps(shown_spec({**spec, "jobs": None}, name="", version=""), sort_keys=True)
    nodes = json.dumps(spec.get("jobs"), sort_keys=True, default=str)
    return str(uuid.uuid5(uuid.UUID(guid_of(workspace)), content + nodes))
