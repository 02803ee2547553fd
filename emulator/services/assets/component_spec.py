"""A component's specification as the service gives it back: every scalar as text, and what was left out filled in.

Source: recorded for commands; for other types what azure-ai-ml's own end-to-end tests expect of the service.
"""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from contracts.job_types import COMMAND, PIPELINE
from contracts.resource_id import WorkspaceId
from emulator.storage.workspaces import guid_of
from emulator.trials.environments.curated import is_curated_name

_SCHEMA = "https://azuremlschemas.azureedge.net/development/commandComponent.schema.json"
_CURATED = re.compile(r"^(?:azureml:)?(?P<name>[^/:]+):(?P<version>[^/:]+)$")
#: Of the client's own, and what a pipeline component's answer does not have.
_LEFT_OUT = frozenset({"_source", "id", "creation_context", "jobs"})
_FIRST = ("$schema", "name", "version", "display_name", "is_deterministic", "type", "description", "tags")

#: May change on a version that exists.
MUTABLE = frozenset({"description", "display_name", "tags"})


def _same(port: Mapping[str, Any]) -> Mapping[str, Any]:
    return port


def _without_mode(port: Mapping[str, Any]) -> Mapping[str, Any]:
    return {key: value for key, value in port.items() if key != "mode"}


def _with_plain_default(port: Mapping[str, Any]) -> Mapping[str, Any]:
    default = port.get("default")
    return {**port, "default": default.removeprefix("azureml:")} if isinstance(default, str) else port


@dataclass(frozen=True, slots=True)
class _Ways:
    """How the service shows components of one type.

    Parameters:
        type: as specifications name it.
        schema: that it names itself; None where that of the specification stays.
        deterministic: whether they can be.
        resources: that are filled in; None where there are none.
        without: keys that are not shown.
        port: how inputs and outputs are shown.
    """

    type: str
    schema: str | None = None
    deterministic: bool = True
    resources: Mapping[str, Any] | None = None
    without: tuple[str, ...] = ()
    port: Callable[[Mapping[str, Any]], Mapping[str, Any]] = _same


_WAYS = {
    ways.type: ways
    for ways in (
        _Ways(COMMAND.yaml_name, resources={"instance_count": 1}),
        _Ways(PIPELINE.yaml_name, deterministic=False, port=_with_plain_default),
        _Ways("parallel", "http://azureml/sdk-2-0/ParallelComponent.json", without=("resources",)),
        _Ways("data_transfer", "http://azureml/sdk-2-0/DataTransferComponent.json"),
        _Ways("automl", "http://azureml/sdk-2-0/AutoMLComponent.json"),
        _Ways("spark", port=_without_mode),
    )
}


def shown_spec(spec: Mapping[str, Any], *, name: str, version: str) -> dict[str, Any]:
    """A specification as it is shown.

    Parameters:
        spec: as it was sent.
        name, version: of the asset, for a specification that has none.
    """
    kind = str(spec.get("type") or COMMAND.yaml_name)
    ways = _WAYS.get(kind, _Ways(kind))
    whole: dict[str, Any] = {
        "name": name,
        "version": version,
        **{key: value for key, value in spec.items() if key not in _LEFT_OUT and value is not None},
        "type": kind,
    }
    whole["$schema"] = ways.schema or whole.get("$schema") or _SCHEMA
    whole["is_deterministic"] = ways.deterministic and whole.get("is_deterministic", True)
    if ways.resources is not None:
        whole["resources"] = {**ways.resources, **(whole.get("resources") or {})}
    for hidden in ways.without:
        whole.pop(hidden, None)
    if whole.get("inputs"):
        whole["inputs"] = {key: _input(_port(one, ways)) for key, one in whole["inputs"].items()}
    if whole.get("outputs"):
        whole["outputs"] = {key: _port(one, ways) for key, one in whole["outputs"].items()}
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


def _port(given: Any, ways: _Ways) -> Any:
    return ways.port(given) if isinstance(given, Mapping) else given


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
