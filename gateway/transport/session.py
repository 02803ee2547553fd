"""Runs operations (`steps`) for a synchronous client."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar, cast

from gateway.transport.auth import Credential, TokenCache
from gateway.transport.events import OnExchange, report, report_pause
from gateway.transport.messages import ConnectionFault, Request, Response, Transport
from gateway.transport.steps import BearerToken, Effect, Exchange, Now, Steps, Wait
from gateway.transport.trust import TrustedHosts

T = TypeVar("T")

#: How many requests of one operation are sent at once.
AT_ONCE = 16


class Session:
    """One client's connections, tokens and trust.

    Parameters:
        transport: where requests go.
        credential: where tokens come from; None means Azure's default chain.
        sleep: how time is let pass.
        on_exchange: called for each finished request, besides the logger `gateway.transport`.

    Example:
        session = Session(NetworkTransport(), credential)
        session.trust("https://management.azure.com")
        document = session.run(read_json(request))
    """

    def __init__(
        self,
        transport: Transport,
        credential: Credential | None = None,
        *,
        sleep: Callable[[float], None] | None = None,
        on_exchange: OnExchange | None = None,
    ) -> None:
        self.transport = transport
        self.tokens = TokenCache(credential)
        self.trusted = TrustedHosts()
        self.on_exchange = on_exchange
        self._sleep = sleep or cast("Callable[[float], None]", getattr(transport, "sleep", time.sleep))

    def trust(self, url: str, storage_suffix: str | None = None) -> None:
        """Let tokens go to the host of this URL, and those for blobs to the storage accounts of its cloud."""
        self.trusted.add(url, storage_suffix)

    def run(self, steps: Steps[T]) -> T:
        """Run an operation to its end.

        Raises:
            gateway.exceptions.HttpResponseError: the service refused.
            gateway.exceptions.ServiceRequestError: no answer came.
            gateway.transport.trust.UntrustedHost: a token would have left for a foreign host.
        """
        result: Any = None
        fault: Exception | None = None
        try:
            while True:
                effect = steps.throw(fault) if fault else steps.send(result)
                result, fault = None, None
                try:
                    result = self._perform(effect)
                except Exception as error:  # noqa: BLE001 - the operation itself decides what to do about it
                    fault = error
        except StopIteration as end:
            value: T = end.value
            return value

    def _perform(self, effect: Effect) -> Any:
        match effect:
            case Exchange(request):
                # Here and not in the operations: an address may come from an answer, and a token must not follow it
                # anywhere.
                if request.audience is not None:
                    self.trusted.check(request.url, request.audience)
                return self._send(request)
            case Wait(seconds, reason):
                report_pause(seconds, reason)
                self._sleep(seconds)
                return None
            case Now():
                return time.monotonic()
            case BearerToken(audience, claims, refused):
                return self.tokens.token(audience, claims=claims, refused=refused)
            case _:
                return self._at_once(effect.operations, effect.at_once or AT_ONCE)

    def _send(self, request: Request) -> Response:
        began = time.monotonic()
        try:
            answer = self.transport.send(request)
        except ConnectionFault as fault:
            report(self.on_exchange, request, fault, time.monotonic() - began)
            raise
        report(self.on_exchange, request, answer, time.monotonic() - began)
        return answer

    def _at_once(self, operations: Sequence[Steps[Any]], limit: int) -> list[Any]:
        # A thread for a single operation would only take time to start.
        if min(limit, len(operations)) < 2:
            return [self.run(operation) for operation in operations]
        with ThreadPoolExecutor(min(limit, len(operations)), "amlet-call") as pool:
            try:
                return list(pool.map(self.run, operations))
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)  # on an error or Ctrl-C, what has not begun stays undone
                raise

    def close(self) -> None:
        """Give up the connections."""
        self.transport.close()
