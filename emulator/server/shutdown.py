"""The end of the process within a bound, whatever holds it up."""

from __future__ import annotations

import contextlib
import faulthandler
import logging
import os
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Self

_log = logging.getLogger(__name__)

#: Exit code of a process that did not end in time.
OVERDUE = 70
#: Seconds for the last act; after them the process ends by a thread that needs nothing of Python.
_LAST_ACT = 5.0


class ShutdownBound:
    """Ends the process if it has not ended by itself so many seconds after it was asked to.

    Two watch: a thread that ends the trials first, and below it the fault handler, which also ends a process whose
    interpreter is busy in one instruction; it writes to stderr where each thread was.

    Parameters:
        seconds: that an orderly end may take.
        last_act: what is done before the process is ended; it may take a few seconds.
        leave: ends the process; for tests.
    """

    def __init__(self, seconds: float, last_act: Callable[[], None], leave: Callable[[int], None] = os._exit) -> None:
        self._seconds = seconds
        self._last_act = last_act
        self._leave = leave
        self._timer: threading.Timer | None = None

    def begin(self) -> None:
        """The process was asked to end; asking again changes nothing. It may be called in a signal handler."""
        if self._timer is not None:
            return
        self._timer = threading.Timer(self._seconds, self._end)
        self._timer.daemon = True
        self._timer.start()
        with contextlib.suppress(AttributeError, OSError, ValueError, RuntimeError):  # stderr is not a file
            faulthandler.dump_traceback_later(self._seconds + _LAST_ACT, exit=True, file=2)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """The process ends by itself."""
        if self._timer is not None:
            self._timer.cancel()
            faulthandler.cancel_dump_traceback_later()

    def _end(self) -> None:
        try:
            _log.critical("the emulator did not end within %g s of being asked to; it is ended now", self._seconds)
            self._last_act()
        except Exception:  # noqa: BLE001 - the process ends in any case
            _log.exception("the last act failed")
        finally:
            self._leave(OVERDUE)
