"""The real servers of a test session: made when a test first wants one, and lent to one test at a time."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from amlet.testing.served import ServedEmulator
from contracts.resource_id import LOCAL_WORKSPACE, WorkspaceId

#: What can be changed on a running server; anything else needs another one.
_PER_TEST = ("objective", "curves", "frozen")


class Servers:
    """Servers by the options they were made with."""

    def __init__(self) -> None:
        self._made: dict[str, ServedEmulator] = {}
        self._numbers = itertools.count(1)

    @contextmanager
    def lent(self, options: Mapping[str, Any]) -> Iterator[ServedEmulator]:
        """A server with a fresh workspace; its objective, clock and faults are as at the beginning again afterwards.

        Parameters:
            options: as in `EmulatorHandle`, and `curves`.
        """
        fixed = {key: value for key, value in options.items() if key not in _PER_TEST}
        key = repr(sorted(fixed.items(), key=lambda item: item[0]))
        if key not in self._made:
            self._made[key] = ServedEmulator(**_with_any_secret(fixed))
        server = self._made[key]
        server.workspace = WorkspaceId(
            LOCAL_WORKSPACE.subscription, LOCAL_WORKSPACE.resource_group, f"test-{next(self._numbers)}"
        )
        server.set_objective(options.get("objective"))
        if options.get("curves") is not None:
            server.set_curves(options["curves"])
        if options.get("frozen"):
            server.time.freeze()
        server.journal.clear()
        server.play_scenario()
        try:
            yield server
        finally:
            server.play_scenario()
            if server.emulator.time is not None:
                server.emulator.time.thaw()

    def close(self) -> None:
        """End all of them."""
        for server in self._made.values():
            server.close()
        self._made.clear()


def _with_any_secret(options: Mapping[str, Any]) -> dict[str, Any]:
    """Options of a server for programs under test, which bring client secrets of their own."""
    settings = options.get("settings") or {}
    return {**options, "settings": {"client_secret": "any", **settings} if isinstance(settings, Mapping) else settings}
