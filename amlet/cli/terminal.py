"""Hands this command's stdin, stdout and stderr to a trial that an emulator runs for it."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import tempfile
import threading
from pathlib import Path
from types import TracebackType
from typing import Self

from amlet.cli.exits import Refusal


class Terminal:
    """A Unix socket in a folder of its own, where one trial is waited for.

    Attributes:
        path: of the socket; goes to the emulator beside the job.
        ended: set when the trial has come and its last process has ended.

    Raises:
        Refusal: this system cannot hand over open files.
    """

    def __init__(self) -> None:
        if not hasattr(socket, "send_fds"):
            raise Refusal("amlet trial run needs Unix sockets, which this system does not have")
        self._folder = Path(tempfile.mkdtemp(prefix="amlet-"))
        self.path = self._folder / "terminal"
        self.ended = threading.Event()
        self._group: int | None = None
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(self.path))
        self._listener.listen(1)
        threading.Thread(target=self._serve, name="terminal", daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def interrupt(self) -> bool:
        """Pass Ctrl-C on to the trial; whether there is one that can hear it."""
        if self._group is None or self.ended.is_set():
            return False
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._group, signal.SIGINT)
        return True

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            link, _ = self._listener.accept()
            with link:
                self._group = int(link.recv(32))
                socket.send_fds(link, [b"."], [0, 1, 2])
                while link.recv(32):
                    pass
            self.ended.set()
