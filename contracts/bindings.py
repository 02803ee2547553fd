"""Bindings in a command: `${{inputs.x}}`, `${{outputs.x}}`, `${{search_space.x}}`; parts that are optional: `$[[...]]`.

Source of the latter: docs pages how-to-manage-inputs-outputs-pipeline and reference-yaml-component-command.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

_OPENED, _CLOSED = "$[[", "]]"
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


def without_optional(command: str, has_value: Callable[[Binding], bool]) -> str:
    """The command without its optional parts of which a binding has no value; the others stand without `$[[` and `]]`.

    A part that is not closed stays as it is.

    Parameters:
        has_value: whether what a binding names is there.

    >>> without_optional("t.py $[[--a ${{inputs.a}}]] $[[--b ${{inputs.b}}]]", lambda binding: binding.name == "b")
    't.py  --b ${{inputs.b}}'
    """
    kept, place = [], 0
    while (start := command.find(_OPENED, place)) >= 0 and (end := command.find(_CLOSED, start)) >= 0:
        part = command[start + len(_OPENED) : end]
        kept += [command[place:start], part if all(map(has_value, bindings(part))) else ""]
        place = end + len(_CLOSED)
    return "".join([*kept, command[place:]])
