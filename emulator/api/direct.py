"""The requests that clients send most, found by a look at their path: GET and PUT of one job.

All others are found by the routes, one after the other, and answered through Starlette's layers: both take longer than
to read a job's document.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property

from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Scope

from contracts.resource_id import PROVIDER
from emulator.api.lazy_routes import LazyRoutes
from emulator.storage.database import StoreUnavailable

_MODULE = "api.arm.jobs"


class DirectRoutes:
    """Finds the application that answers a request, without a walk through all routes.

    Parameters:
        routes: of the emulator, as `lazy_routes` has them.
    """

    def __init__(self, routes: Iterable[BaseRoute]) -> None:
        self._module = next(route for route in routes if isinstance(route, LazyRoutes) and route.module == _MODULE)

    @cached_property
    def _jobs(self) -> Mapping[str, ASGIApp]:
        """What answers below the path of one job, by method; imported when the first job is asked for."""
        from emulator.api.arm.jobs import JOB, GetJob, PutJob

        found = [route for route in self._module.routes if isinstance(route, Route) and route.path == JOB]
        return {
            method: route.app
            for route in found
            if isinstance(route.app, GetJob | PutJob)
            for method in route.methods or ()
        }

    def find(self, scope: Scope) -> ASGIApp | None:
        """What answers a request; None where the routes have to be asked. The names in the path go into the scope.

        Parameters:
            scope: of a request whose path is `canonical`.
        """
        path: str = scope["path"]
        if not path.startswith("/subscriptions/"):
            return None
        match path.split("/"):
            case ["", _, subscription, "resourceGroups", group, "providers", provider, "workspaces", name, "jobs", job]:
                if provider != PROVIDER or not (subscription and group and name and job):
                    return None
            case _:
                return None
        scope["path_params"] = {"subscription": subscription, "group": group, "workspace": name, "name": job}
        try:
            return self._jobs.get(scope["method"])
        except StoreUnavailable:  # of the first request; the routes meet it too, and tell the client
            return None
