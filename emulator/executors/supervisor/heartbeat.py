"""Tells the emulator that an attempt lives, and hears from it whether the attempt is to stop."""

from __future__ import annotations

import os
import threading
from typing import Callable

from emulator.executors.supervisor.connection import Connection, Refused, Superseded, Unreachable

#: Why an attempt stops, as its end is told: by the user or the engine, or because the emulator cannot be reached.
CANCELLED, LOST_CONTACT = "cancelled", "lost_contact"

#: It is told nothing of an attempt that does not count any more.
SUPERSEDED = "superseded"


class Heartbeat:
    """Beats in a thread of its own.

    `woken` is a descriptor that can be read once there is a reason to stop.

    Parameters:
        connection: of its own; its patience is how long the emulator may be away.
        seconds: between two beats.
        counts: gives what a beat tells: how far the log was sent, how many processes there are.
    """

    def __init__(self, connection: Connection, seconds: float, counts: Callable[[], dict[str, int]]) -> None:
        self.reason = ""
        self.message = ""
        self.grace: float | None = None
        self.woken, self._waking = os.pipe()
        self._closing = threading.Event()
        self._connection = connection.copy(self._closing.wait)
        self._seconds, self._counts = seconds, counts
        self._thread = threading.Thread(target=self._run, name="heartbeat", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def close(self) -> None:
        """End the thread, also while it waits for the emulator."""
        self._closing.set()
        self._thread.join()
        self._connection.close()
        for descriptor in (self.woken, self._waking):
            os.close(descriptor)

    def _run(self) -> None:
        while not self._closing.wait(self._seconds):
            try:
                answer = self._connection.post("heartbeat", self._counts())
            except Unreachable as error:
                if not self._closing.is_set():
                    self._stop(LOST_CONTACT, str(error))
                return
            except (Superseded, Refused) as error:
                self._stop(SUPERSEDED, str(error))
                return
            if answer.get("cancel") and not self.reason:
                self.grace = answer.get("grace_seconds")
                self._stop(CANCELLED, "")

    def _stop(self, reason: str, message: str) -> None:
        self.message = message
        # Last: by the reason the other thread knows that both are there.
        self.reason = reason
        os.write(self._waking, b"!")
