"""The targets that are installed, by their names."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from importlib.metadata import entry_points
from typing import TypeAlias

from contracts.suite.target import Target

#: Where packages offer targets: functions of an argument (what follows the colon) that give a context manager.
GROUP = "amlet.contract_targets"

OpenTarget: TypeAlias = Callable[[str], AbstractContextManager[Target]]


class UnknownTarget(LookupError):
    """No installed package offers a target of that name; the text lists those there are."""


def open_target(named: str) -> AbstractContextManager[Target]:
    """A target, from `NAME` or `NAME:ARGUMENT`; entered by the caller, who thereby also ends it.

    Raises:
        UnknownTarget: nobody offers it.
    """
    name, _, argument = named.partition(":")
    found = {entry.name: entry for entry in entry_points(group=GROUP)}
    if name not in found:
        known = ", ".join(sorted(found)) or "none: install amlet[emulator]"
        raise UnknownTarget(f"there is no target {name!r}; known are {known}")
    make: OpenTarget = found[name].load()
    return make(argument)
