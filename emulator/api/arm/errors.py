"""Refusals as ARM writes them. Shape: recorded answers (azure-cli-extensions issue 6662 and the SDK's recordings)."""

from __future__ import annotations

import errno
import logging
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Scope

from emulator.api.bodies import Json
from emulator.clock import iso
from emulator.faults.plan import ConnectionBroken
from emulator.identity.tokens import TokenRefused
from emulator.services.context import Emulator
from emulator.services.refusal import Refusal
from emulator.storage import StoreUnavailable

#: Errors of a disk that is full.
_FULL = (errno.ENOSPC, errno.EDQUOT)

#: Seconds after which a client that found the disk full may try again.
_RETRY_AFTER = 2

_log = logging.getLogger(__name__)


class Errors:
    """Turns whatever went wrong into an answer with ARM's envelope."""

    def __init__(self, emulator: Emulator) -> None:
        self._region = emulator.settings.region
        self._clock = emulator.clock

    def answer(self, scope: Scope, error: Exception) -> Response:
        """The answer to a request that raised `error`."""
        headers: dict[str, str] = {}
        if isinstance(error, TokenRefused):
            headers["WWW-Authenticate"] = error.challenge
            refusal = Refusal(401, error.code, error.message)
        elif isinstance(error, HTTPException):
            refusal = _of_route(scope, error)
        elif isinstance(error, Refusal):
            refusal = error
        elif isinstance(error, StoreUnavailable) or (isinstance(error, OSError) and error.errno in _FULL):
            # 503 and not 507: the official clients and MLflow try again after 503 by themselves.
            headers["Retry-After"] = str(_RETRY_AFTER)
            refusal = Refusal(
                503, "ServiceUnavailable", f"Nothing was changed: {error}. Free some space, then try again."
            )
        else:
            if not isinstance(error, ConnectionBroken):
                _log.error("%s %s failed", scope["method"], scope["path"], exc_info=error)
            refusal = Refusal(
                500, "InternalServerError", f"The emulator failed ({type(error).__name__}); its log says where."
            )
        return Json({"error": self._document(scope, refusal)}, refusal.status, headers)

    async def handle(self, request: Request, error: Exception) -> Response:
        """As `answer`, in the form that Starlette calls; were it not async, each call would cost a thread switch."""
        return self.answer(request.scope, error)

    def _document(self, scope: Scope, refusal: Refusal) -> dict[str, Any]:
        correlation = scope.get("state", {}).get("correlation", "")
        info: list[tuple[str, Any]] = [
            ("ComponentName", "managementfrontend"),
            ("Correlation", {"operation": correlation, "request": correlation[:16]}),
            ("Environment", self._region),
            ("Location", self._region),
            ("Time", iso(self._clock.now())),
        ]
        if refusal.inner:
            info.append(("InnerError", _chain(refusal.inner)))
        if refusal.message_format is not None:
            info.append(("MessageFormat", refusal.message_format))
        if refusal.parameters is not None:
            info.append(("MessageParameters", dict(refusal.parameters)))
        document: dict[str, Any] = {"code": refusal.code, "message": refusal.message}
        if refusal.target is not None:
            document["target"] = refusal.target
        document["details"] = [_detail(detail) for detail in refusal.details]
        document["additionalInfo"] = [{"type": type_, "info": {"value": value}} for type_, value in info]
        return document


def _of_route(scope: Scope, error: HTTPException) -> Refusal:
    path = scope["path"]
    if error.status_code == 404:
        return Refusal(
            404,
            "NotFound",
            f"The emulator serves nothing at {path}. It knows sweep, command and pipeline jobs and what they "
            f"need: codes, environments, data, datastores, computes, run history, MLflow and blobs.{_nearest(scope)}",
        )
    if error.status_code == 405:
        message = f"{scope['method']} is not possible at {path}.{_nearest(scope)}"
        return Refusal(405, "MethodNotAllowed", message)
    return Refusal(error.status_code, "BadRequest", error.detail)


def _nearest(scope: Scope) -> str:
    """The operations that were probably meant, also for the journal."""
    from emulator.api.lazy_routes import every_route
    from emulator.api.nearest import nearest

    routes = every_route(scope["app"].routes)
    near = [str(operation) for operation in nearest(routes, scope["method"], scope["path"])]
    if exchange := scope["state"].get("exchange"):
        exchange.known, exchange.near = False, near
    return f" Nearest to it is {near[0]}." if near else ""


def _detail(refusal: Refusal) -> dict[str, Any]:
    target = {} if refusal.target is None else {"target": refusal.target}
    return {"code": refusal.code, "message": refusal.message, **target, "details": [], "additionalInfo": []}


def _chain(codes: tuple[str, ...] | Any) -> dict[str, Any] | None:
    first, *rest = codes
    return {"code": first, "innerError": _chain(rest) if rest else None}
