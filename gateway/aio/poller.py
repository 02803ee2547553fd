"""Waiting for a long-running operation without blocking the event loop."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from gateway.operations.poller import check_ended, status_of
from gateway.transport.async_session import AsyncSession
from gateway.transport.long_running import Operation, until_done


class AsyncPoller:
    """A long-running operation that was begun.

    Parameters:
        operation: its state when it began.
        session: looks again.
        fetch: what `result` returns, once it has ended; by default nothing.

    Example:
        poller = await client.jobs.begin_cancel("my_sweep")
        await poller.result(timeout=60)
    """

    def __init__(
        self, operation: Operation, session: AsyncSession, fetch: Callable[[], Awaitable[Any]] | None = None
    ) -> None:
        self._operation = operation
        self._fetch = fetch
        self._session = session

    def done(self) -> bool:
        """Whether it had ended when its state was last read."""
        return self._operation.done

    def status(self) -> str:
        """`InProgress` or `Succeeded`."""
        return status_of(self._operation)

    async def wait(self, timeout: float | None = None) -> None:
        """Wait until it has ended, or for so many seconds."""
        self._operation = await self._session.run(until_done(self._operation, timeout))

    async def result(self, timeout: float | None = None) -> Any:
        """Wait until it has ended, and return what it has made, if it makes something.

        Raises:
            TimeoutError: it has not, after so many seconds.
            gateway.exceptions.HttpResponseError: it has failed.
        """
        await self.wait(timeout)
        check_ended(self._operation, timeout)
        return None if self._fetch is None else await self._fetch()
