"""An emulator as a process that is killed and started again on its state, and what is left of its attempts."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from emulator.executors.process_table import processes
from tests.emulator.executors.conftest import wait_until
from tests.emulator.executors.dask_jobs import State

#: A lost worker is noticed after a second and a half, so that a test need not wait for it.
SETTINGS = {"executor": "dask", "lease_seconds": 1.5, "attempt_limit": 1000}


class KilledEmulator:
    """An emulator as a process that is killed and started again on its state.

    Parameters:
        folder: of its home and state.
        address: of the scheduler; None for one whose own executor is another, and computes name clusters.
    """

    def __init__(self, folder: Path, address: str | None) -> None:
        self.state, self._records = State(folder / "home" / "state"), folder / "home"
        with socket.create_server(("127.0.0.1", 0)) as one, socket.create_server(("127.0.0.1", 0)) as two:
            self._ports = one.getsockname()[1], two.getsockname()[1]
        settings = {**SETTINGS, "dask_scratch": str(folder / "scratch"), "executor": "dask" if address else "process"}
        settings |= {"dask_address": address} if address else {}
        self._arguments = [
            *("emulator", "start", "--port", str(self._ports[0]), "--http-port", str(self._ports[1])),
            *("--seed", "1"),
            *(part for name, value in settings.items() for part in ("--setting", f"{name}={value}")),
        ]
        self._folder = folder
        self._environ = {**os.environ, "AMLET_HOME": str(folder / "home"), "AMLET_TARGET": "emulator"}
        self.start()

    def start(self) -> None:
        with (self._folder / "emulator.log").open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "amlet", *self._arguments], env=self._environ, stdout=log, stderr=log
            )

        def answers() -> bool:
            with suppress(OSError), socket.create_connection(("127.0.0.1", self._ports[0]), 1):
                return any(self._records.glob("emulators/*.json"))
            assert self._process.poll() is None, (self._folder / "emulator.log").read_text()
            return False

        wait_until(answers)

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(60)

    def submit(self, file: Path) -> str:
        command = ["job", "create", "-f", str(file), "--query", "name", "-o", "tsv", "--emulator"]
        return subprocess.check_output(
            [sys.executable, "-m", "amlet", *command], env=self._environ, text=True, cwd=self._folder
        ).strip()


@contextmanager
def emulator_process(folder: Path, address: str | None) -> Iterator[KilledEmulator]:
    """An emulator that uses a cluster; it is stopped in the end."""
    emulator = KilledEmulator(folder, address)
    try:
        yield emulator
    finally:
        emulator.stop()


def left_over(state: State, folder: Path) -> list[int]:
    """Processes of trials, and supervisors."""
    [(identity,)] = state.rows("SELECT value FROM meta WHERE key = 'state_id'")
    found = [one.pid for one in processes() if one.mark and one.mark.startswith(f"{identity.decode()}/")]
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            if f"{folder}/scratch/program-".encode() in entry.read_bytes():
                found.append(int(entry.parent.name))
    return found
