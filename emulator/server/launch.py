"""Start an emulator in the background; it is ready when this returns."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

from emulator.server import home, ports
from emulator.server.home import Record

_LINES = 20
#: What holds for the terminal of the command that starts an emulator, and not for its trials, whose logs are UTF-8.
_OF_THE_CALLER = frozenset({"PYTHONIOENCODING"})


#: Begins the messages of a process; the caller puts its own before what it tells of them.
_PREFIX = "amlet: "


class LaunchFailed(RuntimeError):
    """The emulator ended, or took too long, before it was ready; the text has the end of its log.

    Parameters:
        message: what happened.
        exit_code: of the emulator, if it ended.
    """

    def __init__(self, message: str, exit_code: int | None = None) -> None:
        super().__init__(message)
        self.exit_code = exit_code


def start_detached(
    command: Sequence[str], home_dir: Path, state_dir: Path, arguments: Sequence[str] = (), *, timeout: float = 60.0
) -> Record:
    """Start an emulator that outlives this process.

    Parameters:
        command: what starts `amlet`: a program and its first arguments.
        home_dir: folder of records and CA.
        state_dir: its state directory; the log goes to `emulator.log` in it.
        arguments: further options of `amlet emulator start`, such as `--port`, `8443`; by default the
            ports of the last start, as far as they are free.
        timeout: seconds it may take.

    Raises:
        LaunchFailed: it did not come up.
    """
    state_dir = state_dir.absolute()
    state_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    log = state_dir / "emulator.log"
    full = [*command, "emulator", "start", "--state-dir", str(state_dir), *arguments]
    for option, port in zip(("--port", "--http-port"), ports.automatic(state_dir), strict=True):
        if option not in arguments:
            full += [option, str(port)]
    inherited = {name: text for name, text in os.environ.items() if name not in _OF_THE_CALLER}
    with log.open("ab") as output:
        begin = output.tell()
        process = subprocess.Popen(
            full,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            cwd=state_dir,
            env={**inherited, "AMLET_HOME": str(home_dir)},
        )
    deadline = time.monotonic() + timeout
    while time.monotonic() < deadline:
        for record in home.running(home_dir):
            if record.pid == process.pid:
                process.returncode = 0  # it shall outlive this process; else Popen would warn of it
                return record
        if process.poll() is not None:
            code = process.returncode
            raise LaunchFailed(f"the emulator ended with exit code {code}:\n{_tail(log, begin)}", code)
        time.sleep(0.02)
    process.terminate()
    raise LaunchFailed(f"the emulator was not ready after {timeout:g} s; its log {log} ends with:\n{_tail(log, begin)}")


def _tail(log: Path, begin: int) -> str:
    with log.open("rb") as file:
        file.seek(begin)
        lines = file.read().decode(errors="replace").splitlines()
    return "\n".join(line.removeprefix(_PREFIX) for line in lines[-_LINES:])
