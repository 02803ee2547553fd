"""The gate before all routes: Host header, plain or TLS, who is calling, api-version; ARM's headers on the way out."""

from __future__ import annotations

import uuid
from urllib.parse import parse_qsl

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from emulator.access import is_plain, needs_token
from emulator.arm.api_version import ApiVersions
from emulator.arm.errors import Errors
from emulator.arm.headers import with_arm_headers
from emulator.context import Emulator
from emulator.identity.tokens import TokenRefused
from emulator.operations.refusal import Refusal
from emulator.operations.workspaces import check_workspace
from emulator.paths import canonical

_HOSTS = frozenset({"127.0.0.1", "localhost", "[::1]"})


class Gate:
    """Lets a request through to the routes, or answers it with a refusal.

    A caller who is let through stands in `request.state.caller` (None where no token is wanted); the request's id in
    `request.state.correlation`.
    """

    def __init__(self, app: ASGIApp, emulator: Emulator) -> None:
        self._app = app
        self._emulator = emulator
        self._errors = Errors(emulator)
        self._versions = ApiVersions()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path = scope["path"] = canonical(scope["path"])
        state = scope.setdefault("state", {})
        state["correlation"] = correlation = uuid.uuid4().hex
        state["caller"] = None
        extra: list[tuple[bytes, bytes]] = []
        if path.startswith("/subscriptions"):
            send = with_arm_headers(
                send,
                method=scope["method"],
                correlation=correlation,
                region=self._emulator.settings.region,
                now=self._emulator.clock.now(),
                extra=extra,
            )
        try:
            self._admit(scope, path, extra)
        except (Refusal, TokenRefused) as refusal:
            await self._errors.answer(scope, refusal)(scope, receive, send)
            return
        await self._app(scope, receive, send)

    def _admit(self, scope: Scope, path: str, extra: list[tuple[bytes, bytes]]) -> None:
        headers = Headers(scope=scope)
        _check_host(headers.get("host", ""))
        if scope["scheme"] == "http" and not is_plain(path):
            raise Refusal(
                403, "HttpsRequired", f"{path} is served over https only: use {self._emulator.place.https_origin}."
            )
        if needs_token(scope["method"], path):
            scope["state"]["caller"] = caller = self._emulator.tokens.verify(headers.get("authorization"))
            if caller.run is not None and scope["method"] != "GET" and path.startswith("/subscriptions"):
                raise Refusal(
                    403,
                    "AuthorizationFailed",
                    f"The token of run {caller.run} may change nothing on the control plane.",
                )
        if self._emulator.worlds.default is not None:
            check_workspace(self._emulator, path)
        if path.startswith("/subscriptions"):
            scope["state"]["api_version"] = version = self._versions.check(_query(scope).get("api-version"))
            if warning := self._versions.warning(version):
                extra.append((b"warning", f'299 amlet "{warning}"'.encode()))


def _check_host(host: str) -> None:
    """A page of another site that reaches the emulator through a forged name (DNS rebinding) ends here."""
    name = host.rpartition(":")[0] if host.rpartition(":")[2].isdigit() else host
    if name.lower() not in _HOSTS:
        raise Refusal(421, "InvalidHost", f"Host {host!r} is not this emulator; use 127.0.0.1 or localhost.")


def _query(scope: Scope) -> dict[str, str]:
    return dict(parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True))
