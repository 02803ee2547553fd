"""What every request passes before its route: Host, plain or TLS, token, api-version; faults, journal, headers."""

from __future__ import annotations

import time
from collections.abc import Mapping
from email.utils import formatdate
from functools import lru_cache
from urllib.parse import parse_qsl

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from emulator.api.arm.errors import Errors
from emulator.api.arm.protocol import ApiVersions, HeadersOf, arm_headers, history_headers
from emulator.api.direct import DirectRoutes
from emulator.faults.plan import ConnectionBroken
from emulator.identity.tokens import TokenRefused
from emulator.middleware.fault_injector import FaultInjector
from emulator.middleware.paths import canonical, decoded, is_look, is_plain, needs_token
from emulator.services.context import Emulator
from emulator.services.fencing import OTHER_HOST, Admitted, check_attempt
from emulator.services.journal import Exchange
from emulator.services.refusal import Refusal
from emulator.services.workspaces import check_workspace

_HOSTS = frozenset({"127.0.0.1", "localhost", "[::1]"})

#: Below this path an emulator is told what to do; such requests never fail as planned, and are not written down.
CONTROL = "/_amlet/"


class RequestMiddleware:
    """Lets a request through to the routes, or refuses it; lets planned faults happen, and keeps the journal.

    A caller who is let through stands in `request.state.caller` (None where no token is wanted); the request's id in
    `request.state.correlation`.

    Parameters:
        app: has all routes.
        emulator: whose they are.
        direct: finds some of them without a walk.
    """

    def __init__(self, app: ASGIApp, emulator: Emulator, direct: DirectRoutes) -> None:
        self._app = app
        self._direct = direct
        self._emulator = emulator
        self._errors = Errors(emulator)
        self._versions = ApiVersions()
        self._breakage = FaultInjector(self._admitted, emulator, self._errors)
        self._tells_time = emulator.time is not None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        emulator = self._emulator
        path = scope["path"] = canonical(decoded(scope["path"], scope.get("raw_path") or b""))
        state = scope.setdefault("state", {})
        state["caller"] = None
        if path.startswith(CONTROL):
            state["correlation"] = emulator.ids.hex("control")
            await self._admitted(scope, receive, self._dated(send) if self._tells_time else send)
            return
        if emulator.time is not None and is_look(scope["method"], path):
            # Before the clock is read: the answer, and the journal, have the time after it.
            emulator.time.look()
        state["correlation"] = correlation = emulator.ids.hex("correlation")
        state["exchange"] = exchange = Exchange(
            emulator.clock.now(), scope["method"], path, scope["query_string"], scope["headers"], correlation
        )
        headers = self._headers(scope, path)
        begun = time.perf_counter()

        async def noted_receive() -> Message:
            message = await receive()
            exchange.note_request(message.get("body", b""))
            return message

        def note() -> None:
            if not exchange.number:
                exchange.seconds = time.perf_counter() - begun
                emulator.journal.add(exchange)

        async def noted_send(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *headers(message["status"])]
                exchange.status, exchange.headers = message["status"], message["headers"]
            else:
                exchange.note_answer(message.get("body", b""))
                if not message.get("more_body"):
                    note()  # who has the whole answer finds it in the journal
            await send(message)

        # Most emulators have no faults planned, and every request passes here.
        answer = self._tested if emulator.faults.planned else self._admitted
        try:
            await answer(scope, noted_receive, noted_send)
        finally:
            note()

    def _headers(self, scope: Scope, path: str) -> HeadersOf:
        """What is added to the headers of an answer."""
        if path.startswith("/history/"):
            of_history = history_headers(clock=self._emulator.clock)
            return (lambda status: [*of_history(status), *self._date(status)]) if self._tells_time else of_history
        if not path.startswith("/subscriptions"):
            return self._date
        extra: list[tuple[bytes, bytes]] = []
        scope["state"]["extra_headers"] = extra
        of_arm = arm_headers(
            method=scope["method"],
            correlation=scope["state"]["correlation"],
            region=self._emulator.settings.region,
            clock=self._emulator.clock,
            extra=extra,
        )
        return (lambda status: [*of_arm(status), *self._date(status)]) if self._tells_time else of_arm

    def _dated(self, send: Send) -> Send:
        async def noted_send(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *self._date(message["status"])]
            await send(message)

        return noted_send

    def _date(self, status: int) -> list[tuple[bytes, bytes]]:
        """The time of a virtual clock; that of this machine is told by the server itself."""
        return [(b"date", formatdate(self._emulator.clock.now(), usegmt=True).encode())] if self._tells_time else []

    async def _tested(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer it while faults are planned."""
        from emulator.faults.request_match import Asked

        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        asked = Asked(scope["method"], scope["path"], _parsed(scope["query_string"]), headers)
        fault = self._emulator.faults.strike(asked)
        if fault is None:
            await self._admitted(scope, receive, send)
        else:
            scope["state"]["exchange"].fault = fault.id
            await self._breakage.strike(fault, scope, receive, send)

    async def _admitted(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer it, if it may be asked."""
        try:
            self._admit(scope, scope["path"])
        except (Refusal, TokenRefused) as refusal:
            await self._errors.answer(scope, refusal)(scope, receive, send)
            return
        answer = self._direct.find(scope)
        if answer is None:
            await self._routed(scope, receive, send)
            return
        try:
            await answer(scope, receive, send)
        except Exception as error:
            if scope["state"]["exchange"].status is not None:
                raise
            await self._errors.answer(scope, error)(scope, receive, send)

    async def _routed(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer it by the route that is found."""
        began = False

        async def noted_send(message: Message) -> None:
            nonlocal began
            began = True
            await send(message)

        try:
            await self._app(scope, receive, noted_send)
        except ConnectionBroken:
            raise
        except Exception as error:
            # Were it answered further out, the server would close the connection after it, and the client's next
            # request would fail too.
            if began:
                raise
            await self._errors.answer(scope, error)(scope, receive, send)

    def _admit(self, scope: Scope, path: str) -> None:
        headers = dict(scope["headers"])  # the last of a name counts; a `Headers` looks through all for each
        admitted: Admitted | None = scope["state"].get(OTHER_HOST)
        if admitted is None:
            _check_host(headers.get(b"host", b"").decode("latin-1"))
        if scope["scheme"] == "http" and not is_plain(path):
            raise Refusal(
                403, "HttpsRequired", f"{path} is served over https only: use {self._emulator.place.https_origin}."
            )
        if needs_token(scope["method"], path):
            caller = admitted and admitted.caller
            caller = caller or self._emulator.tokens.verify(_text(headers.get(b"authorization")))
            scope["state"]["caller"] = caller
            if caller.run is not None and not _is_for_runs(scope["method"], path):
                raise Refusal(
                    403,
                    "AuthorizationFailed",
                    f"The token of run {caller.run} may change nothing on the control plane.",
                )
            if caller.attempt is not None and not is_look(scope["method"], path):
                check_attempt(self._emulator.store.reader(), caller)
        if self._emulator.project_files.default is not None:
            check_workspace(self._emulator, path)
        if path.startswith("/subscriptions"):
            scope["state"]["api_version"] = version = self._versions.check(_api_version(scope["query_string"]))
            if warning := self._versions.warning(version):
                scope["state"]["extra_headers"].append((b"warning", f'299 amlet "{warning}"'.encode()))


def _is_for_runs(method: str, path: str) -> bool:
    """Whether a trial's token opens that."""
    return not path.startswith(CONTROL) and (method == "GET" or not path.startswith("/subscriptions"))


def _check_host(host: str) -> None:
    """A page of another site that reaches the emulator through a forged name (DNS rebinding) ends here."""
    if not _is_own(host):
        raise Refusal(421, "InvalidHost", f"Host {host!r} is not this emulator; use 127.0.0.1 or localhost.")


@lru_cache(maxsize=64)  # every request of a client names the same
def _is_own(host: str) -> bool:
    name = host.rpartition(":")[0] if host.rpartition(":")[2].isdigit() else host
    return name.lower() in _HOSTS


@lru_cache(maxsize=256)  # a polling client asks the same again and again
def _api_version(query: bytes) -> str | None:
    """ARM compares the names of a query without regard to case."""
    return next((value for name, value in _parsed(query).items() if name.lower() == "api-version"), None)


def _parsed(query: bytes) -> Mapping[str, str]:
    return dict(parse_qsl(query.decode("latin-1"), keep_blank_values=True))


def _text(value: bytes | None) -> str | None:
    return None if value is None else value.decode("latin-1")
