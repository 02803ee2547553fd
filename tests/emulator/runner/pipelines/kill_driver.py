"""A process of its own that runs a pipeline and kills itself: `kill_driver.py STATE_DIR SCRATCH MOMENT before|after`.

It goes on with the pipeline that it finds in the state directory, so that it can be started again; with the moment 0
it runs to the end. The moment is a count of the store's commits, which does not depend on how fast the machine is.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from contracts.lifecycle import ENDED, JobStatus
from emulator.storage import jobs, metrics
from emulator.storage.jobs import Job
from tests.emulator.runner.conftest import WORKSPACE, EmulatorInstance, WatchedDatabase
from tests.emulator.runner.pipelines.conftest import put_pipeline
from tests.emulator.runner.pipelines.three_steps import steps, trials_of


class KilledDatabase(WatchedDatabase):
    """Ends its process with SIGKILL at one of its commits."""

    moment, when, begun = 0, "before", 0

    def _commit(self, writes: Iterable[Any]) -> None:
        KilledDatabase.begun += 1
        due = self.begun == self.moment
        if due and self.when == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        super()._commit(writes)
        if due:
            os.kill(os.getpid(), signal.SIGKILL)


def noted(instance: EmulatorInstance, scratch: Path) -> dict[str, Any]:
    """The steps; each run that gets to its end is noted, a trial waits until its metric is logged."""
    note = f"echo $AZUREML_RUN_ID >> {scratch}/completed"
    return steps(
        instance,
        f"echo made > ${{{{outputs.o}}}}/f; {note}",
        f"cat ${{{{inputs.i}}}}/f; until [ -e {scratch}/$AZUREML_RUN_ID ]; do sleep 0.02; done; "
        f"echo value ${{{{inputs.x}}}} > ${{{{outputs.o}}}}/f; {note}",
        f"cat ${{{{inputs.i}}}}/f; {note}",
    )


def unlogged(instance: EmulatorInstance, scratch: Path) -> list[Job]:
    """The trials that wait for their metric."""
    running = [trial for trial in trials_of(instance) if trial.status is JobStatus.RUNNING]
    return [trial for trial in running if not (scratch / trial.name).exists()]


def log(instance: EmulatorInstance, trial: Job, scratch: Path) -> None:
    """Log the metric of a trial, once however often the process is killed, and let the trial go on."""
    if not metrics.of(instance.store.reader(), trial.id):
        instance.metric(trial.name, "loss", float((trial.parameters or {})["x"]))
    (scratch / trial.name).touch()


def main(state_dir: str, scratch: str, moment: str, when: str) -> None:
    """Run the pipeline to its end, or to the moment."""
    KilledDatabase.moment, KilledDatabase.when = int(moment), when
    instance = EmulatorInstance(Path(state_dir), nodes_of=lambda workspace, compute: 2, database=KilledDatabase).open()
    instance.job_runner.start()
    if jobs.find(instance.store.reader(), WORKSPACE, "p") is None:
        put_pipeline(instance, noted(instance, Path(scratch)))
    while instance.get("p").status not in ENDED:
        instance.until(lambda: instance.get("p").status in ENDED or unlogged(instance, Path(scratch)))
        for trial in unlogged(instance, Path(scratch)):
            log(instance, trial, Path(scratch))
    instance.close()
    print(KilledDatabase.begun)


if __name__ == "__main__":
    main(*sys.argv[1:])
