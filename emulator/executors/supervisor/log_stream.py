"""Sends what is added to a log to the emulator as it comes, in chunks that say where they belong."""

from __future__ import annotations

import os
import threading

from emulator.executors.supervisor.connection import Connection

_CHUNK = 1 << 20  # bytes
_PAUSE = 0.5  # seconds between looks at the file
_NOTE = b"\namlet: this log is longer than what is kept of one; the rest is left out\n"


class LogStream:
    """Follows one file in a thread of its own.

    Of a log that grows beyond its limit the rest is neither sent nor kept, and its last line says so.

    Parameters:
        connection: of its own.
        path: the file; it may not be there yet.
        name: of the log at the emulator.
        limit: bytes that are sent, the note that something is left out included.
    """

    def __init__(self, connection: Connection, path: str, name: str, limit: int) -> None:
        self.offset = 0
        self.error: Exception | None = None
        self._connection, self._path, self._name = connection, path, name
        self._limit = max(0, limit - len(_NOTE))
        self._is_cut = False
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._follow, name="log", daemon=True)

    def start(self) -> None:
        """Begin to follow it."""
        self._thread.start()

    def finish(self, connection: Connection) -> None:
        """Send what is left; nothing is written to the file any more.

        Parameters:
            connection: of the caller's thread; a short log, of which nothing was sent yet, needs none of its own.

        Raises:
            Superseded, Refused, Unreachable: it could not be sent.
        """
        self._closing.set()
        self._thread.join()
        self._connection.close()
        if self.error:
            raise self.error
        self._connection = connection
        while self._send():
            pass

    def _follow(self) -> None:
        try:
            while not self._closing.wait(0.0 if self._send() else _PAUSE):
                pass
        except Exception as error:  # noqa: BLE001 - told by `finish`
            self.error = error

    def _send(self) -> bool:
        """Send the next chunk, if there is one."""
        try:
            with open(self._path, "rb") as file:
                file.seek(self.offset)
                data = file.read(min(_CHUNK, self._limit - self.offset))
        except FileNotFoundError:
            return False
        if data:
            self.offset = self._connection.put(f"logs/{self._name}", self.offset, data)
        if self.offset >= self._limit:
            self._cut()
            return False
        return bool(data)

    def _cut(self) -> None:
        """What is beyond the limit goes: what the trial writes next is added at the limit again."""
        if os.path.getsize(self._path) > self._limit:
            if not self._is_cut:
                self._connection.put(f"logs/{self._name}", self.offset, _NOTE)
                self._is_cut = True
            os.truncate(self._path, self._limit)
