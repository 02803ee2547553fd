"""Bindings in a command: `${{inputs.x}}`, `${{outputs.x}}`, `${{search_space.x}}`."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

_BINDING = re.compile(r"\$\{\{\s*(?P<kind>inputs|outputs|search_space)\.(?P<name>[^\s{}]+?)\s*\}\}")


class Binding(NamedTuple):
    """One `${{kind.name}}` in a command; `name` may hold dots (`inputs.group.x`)."""

    kind: str
    name: str


def bindings(command: str) -> list[Binding]:
    """The bindings of a command, in order, repetitions included."""
    return [Binding(found["kind"], found["name"]) for found in _BINDING.finditer(command)]


def substitute(command: str, value_of: Callable[[Binding], str]) -> str:
    """The command with each binding replaced by what `value_of` says of it."""
    return _BINDING.sub(lambda found: value_of(Binding(found["kind"], found["name"])), command)
