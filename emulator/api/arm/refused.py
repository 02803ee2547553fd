"""What of the control plane is refused on purpose (emulator-defined): each operation with its reason."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from emulator.api.arm.workspaces import WORKSPACE
from emulator.services.context import Emulator
from emulator.services.refusal import not_found, user_error

_ANY = ("GET", "PUT", "PATCH", "POST", "DELETE")
_WORKSPACES = "Workspaces are not made, changed or deleted here: each is there once it is named."
_DIAGNOSE = "A workspace cannot be diagnosed here: `amlet doctor` looks at this machine."
_NOTEBOOKS = "There are no notebooks here: amlet runs jobs."
_PUBLISH = "Nothing can be published here, as there are no registries."
_SCHEDULES = "There are no schedules here: amlet runs jobs when they are submitted."
_COMPUTES = "A compute is a number of nodes of this machine here: it has no keys."

#: Methods, path, and why.
_REFUSED: Sequence[tuple[Sequence[str], str, str]] = (
    (("PUT", "PATCH", "DELETE"), WORKSPACE, _WORKSPACES),
    (("POST",), f"{WORKSPACE}/diagnose", _DIAGNOSE),
    (("POST",), f"{WORKSPACE}/listNotebookKeys", _NOTEBOOKS),
    (("POST",), f"{WORKSPACE}/{{collection}}/{{name}}/versions/{{version}}/publish", _PUBLISH),
    (_ANY, f"{WORKSPACE}/schedules", _SCHEDULES),
    (_ANY, f"{WORKSPACE}/schedules/{{name}}", _SCHEDULES),
    (("POST",), f"{WORKSPACE}/computes/{{name}}/listKeys", _COMPUTES),
)


class RefusedRoute(Route):
    """A route that answers with its reason.

    Parameters:
        path: of the route.
        methods: that are refused.
        reason: one sentence.
    """

    def __init__(self, path: str, methods: Sequence[str], reason: str) -> None:
        async def refuse(request: Request) -> Response:
            raise not_found(reason, code="NotFound") if request.method == "GET" else user_error(reason)

        super().__init__(path, refuse, methods=list(methods))
        self.reason = reason


def routes(_: Emulator) -> list[BaseRoute]:
    """All that is refused with a reason of its own."""
    return [RefusedRoute(path, methods, reason) for methods, path, reason in _REFUSED]
