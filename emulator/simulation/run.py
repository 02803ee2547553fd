"""A whole sweep in virtual time: the same engine, store and lifecycle as ever, but no processes and no waiting."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from contracts.arm.jobs import SweepJob
from contracts.job_types import SWEEP
from contracts.lifecycle import JobStatus
from contracts.resource_id import WorkspaceId
from emulator.clock import VirtualClock
from emulator.engine.settings import EngineSettings
from emulator.runner.computes import Computes
from emulator.runner.loop import Loop
from emulator.runner.run_context import RunContext
from emulator.runner.start_job import sweep_run
from emulator.runner.sweep_run import SweepRun
from emulator.runner.unit_of_work import UnitOfWork
from emulator.simulation.agenda import SimulatedAgenda
from emulator.simulation.curve import CurveOf
from emulator.simulation.executor import SimulatedExecutor
from emulator.simulation.job_runner import SimulatedAttempts
from emulator.storage import Database, events, jobs
from emulator.storage.jobs import Job, NewJob
from emulator.trials.resolved_job import ResolvedJob

_WORKSPACE = WorkspaceId("simulated", "simulated", "simulated")
_MANY_WRITES = 2000


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a simulated sweep.

    Parameters:
        status: of the sweep.
        best: index and value of the best trial.
        trials: how many trials ended in each status.
        trial_seconds: virtual seconds that all trials together ran.
        duration: virtual seconds of the whole sweep.
        store: everything else: jobs, events, metrics, decisions.
        log: the lines of its `hyperdrive.txt`.
    """

    status: JobStatus
    best: tuple[int, float] | None
    trials: Mapping[JobStatus, int]
    trial_seconds: float
    duration: float
    store: Database
    log: list[str]


def simulate(
    name: str,
    body: Mapping[str, Any],
    curve_of: CurveOf,
    *,
    seed: int = 0,
    nodes: int | None = None,
    settings: EngineSettings | None = None,
) -> Outcome:
    """Run a sweep in virtual time.

    Parameters:
        name: of the sweep.
        body: `properties` of its ARM body.
        curve_of: the curve of each trial; see `emulator.simulation.curve`.
        seed: of the sampling, where the body has none.
        nodes: of its compute; as many as it wants when not given.
        settings: the choices where Azure does not say.
    """
    clock, store, log = VirtualClock(), Database.in_memory(), []
    sweep = SweepJob.model_validate(body)
    unit_of_work = UnitOfWork(store, lambda sweep, lines: log.extend(lines))
    executor = SimulatedExecutor(clock, lambda attempt: curve_of(attempt.index, attempt.parameters))
    loop = Loop(clock, unit_of_work, Computes(lambda workspace, compute: nodes or 1_000_000), _MANY_WRITES)
    context = RunContext(
        clock=clock,
        unit_of_work=unit_of_work,
        scheduler=loop,
        attempts=SimulatedAttempts(),
        executor=executor,
        settings=settings or EngineSettings(),
        grace=0.0,
    )
    job = _stored(store, name, body, seed)
    run = sweep_run(context, job, sweep, ResolvedJob(job, context.settings, metric=sweep.objective.primary_metric))
    loop.add(run)
    run.start(clock.now())
    agenda = SimulatedAgenda(loop, executor, clock)
    agenda.settle()
    while loop.runs:
        agenda.step()
    unit_of_work.flush()
    return _outcome(store, run, clock.now(), log)


def _stored(store: Database, name: str, body: Mapping[str, Any], seed: int) -> Job:
    new = NewJob(_WORKSPACE, name, SWEEP.name, "simulated", body, created=0.0, created_by="amlet", seed=seed)

    def work(conn: Any) -> Job:
        job = jobs.create(conn, new)
        events.move(conn, job, JobStatus.RUNNING, 0.0)
        return jobs.get(conn, job)

    return store.write(work).result()


def _outcome(store: Database, run: SweepRun, duration: float, log: list[str]) -> Outcome:
    conn = store.reader()
    children = jobs.children(conn, run.job.id)
    ran = [child.ended - child.started for child in children if child.ended and child.started is not None]
    return Outcome(
        status=jobs.get(conn, run.job.id).status,
        best=run.machine.best,
        trials=Counter(child.status for child in children),
        trial_seconds=sum(ran),
        duration=duration,
        store=store,
        log=log,
    )
