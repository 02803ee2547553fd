"""Runs operations (`steps`) for an asynchronous client: the same generators, awaited."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from inspect import iscoroutinefunction
from typing import Any, TypeVar, cast

from gateway.transport.auth import AccessToken, TokenCache, TokenCredential
from gateway.transport.events import OnExchange, report, report_pause
from gateway.transport.messages import AsyncTransport, ConnectionFault, Request, Response, Transport
from gateway.transport.session import AT_ONCE
from gateway.transport.steps import BearerToken, Effect, Exchange, Now, Steps, Wait
from gateway.transport.trust import TrustedHosts

T = TypeVar("T")


class AsyncSession:
    """One asynchronous client's connections, tokens and trust; belongs to the event loop it is first used in.

    Parameters:
        transport: where requests go; one whose `send` is not a coroutine function is called in threads.
        credential: where tokens come from, of azure.identity or azure.identity.aio; None means Azure's default chain.
        sleep: how time is let pass.
        on_exchange: called for each finished request, besides the logger `gateway.transport`.

    Example:
        session = AsyncSession(AsyncNetworkTransport(), credential)
        session.trust("https://management.azure.com")
        document = await session.run(read_json(request))
    """

    def __init__(
        self,
        transport: AsyncTransport | Transport,
        credential: Any = None,
        *,
        sleep: Callable[[float], Awaitable[None]] | None = None,
        on_exchange: OnExchange | None = None,
    ) -> None:
        self.transport = _awaitable(transport)
        methods = (getattr(credential, name, None) for name in ("get_token", "get_token_info"))
        asynchronous = any(iscoroutinefunction(method) for method in methods)
        self.tokens = TokenCache(_OnLoop(credential) if asynchronous else credential)
        self.trusted = TrustedHosts()
        self.on_exchange = on_exchange
        self._sleep = sleep or (_no_time if hasattr(transport, "sleep") else asyncio.sleep)

    def trust(self, url: str, storage_suffix: str | None = None) -> None:
        """Let tokens go to the host of this URL, and those for blobs to the storage accounts of its cloud."""
        self.trusted.add(url, storage_suffix)

    async def run(self, steps: Steps[T]) -> T:
        """Run an operation to its end; raises what `Session.run` raises. Canceling the task ends the operation."""
        result: Any = None
        fault: Exception | None = None
        try:
            while True:
                effect = steps.throw(fault) if fault else steps.send(result)
                result, fault = None, None
                try:
                    result = await self._perform(effect)
                except Exception as error:  # noqa: BLE001 - the operation itself decides what to do about it
                    fault = error
        except StopIteration as end:
            value: T = end.value
            return value
        finally:
            # A canceled task leaves the generator suspended; what it has to clean up is done now, not when it is
            # collected.
            steps.close()

    async def _perform(self, effect: Effect) -> Any:
        match effect:
            case Exchange(request):
                if request.audience is not None:
                    self.trusted.check(request.url, request.audience)
                return await self._send(request)
            case Wait(seconds, reason):
                report_pause(seconds, reason)
                return await self._sleep(seconds)
            case Now():
                return time.monotonic()
            case BearerToken(audience, claims, refused):
                if isinstance(self.tokens.credential, _OnLoop):
                    self.tokens.credential.loop = asyncio.get_running_loop()
                # In a thread: a credential may block for seconds, while it asks `az` or waits for a browser.
                return await asyncio.to_thread(self.tokens.token, audience, claims=claims, refused=refused)
            case _:
                return await self._at_once(effect.operations, effect.at_once or AT_ONCE)

    async def _send(self, request: Request) -> Response:
        began = time.monotonic()
        try:
            answer = await self.transport.send(request)
        except ConnectionFault as fault:
            report(self.on_exchange, request, fault, time.monotonic() - began)
            raise
        report(self.on_exchange, request, answer, time.monotonic() - began)
        return answer

    async def _at_once(self, operations: Sequence[Steps[Any]], limit: int) -> list[Any]:
        gate = asyncio.Semaphore(limit)

        async def one(operation: Steps[Any]) -> Any:
            async with gate:
                return await self.run(operation)

        tasks = [asyncio.create_task(one(operation)) for operation in operations]
        try:
            return list(await asyncio.gather(*tasks))
        except BaseException:
            # `gather` leaves the others running when one fails, and they would send requests for an operation that is
            # over.
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            raise

    async def close(self) -> None:
        """Give up the connections."""
        await self.transport.close()


async def _no_time(seconds: float) -> None:
    """Let time pass as a transport that replays a recording does."""
    await asyncio.sleep(0)


class _InThreads:
    """A synchronous transport, called in threads."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    async def send(self, request: Request) -> Response:
        return await asyncio.to_thread(self._transport.send, request)

    async def close(self) -> None:
        await asyncio.to_thread(self._transport.close)


class _OnLoop(TokenCredential):
    """An asynchronous credential for the token cache, which asks from a thread."""

    loop: asyncio.AbstractEventLoop

    def __init__(self, credential: Any) -> None:
        self._credential = credential

    def get_token(self, *scopes: str, **options: Any) -> AccessToken:
        by_info = getattr(self._credential, "get_token_info", None)
        asking = by_info(*scopes, options=options) if by_info else self._credential.get_token(*scopes, **options)
        return cast("AccessToken", asyncio.run_coroutine_threadsafe(asking, self.loop).result())


def _awaitable(transport: AsyncTransport | Transport) -> AsyncTransport:
    if iscoroutinefunction(transport.send):
        return cast("AsyncTransport", transport)
    return _InThreads(cast("Transport", transport))
