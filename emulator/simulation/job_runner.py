"""Runs the jobs of an emulator in virtual time: no thread, no process, nothing looked for on this machine."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from contracts.resource_id import WorkspaceId, short_name
from emulator.executors.base import Attempt, TrialRefused
from emulator.job_types import parts_of
from emulator.place import Place
from emulator.project.project_files import ProjectFiles
from emulator.runner import recovery
from emulator.runner.active_jobs import ActiveJobs
from emulator.runner.computes import Computes, declared_nodes
from emulator.runner.hyperdrive_log import SweepLogs
from emulator.runner.interface import JobEvent, JobRunner
from emulator.runner.loop import Loop
from emulator.runner.pipelines.definition import step_path
from emulator.runner.run_context import RunContext
from emulator.runner.unit_of_work import UnitOfWork
from emulator.settings import Settings
from emulator.simulation.agenda import SimulatedAgenda
from emulator.simulation.executor import CurveFor, SimulatedExecutor
from emulator.simulation.time_control import TimeControl
from emulator.storage import Database
from emulator.storage.attempts import attempt_id
from emulator.storage.jobs import Job, JobId
from emulator.trials.folder import TrialFolder
from emulator.trials.node import node_of
from emulator.trials.resolved_job import ResolvedJob
from emulator.trials.step_identity import simulated_step_key

#: Nodes of an undeclared compute: the outcome must not depend on the cores of this machine.
_ENOUGH = 1_000_000


class SimulatedJobRunner(JobRunner):
    """A job runner whose jobs go on only when the time control says so.

    Parameters:
        settings: the emulator's choices.
        time: moves the clock.
        store: its state.
        place: its folders and origins.
        curve_for: what each trial and command job does; see `emulator.simulation.executor`.
        project_files: of jobs; they say how many nodes a compute has, and may change settings.
    """

    def __init__(
        self,
        *,
        settings: Settings,
        time: TimeControl,
        store: Database,
        place: Place,
        curve_for: CurveFor,
        project_files: ProjectFiles | None = None,
    ) -> None:
        self._settings, self._time, self._store, self._place = settings, time, store, place
        self._curve_for = curve_for
        self._project_files = project_files or ProjectFiles()
        self._build()

    def _build(self) -> None:
        """Make everything that knows of running jobs."""
        settings, time, store = self._settings, self._time, self._store
        executor = SimulatedExecutor(time.clock, self._curve_for)
        unit_of_work = UnitOfWork(store, SweepLogs(self._place, settings.log_limit).append)
        self._loop = Loop(time.clock, unit_of_work, Computes(_nodes_of(store)))
        context = RunContext(
            clock=time.clock,
            unit_of_work=unit_of_work,
            scheduler=self._loop,
            attempts=SimulatedAttempts(self._place),
            executor=executor,
            settings=settings.engine,
            grace=0.0,
            origin=self._place.https_origin,
        )
        self._jobs = ActiveJobs(self._loop, context, store, self._resolve)
        self._recover = lambda: recovery.settle(store, context.attempts, frozenset(), time.now())
        self._agenda = SimulatedAgenda(self._loop, executor, time.clock)

    def notify(self, event: JobEvent) -> None:
        """See `JobRunner`; it counts when time is next looked at."""
        self._loop.soon(lambda: self._jobs.handle(event))

    def start(self) -> None:
        """Put the jobs on the agenda, those that are stored and unfinished included."""
        self._loop.soon(self._recover)
        self._loop.soon(self._jobs.start_all)
        self._time.attach(self._agenda)

    def stop(self) -> None:
        """Let nothing happen any more; a new start goes on with what is stored then."""
        self._time.detach(self._agenda)
        self._build()

    def _resolve(
        self, job: Job, ready: Callable[[ResolvedJob], None], refused: Callable[[str], None], with_key: bool
    ) -> None:
        try:
            resolved = self._resolved(job)
        except (TrialRefused, ValueError, OSError) as error:
            refused(str(error) or type(error).__name__)
        else:
            ready(replace(resolved, reuse_key=simulated_step_key(job)) if with_key else resolved)

    def _resolved(self, job: Job) -> ResolvedJob:
        parts = parts_of(job.type)
        body = parts.body(job.body)
        project = self._project_files.of(job.choices.project)
        engine = self._settings.with_values(project.content.settings).engine
        if parts.has_steps:
            return ResolvedJob(job, engine)
        node = node_of(body, parts.component(body), short_name(body.compute_id or ""), project)
        step = step_path(self._store.reader(), job) if job.is_step else None
        return ResolvedJob(job, engine, node.count, parts.metric(body), step=step)


class SimulatedAttempts:
    """Makes attempts that run no command.

    Parameters:
        place: where the logs of trials are; without one they have no logs.
    """

    def __init__(self, place: Place | None = None) -> None:
        self._place = place

    @property
    def reach(self) -> str:
        """Simulated attempts need no address."""
        return ""

    def attempt(
        self,
        resolved: ResolvedJob,
        job: JobId,
        name: str,
        index: int,
        parameters: Mapping[str, Any] | None,
        number: int,
    ) -> Attempt:
        """See `emulator.runner.run_context.Attempts`."""
        log = self._folder(self._place, resolved.job, name).log if self._place else None
        identity, step = attempt_id(job, number), resolved.step
        return Attempt(identity, index, parameters or {}, name, number, resolved.metric, log, step=step)

    def collect(self, job: Job) -> None:
        """Move what a trial left, as it may have run as a process before."""
        if self._place:
            self._folder(self._place, job, job.name).collect()

    def release(self, resolved: ResolvedJob, *, begins: bool = False) -> None:
        """Nothing is shared."""

    def _folder(self, place: Place, job: Job, name: str) -> TrialFolder:
        return TrialFolder(place.working_folder(job.workspace, name), place.run_artifacts(job.workspace, name))


def _nodes_of(store: Database) -> Callable[[WorkspaceId, str], int]:
    declared = declared_nodes(store)

    def nodes_of(workspace: WorkspaceId, name: str) -> int:
        nodes = declared(workspace, name)
        return _ENOUGH if nodes is None else nodes

    return nodes_of
