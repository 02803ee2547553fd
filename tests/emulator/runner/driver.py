"""A process of its own that runs a job, to be killed: `python driver.py STATE_DIR KIND COMMAND TOTAL CONCURRENT DONE`.

It says `ready` when so many trials have ended and as many as may be run; a killed emulator is this process killed.
"""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from contracts.lifecycle import ENDED, JobStatus
from tests.emulator.runner.conftest import EmulatorInstance

_REPOSITORY = Path(__file__).parents[3]


def main(state_dir: str, kind: str, command: str, total: int, concurrent: int, done: int) -> None:
    """Bring the job to where it shall be killed, and say so."""
    instance = EmulatorInstance(Path(state_dir), nodes_of=lambda workspace, compute: concurrent).open()
    instance.job_runner.start()
    if kind == "command":
        instance.command(command)
        instance.until(lambda: instance.get("c").status is JobStatus.RUNNING)
    else:
        instance.sweep(command, total=total, concurrent=concurrent)
        for index in range(done):
            instance.until(lambda index=index: len(instance.trials()) > index)
            instance.metric(f"s_{index}", "loss", float(index))
            instance.until(lambda index=index: instance.get(f"s_{index}").status in ENDED)
        running = min(concurrent, total - done)
        instance.until(lambda: [trial.status for trial in instance.trials()].count(JobStatus.RUNNING) == running)
    print("ready", flush=True)
    signal.pause()


@contextmanager
def driven(
    state_dir: Path, kind: str, command: str, *, total: int = 1, concurrent: int = 1, done: int = 0
) -> Iterator[None]:
    """Enter when the job is where it shall be killed; the process is killed at the end."""
    words = [str(state_dir), kind, command, str(total), str(concurrent), str(done)]
    environ = {"PYTHONPATH": str(_REPOSITORY), "PATH": "/usr/bin:/bin"}
    program = [sys.executable, __file__, *words]
    with subprocess.Popen(program, cwd=_REPOSITORY, env=environ, stdout=subprocess.PIPE) as one:
        try:
            assert one.stdout is not None
            assert one.stdout.readline() == b"ready\n"
            yield
        finally:
            one.kill()


if __name__ == "__main__":
    main(*sys.argv[1:4], *map(int, sys.argv[4:]))
