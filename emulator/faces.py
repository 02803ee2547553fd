"""The faces of the emulator: which module answers below which paths, each imported when it is first asked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, MutableMapping
from functools import cached_property
from importlib import import_module
from typing import Any

from starlette.routing import BaseRoute, Match
from starlette.types import Receive, Scope, Send

from emulator.context import Emulator

_ARM = ("/subscriptions",)

#: Modules, which export `routes(emulator)`, each with how its paths begin; those that are asked most come first.
_FACES = (
    ("dataplane.blobs", ("/emu.blob.core.windows.net", "/azureml-")),
    ("dataplane.mlflow", ("/mlflow/",)),
    ("identity.metadata", ("/metadata/", "/discovery")),
    ("arm.jobs", _ARM),
    ("dataplane.run_history", ("/history/", "/data/", "/modelregistry/")),
    ("arm.workspaces", _ARM),
    ("arm.assets", _ARM),
    ("arm.datastores", _ARM),
    ("arm.computes", _ARM),
    ("arm.operation_results", _ARM),
    ("control.health", ("/_amlet/health", "/_amlet/ready")),
    ("identity.managed_identity", ("/msi/",)),
    ("identity.oauth", ("/",)),
    ("studio.app", ("/",)),
    ("arm.subscriptions", ("/subscriptions", "/tenants")),
    ("control.jobs", ("/_amlet/subscriptions/",)),
    ("control.faults", ("/_amlet/faults",)),
    ("control.scenario", ("/_amlet/scenario",)),
    ("control.journal", ("/_amlet/journal",)),
    ("control.clock", ("/_amlet/clock",)),
    ("control.state", ("/_amlet/re", "/_amlet/snapshot")),
    ("control.openapi", ("/_amlet/openapi",)),
    ("control.pages", ("/_amlet/subscriptions/",)),
    ("arm.refused", _ARM),
)


class Face(BaseRoute):
    """One face as a route, in which its own routes are looked for.

    Parameters:
        emulator: that it shows.
        module: below `emulator`.
        starts: how the paths of all its routes begin.
    """

    def __init__(self, emulator: Emulator, module: str, starts: tuple[str, ...]) -> None:
        self._emulator = emulator
        self.module, self.starts = module, starts

    @cached_property
    def routes(self) -> list[BaseRoute]:
        """Its own routes, made when they are first looked at."""
        found: list[BaseRoute] = import_module(f"emulator.{self.module}").routes(self._emulator)
        return found

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """How well the first of its routes that knows a path agrees with a request."""
        partial: tuple[Match, Scope] = Match.NONE, {}
        if scope["path"].startswith(self.starts):
            for route in self.routes:
                match, child = route.matches(scope)
                if match is Match.FULL:
                    return match, _with_route(child, route)
                if match is Match.PARTIAL and partial[0] is Match.NONE:
                    partial = match, _with_route(child, route)
        return partial

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the route that was found answer."""
        await scope[_FOUND].handle(scope, receive, send)


_FOUND = "amlet.route"


def _with_route(child: MutableMapping[str, Any], route: BaseRoute) -> Scope:
    child[_FOUND] = route
    return child


def faces(emulator: Emulator) -> list[BaseRoute]:
    """All faces of an emulator."""
    return [Face(emulator, module, starts) for module, starts in _FACES]


def every_route(routes: Iterable[BaseRoute]) -> Iterator[BaseRoute]:
    """The routes of an application, those within its faces included.

    Parameters:
        routes: as `Starlette.routes` has them.
    """
    for route in routes:
        if isinstance(route, Face):
            yield from route.routes
        else:
            yield route
