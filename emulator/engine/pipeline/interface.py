"""The interface of a step: which inputs and outputs its component declares. Pure.

Source of the form: `componentSpec` as the official SDK sends it and as the service answers it, in which every scalar is
text (`"optional": "True"`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

#: Types of inputs that are values; all others are data or models, which have an address.
LITERAL_TYPES = frozenset({"string", "integer", "number", "boolean"})


@dataclass(frozen=True, slots=True)
class InputPort:
    """One input that a component declares.

    Parameters:
        type: `number`, `uri_folder` ...
        optional: whether it may stay without a value.
        default: its value where a step gives none, as text; None without one.
        mode: how data is delivered, as the component says it; None without.
    """

    type: str
    optional: bool = False
    default: str | None = None
    mode: str | None = None

    @property
    def is_literal(self) -> bool:
        """Whether it is a value, not data."""
        return self.type in LITERAL_TYPES


@dataclass(frozen=True, slots=True)
class OutputPort:
    """One output that a component declares.

    Parameters:
        type: `uri_folder`, `mlflow_model` ...
        mode: how it is written, as the component says it; None without.
        path: where it goes, as the component says it; None without.
    """

    type: str
    mode: str | None = None
    path: str | None = None


@dataclass(frozen=True, slots=True)
class Interface:
    """The inputs and outputs of a component, by name, in its order."""

    inputs: Mapping[str, InputPort] = field(default_factory=dict)
    outputs: Mapping[str, OutputPort] = field(default_factory=dict)


def interface_of(spec: Mapping[str, Any]) -> Interface:
    """The interface that a `componentSpec` declares; members of another form are left out."""
    return Interface(
        {name: _input(port) for name, port in _members(spec, "inputs")},
        {
            name: OutputPort(_text(port.get("type")) or "uri_folder", _text(port.get("mode")), _text(port.get("path")))
            for name, port in _members(spec, "outputs")
        },
    )


def is_true(value: Any) -> bool:
    """Whether a scalar of a `componentSpec` says yes: `true`, `"True"`, `"true"`."""
    return str(value).lower() == "true"


def _members(spec: Mapping[str, Any], key: str) -> list[tuple[str, Mapping[str, Any]]]:
    members = spec.get(key)
    if not isinstance(members, Mapping):
        return []
    return [(name, port) for name, port in members.items() if isinstance(port, Mapping)]


def _input(port: Mapping[str, Any]) -> InputPort:
    return InputPort(
        (_text(port.get("type")) or "string").lower(),
        is_true(port.get("optional")),
        _text(port.get("default")),
        _text(port.get("mode")),
    )


def _text(value: Any) -> str | None:
    return None if value is None else str(value)
