"""The targets that are installed, by their names."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from importlib.metadata import EntryPoint, entry_points
from typing import TypeAlias

from contracts.suite.target import Target

#: Where packages offer targets: functions of an argument (what follows the colon) that give a context manager.
GROUP = "amlet.contract_targets"

OpenTarget: TypeAlias = Callable[[str], AbstractContextManager[Target]]


class CannotOpen(LookupError):
    """A target is unknown or cannot be opened; the text says why, and what there is."""


def known_targets() -> list[str]:
    """The names of all targets that installed packages offer."""
    return sorted(_offered())


@contextmanager
def open_target(named: str) -> Iterator[Target]:
    """A target, from `NAME` or `NAME:ARGUMENT`.

    Raises:
        CannotOpen: no package offers it, or it cannot be opened with this text.
    """
    name, _, argument = named.partition(":")
    offered = _offered()
    if name not in offered:
        known = ", ".join(sorted(offered)) or "none: install amlet[emulator]"
        raise CannotOpen(f"there is no target {name!r}; known are {known}")
    make: OpenTarget = offered[name].load()
    with ExitStack() as stack:
        try:
            target = stack.enter_context(make(argument))
        except Exception as error:
            raise CannotOpen(f"target {named!r} cannot be opened: {error}") from error
        yield target


def _offered() -> dict[str, EntryPoint]:
    return {entry.name: entry for entry in entry_points(group=GROUP)}
