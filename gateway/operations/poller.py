"""Waiting for a long-running operation, in the shape of azure-core's LROPoller."""

from __future__ import annotations

import time
from collections.abc import Callable

from gateway.transport.calls import Operation, poll
from gateway.transport.steps import Steps


class Poller:
    """A long-running operation that was begun.

    Parameters:
        operation: how it stood when it was begun.
        run: runs steps.

    Example:
        client.jobs.begin_cancel("my_sweep").result(timeout=60)
    """

    def __init__(self, operation: Operation, run: Callable[[Steps[Operation]], Operation]) -> None:
        self._operation = operation
        self._run = run
        self._look_again = time.monotonic() + operation.pause

    def done(self) -> bool:
        """Whether it has ended; looks when the service's pause between two looks is over."""
        if not self._operation.done and time.monotonic() >= self._look_again:
            self._operation = self._run(poll(self._operation))
            self._look_again = time.monotonic() + self._operation.pause
        return self._operation.done

    def status(self) -> str:
        """`InProgress` or `Succeeded`."""
        return "Succeeded" if self._operation.done else "InProgress"

    def wait(self, timeout: float | None = None) -> None:
        """Wait until it has ended, or for so many seconds."""
        deadline = time.monotonic() + timeout if timeout is not None else float("inf")
        while not self.done() and (now := time.monotonic()) < deadline:
            time.sleep(max(0.0, min(self._look_again, deadline) - now))

    def result(self, timeout: float | None = None) -> None:
        """Wait until it has ended.

        Raises:
            TimeoutError: it has not, after so many seconds.
        """
        self.wait(timeout)
        if not self._operation.done:
            raise TimeoutError(f"the operation has not ended after {timeout} seconds; it goes on without us")
