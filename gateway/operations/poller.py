"""Waiting for a long-running operation, in the shape of azure-core's LROPoller."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from gateway.transport.long_running import Operation, poll, until_done
from gateway.transport.steps import Steps


class Poller:
    """A long-running operation that was begun.

    Parameters:
        operation: its state when it began.
        run: runs steps.
        fetch: what `result` returns, once it has ended; by default nothing.

    Example:
        client.jobs.begin_cancel("my_sweep").result(timeout=60)
    """

    def __init__(
        self,
        operation: Operation,
        run: Callable[[Steps[Operation]], Operation],
        fetch: Callable[[], Any] = lambda: None,
    ) -> None:
        self._operation = operation
        self._fetch = fetch
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
        return status_of(self._operation)

    def wait(self, timeout: float | None = None) -> None:
        """Wait until it has ended, or for so many seconds.

        Raises:
            gateway.exceptions.HttpResponseError: it has failed.
        """
        self._operation = self._run(until_done(self._operation, timeout))

    def result(self, timeout: float | None = None) -> Any:
        """Wait until it has ended, and return what it has made, if it makes something.

        Raises:
            TimeoutError: it has not, after so many seconds.
            gateway.exceptions.HttpResponseError: it has failed.
        """
        self.wait(timeout)
        check_ended(self._operation, timeout)
        return self._fetch()


def status_of(operation: Operation) -> str:
    """The state of an operation, in azure-core's words."""
    return "Succeeded" if operation.done else "InProgress"


def check_ended(operation: Operation, timeout: float | None) -> None:
    """Refuse to give the result of an operation that goes on.

    Raises:
        TimeoutError: it has not ended.
    """
    if not operation.done:
        raise TimeoutError(f"the operation has not ended after {timeout} seconds; it goes on without us")
