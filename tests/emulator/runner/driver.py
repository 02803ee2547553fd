"""A process of its own that drives a sweep, to be killed: `python driver.py STATE_DIR TALLY GO`."""

from __future__ import annotations

import sys
from pathlib import Path

from contracts.lifecycle import JobStatus
from tests.emulator.runner.conftest import EmulatorInstance

TRIALS, DONE, NODES = 20, 7, 4


def command(tally: Path, go: Path) -> str:
    """The first trials end at once, the others wait for a file; each notes that it ran."""
    return f"echo $AZUREML_RUN_ID >> {tally}; [ ${{AZUREML_RUN_ID#*_}} -lt {DONE} ] || [ -e {go} ] || sleep 1000"


def main(state_dir: str, tally: str, go: str) -> None:
    """Bring the sweep to where some trials have ended and some run, say so, and wait for the end."""
    house = EmulatorInstance(Path(state_dir), nodes_of=lambda workspace, compute: NODES).open()
    house.job_runner.start()
    house.sweep(command(Path(tally), Path(go)), total=TRIALS, concurrent=NODES)
    for index in range(DONE):
        house.until(lambda index=index: len(house.trials()) > index)
        house.metric(f"s_{index}", "loss", float(index))
        house.ended(f"s_{index}")
    house.until(lambda: [trial.status for trial in house.trials()].count(JobStatus.RUNNING) == NODES)
    print("ready", flush=True)
    house.ended("s")


if __name__ == "__main__":
    main(*sys.argv[1:])
