"""Python source that makes the same job."""

from __future__ import annotations

import inspect
import math
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import gateway
import gateway.entities
import gateway.sweep
from gateway.builders.pipeline_job import PipelineJob
from gateway.builders.ports import NodeInputs, NodeOutputs, effective_output
from gateway.entities.command_component import CommandComponent
from gateway.entities.command_job import CommandJob
from gateway.entities.job import Job
from gateway.entities.job_io import Output
from gateway.entities.job_settings import JobResourceConfiguration
from gateway.entities.parameterized_command import ParameterizedCommand
from gateway.entities.resource import Resource
from gateway.serialization.arm.plain import plain
from gateway.serialization.yaml.step import port_values

_MODULES = (gateway, gateway.sweep, gateway.entities)
#: Keyword arguments that constructors take without naming them.
_UNNAMED = ("name", "version", "inference_config", "os_type", "services", "properties", "comment")
_WIDTH = 110


def python(job: Job, *, folder: Path | None = None) -> str:
    """Source that binds `job`; with `azure.ai.ml` instead of `gateway` it makes the official SDK's.

    Parameters:
        job: the job; what only the service sets is left out.
        folder: where the source will run; `base_path` is written where the job's paths start elsewhere.
    """
    built = job.to_job() if hasattr(job, "to_job") else job
    call = _Call(type(built), _arguments(built))
    base = os.path.abspath(built.base_path)  # noqa: PTH100
    if Path(base) != (folder or Path.cwd()).resolve():
        call.arguments["base_path"] = base
    used: set[str] = set()
    text = _source(call, "", used)
    return f"{_imports(used)}\n\njob = {text}\n"


class _Call:
    """A constructor and its arguments."""

    def __init__(self, cls: type, arguments: dict[str, Any]) -> None:
        self.name, self.arguments = cls.__name__, arguments


def _arguments(entity: Any) -> dict[str, Any]:
    """The arguments of an entity's constructor that differ from their defaults."""
    chosen = {}
    for name, default in _parameters(type(entity)).items():
        if not hasattr(entity, name):
            continue
        value = _given(entity, name)
        if name == "type" and value == getattr(entity, "kind", None):
            continue
        unset = not value and _made_empty(entity, name)
        if not unset and not (type(value) is type(default) and value == default):
            chosen[name] = value
    if getattr(entity, "_is_anonymous", False):
        chosen.pop("name", None)
        chosen.pop("version", None)
    if isinstance(entity, CommandComponent):
        chosen.pop("instance_count" if "resources" in chosen else "", None)  # read off the resources, and said by them
        if entity.code is not None:
            chosen["base_path"] = entity.base_path
    return chosen


def _given(entity: Any, name: str) -> Any:
    """What a constructor was given for a parameter: of ports their values, and of a pipeline job its steps alone."""
    value = getattr(entity, name, None)
    if isinstance(entity, PipelineJob) and name == "component" and not isinstance(value, str):
        return None
    if isinstance(entity, PipelineJob) and name == "outputs":
        return {key: effective_output(port) or Output() for key, port in entity.outputs.items()}
    return port_values(value) if isinstance(value, NodeInputs | NodeOutputs) else value


def _made_empty(entity: Any, name: str) -> bool:
    """Whether the constructor makes an empty dict or list of an argument that is left out."""
    if name in ("tags", "properties"):
        return isinstance(entity, Resource | JobResourceConfiguration)
    if name == "environment_variables":
        return isinstance(entity, ParameterizedCommand) and not isinstance(entity, CommandComponent)
    return name in ("inputs", "outputs", "additional_includes") and isinstance(entity, Resource)


def _parameters(cls: type) -> dict[str, Any]:
    """Names of the constructor's parameters, inherited ones included, with their defaults."""
    parameters: dict[str, Any] = {}
    for base in cls.__mro__:
        if "__init__" in vars(base) and base is not object:
            for name, parameter in inspect.signature(base.__init__).parameters.items():  # type: ignore[misc]
                if name != "self" and parameter.kind in (parameter.POSITIONAL_OR_KEYWORD, parameter.KEYWORD_ONLY):
                    parameters.setdefault(name, parameter.default)
    return parameters | {name: None for name in _UNNAMED if name not in parameters}


def _source(value: Any, indent: str, used: set[str]) -> str:
    """The expression that makes a value, over several lines when one is too short."""
    if isinstance(value, _Call):
        used.add(value.name)
        members = [(f"{name}=", member) for name, member in value.arguments.items()]
        return _bracketed(f"{value.name}(", members, ")", indent, used)
    if isinstance(value, Mapping) and not hasattr(value, "__dict__"):
        members = [(f"{_source(key, indent, used)}: ", member) for key, member in value.items()]
        return _bracketed("{", members, "}", indent, used)
    if isinstance(value, list | tuple):
        return _bracketed("[", [("", member) for member in value], "]", indent, used)
    if isinstance(value, float) and not math.isfinite(value):
        return f'float("{value}")'
    for kind in (bool, str, int, float):
        if isinstance(value, kind):
            return kind.__repr__(value)
    if value is None:
        return "None"
    if isinstance(value, os.PathLike):
        return repr(os.fspath(value))
    cls = _public(value)
    return _source(_Call(cls, _arguments(value)) if cls else plain(value, "job"), indent, used)


def _public(entity: Any) -> type | None:
    """The class to call: the trial of a job file is a command job without a job's own fields; None for other values."""
    if isinstance(entity, ParameterizedCommand) and not isinstance(entity, Resource):
        return CommandJob
    return next((cls for cls in type(entity).__mro__ if cls.__module__.startswith("gateway.")), None)


def _bracketed(start: str, members: Iterable[tuple[str, Any]], end: str, indent: str, used: set[str]) -> str:
    inner = indent + "    "
    parts = [label + _source(member, inner, used) for label, member in members]
    line = f"{start}{', '.join(parts)}{end}"
    if "\n" not in line and len(indent) + len(line) <= _WIDTH:
        return line
    return f"{start}\n" + "".join(f"{inner}{part},\n" for part in parts) + indent + end


def _imports(names: Iterable[str]) -> str:
    lines = []
    left = set(names)
    for module in _MODULES:
        found = sorted(left & set(dir(module)))
        left -= set(found)
        if found:
            lines.append(f"from {module.__name__} import {', '.join(found)}")
    return "\n".join(sorted(lines))
