"""A real Dask cluster: `dask scheduler` and `dask worker` of the official command line, on loopback."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

from tests.emulator.executors.conftest import wait_until


class DaskPrograms:
    """A scheduler and its workers, each a process of its own.

    Parameters:
        folder: for their logs and files.
        resources: of each worker, as its command takes them.
        threads: of each worker.
        tls: files of the authority, the certificate and its key, for a cluster that speaks TLS only.
    """

    def __init__(
        self,
        folder: Path,
        workers: int = 1,
        resources: str = "",
        threads: int = 1,
        tls: tuple[Path, Path, Path] | None = None,
    ) -> None:
        self._folder, self._resources, self._threads = folder, resources, threads
        self._protocol, self._security = ("tls", _security(tls)) if tls else ("tcp", [])
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.scheduler = self._start_scheduler()
        self.workers: list[subprocess.Popen[bytes]] = []
        self._count = 0
        for _ in range(workers):
            self.add_worker()

    @property
    def address(self) -> str:
        return f"{self._protocol}://127.0.0.1:{self.port}"

    def add_worker(self, resources: str | None = None, **environ: str) -> subprocess.Popen[bytes]:
        given = self._resources if resources is None else resources
        self._count += 1
        options = ["--no-nanny", "--nthreads", str(self._threads), "--name", f"w{self._count}", "--no-dashboard"]
        options += ["--death-timeout", "60", "--local-directory", str(self._folder / f"worker{self._count}")]
        options += ["--resources", given] if given else []
        options += self._security
        process = self._dask("worker", self.address, *options, **environ)
        self.workers.append(process)
        return process

    def kill_worker(self, number: int = 0) -> None:
        """SIGKILL, and another one in its place."""
        worker = self.workers.pop(number)
        worker.kill()
        worker.wait()
        self.add_worker()

    def kill_scheduler(self) -> None:
        """SIGKILL, and another one at the same address; workers end when they lose theirs, so they are started too.

        One that had not found it yet would go on looking.
        """
        self.scheduler.kill()
        self.scheduler.wait()
        count, deadline = len(self.workers), time.monotonic() + 5
        for worker in self.workers:
            try:
                worker.wait(max(0.01, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                worker.kill()
                worker.wait()
        self.workers.clear()
        self.scheduler = self._start_scheduler()
        for _ in range(count):
            self.add_worker()

    def close(self) -> None:
        for process in [*self.workers, self.scheduler]:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def _start_scheduler(self) -> subprocess.Popen[bytes]:
        options = ["--host", "127.0.0.1", "--port", str(self.port), "--no-dashboard", "--no-show"]
        process = self._dask("scheduler", *options, "--protocol", self._protocol, *self._security)

        def listens() -> bool:
            with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
                return True
            assert process.poll() is None, "the scheduler ended"
            return False

        wait_until(listens)
        return process

    def _dask(self, *arguments: str, **environ: str) -> subprocess.Popen[bytes]:
        self._folder.mkdir(parents=True, exist_ok=True)
        with (self._folder / "dask.log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "dask", *arguments],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self._folder,
                start_new_session=True,
                env={**os.environ, "TMPDIR": str(self._folder), **environ},
            )


def _security(files: tuple[Path, Path, Path]) -> list[str]:
    return [
        word
        for pair in zip(("--tls-ca-file", "--tls-cert", "--tls-key"), map(str, files), strict=True)
        for word in pair
    ]
