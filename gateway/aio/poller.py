"""Waiting for a long-running operation without blocking the event loop."""

from __future__ import annotations

import asyncio

from gateway.transport.async_session import AsyncSession
from gateway.transport.calls import Operation, poll


class AsyncPoller:
    """A long-running operation that was begun.

    Parameters:
        operation: how it stood when it was begun.
        session: looks again.

    Example:
        poller = await client.jobs.begin_cancel("my_sweep")
        await poller.result(timeout=60)
    """

    def __init__(self, operation: Operation, session: AsyncSession) -> None:
        self._operation = operation
        self._session = session

    def done(self) -> bool:
        """Whether it had ended when it was last looked at."""
        return self._operation.done

    def status(self) -> str:
        """`InProgress` or `Succeeded`."""
        return "Succeeded" if self._operation.done else "InProgress"

    async def wait(self, timeout: float | None = None) -> None:
        """Wait until it has ended, or for so many seconds."""
        try:
            async with asyncio.timeout(timeout):
                while not self._operation.done:
                    await asyncio.sleep(self._operation.pause)
                    self._operation = await self._session.run(poll(self._operation))
        except TimeoutError:
            if timeout is None:
                raise

    async def result(self, timeout: float | None = None) -> None:
        """Wait until it has ended.

        Raises:
            TimeoutError: it has not, after so many seconds.
        """
        await self.wait(timeout)
        if not self._operation.done:
            raise TimeoutError(f"the operation has not ended after {timeout} seconds; it goes on without us")
