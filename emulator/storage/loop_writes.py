"""Small writes of the coroutines of an event loop: those of a few turns of it are committed together, by its thread.

To hand a write to another thread and wait for it costs several times what the write does: both threads are woken, and
they wait for one another at each statement of SQLite. So the loop commits by itself what is small, and hands over only
what would have to wait: for a group that is being committed, a checkpoint, or another program.
"""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from functools import partial
from typing import Any, NamedTuple, Protocol, TypeVar

T = TypeVar("T")

#: Writes that are committed in one turn of a loop; others are answered between two such groups.
_LARGEST_GROUP = 128

#: Turns of the loop in which more writes are waited for: a page of the file that several of them change is then written
#: once. They take microseconds where nothing else is to be done.
_TURNS = 4


class Waiting(Protocol):
    """Who waits for a write, as far as the one who commits it knows."""

    def set_running_or_notify_cancel(self) -> bool:
        """Whether the write is still wanted; from now on it cannot be taken back."""
        ...

    def set_result(self, result: Any) -> None:
        """It is stored."""
        ...

    def set_exception(self, exception: BaseException) -> None:
        """It is not, for this reason."""
        ...


class Write(NamedTuple):
    """A function that writes, and who waits for it."""

    work: Callable[[sqlite3.Connection], Any]
    future: Waiting


class _LoopFuture(asyncio.Future[T]):
    """A future of an event loop that is told of its write as those of threads are."""

    def set_running_or_notify_cancel(self) -> bool:
        return not self.cancelled()


class LoopWrites:
    """Gathers the small writes of coroutines; each thread has its own loop, and gathers for itself.

    Parameters:
        commit: commits writes in the calling thread, or returns False when they would have to wait.
        hand_over: has a write committed by another thread.
    """

    def __init__(
        self,
        commit: Callable[[Sequence[Write]], bool],
        hand_over: Callable[[Callable[[sqlite3.Connection], Any]], Future[Any]],
    ) -> None:
        self._commit, self._hand_over = commit, hand_over
        self._local = threading.local()

    def add(self, work: Callable[[sqlite3.Connection], T]) -> asyncio.Future[T]:
        """Have a write committed in the next turns of the running loop; done after COMMIT."""
        loop = asyncio.get_running_loop()
        future: _LoopFuture[T] = _LoopFuture(loop=loop)
        known, gathered = getattr(self._local, "turn", (None, ()))
        if known is not loop or not gathered:
            gathered = []
            self._local.turn = loop, gathered
            loop.call_soon(self._wait, loop, gathered, _TURNS)
        gathered.append(Write(work, future))
        return future

    def _wait(self, loop: asyncio.AbstractEventLoop, gathered: list[Write], turns: int) -> None:
        """Let some turns pass, in which more writes may come."""
        if turns:
            loop.call_soon(self._wait, loop, gathered, turns - 1)
        else:
            self._commit_turn(loop, gathered)

    def _commit_turn(self, loop: asyncio.AbstractEventLoop, gathered: list[Write]) -> None:
        group = gathered[:_LARGEST_GROUP]
        del gathered[:_LARGEST_GROUP]
        if gathered:
            loop.call_soon(self._commit_turn, loop, gathered)
        if self._commit(group):
            return
        for work, waiting in group:
            if not waiting.set_running_or_notify_cancel():
                continue
            try:
                handed = asyncio.wrap_future(self._hand_over(work), loop=loop)
            except RuntimeError as closed:
                waiting.set_exception(closed)
            else:
                handed.add_done_callback(partial(_pass_on, waiting))


def _pass_on(waiting: Waiting, done: asyncio.Future[Any]) -> None:
    error = asyncio.CancelledError() if done.cancelled() else done.exception()
    if not waiting.set_running_or_notify_cancel():
        return
    if error is None:
        waiting.set_result(done.result())
    else:
        waiting.set_exception(error)
