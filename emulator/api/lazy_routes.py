"""Which module answers below which paths; each is imported when such a path is first asked for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, MutableMapping
from functools import cached_property
from importlib import import_module
from typing import Any

from starlette.routing import BaseRoute, Match
from starlette.types import Receive, Scope, Send

from emulator.services.context import Emulator

_ARM = ("/subscriptions",)

#: Modules, which export `routes(emulator)`, each with how its paths begin; those that are asked most come first.
_MODULES = (
    ("api.dataplane.blobs", ("/emu.blob.core.windows.net", "/azureml-")),
    ("api.dataplane.mlflow", ("/mlflow/",)),
    ("api.identity.metadata", ("/metadata/", "/discovery")),
    ("api.arm.jobs", _ARM),
    ("api.dataplane.run_history", ("/history/", "/data/", "/modelregistry/")),
    ("api.dataplane.azureml_core", ("/metric/", "/artifact/")),
    ("api.arm.workspaces", _ARM),
    ("api.arm.assets", _ARM),
    ("api.arm.datastores", _ARM),
    ("api.arm.computes", _ARM),
    ("api.arm.operation_results", _ARM),
    ("api.dataplane.attempts", ("/_amlet/attempts/",)),
    ("api.control.health", ("/_amlet/health", "/_amlet/ready")),
    ("api.identity.managed_identity", ("/msi/",)),
    ("api.identity.oauth", ("/",)),
    ("studio.app", ("/",)),
    ("api.arm.subscriptions", ("/subscriptions", "/tenants")),
    ("api.control.jobs", ("/_amlet/subscriptions/",)),
    ("api.control.faults", ("/_amlet/faults",)),
    ("api.control.scenario", ("/_amlet/scenario",)),
    ("api.control.journal", ("/_amlet/journal",)),
    ("api.control.clock", ("/_amlet/clock",)),
    ("api.control.state", ("/_amlet/re", "/_amlet/snapshot")),
    ("api.control.openapi", ("/_amlet/openapi",)),
    ("api.control.page_keys", ("/_amlet/page-key/",)),
    ("api.arm.refused", _ARM),
)


class LazyRoutes(BaseRoute):
    """The routes of one module as one route, which looks for the one that answers.

    Parameters:
        emulator: whose routes they are.
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
                # The path is known and the method is not; a later route, or another module, may know both.
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


def lazy_routes(emulator: Emulator) -> list[BaseRoute]:
    """All routes of an emulator."""
    return [LazyRoutes(emulator, module, starts) for module, starts in _MODULES]


def every_route(routes: Iterable[BaseRoute]) -> Iterator[BaseRoute]:
    """The routes of an application, those of its modules included.

    Parameters:
        routes: as `Starlette.routes` has them.
    """
    for route in routes:
        if isinstance(route, LazyRoutes):
            yield from route.routes
        else:
            yield route
