"""Runs the jobs of an emulator in virtual time: no thread, no process, nothing looked for on this machine."""

from __future__ import annotations

from collections.abc import Callable

from contracts.arm.jobs import CommandJob, SweepJob
from contracts.resource_id import WorkspaceId, short_name
from emulator.executors.base import TrialRefused
from emulator.place import Place
from emulator.project.project_files import ProjectFiles
from emulator.runner import recovery
from emulator.runner.active_jobs import ActiveJobs
from emulator.runner.computes import Computes, declared_nodes
from emulator.runner.inbox import Inbox
from emulator.runner.loop import Loop
from emulator.runner.run_context import RunContext
from emulator.runner.unit_of_work import UnitOfWork
from emulator.settings import Settings
from emulator.simulation.agenda import SimulatedAgenda
from emulator.simulation.executor import CurveFor, SimulateExecutor
from emulator.simulation.time_control import TimeControl
from emulator.storage import Database
from emulator.storage.jobs import Job
from emulator.trials.launcher import Launcher
from emulator.trials.node import node_of
from emulator.trials.resolved_job import ResolvedJob

#: Nodes of a compute that nobody declared: the outcome must not depend on the cores of this machine.
_ENOUGH = 1_000_000


class SimulatedJobRunner(Inbox):
    """As `Conductor`, but its jobs go on only when the time control says so.

    Parameters:
        settings: the emulator's choices.
        time: moves the clock.
        store: its state.
        place: its folders and origins.
        curve_for: what each trial and command job does; see `emulator.simulation.executor`.
        worlds: of jobs; they say how many nodes a compute has, and may change settings.
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
        """Everything that knows of jobs under way."""
        settings, time, store = self._settings, self._time, self._store
        unit_of_work, executor = UnitOfWork(store), SimulateExecutor(time.clock, self._curve_for)
        self._loop = Loop(time.clock, unit_of_work, Computes(_nodes_of(store)))
        self._stage = RunContext(
            clock=time.clock,
            unit_of_work=unit_of_work,
            launcher=Launcher(self._place, time.clock, lambda run: "", {}, "simulated"),
            executor=executor,
            settings=settings.engine,
            grace=0.0,
            soon=self._loop.soon,
            later=self._loop.later,
            stored=self._loop.note_stored,
            changed=self._loop.note_changed,
        )
        self._jobs = ActiveJobs(self._loop, self._stage, store, self._prepare)
        self._agenda = SimulatedAgenda(self._loop, unit_of_work, executor, time.clock)

    def start(self) -> None:
        """Put the jobs on the agenda, those that are stored and unfinished included."""
        self._loop.soon(self._recover)
        self._time.attach(self._agenda)

    def stop(self) -> None:
        """Let nothing happen any more; a new start takes up what is stored then."""
        self._time.detach(self._agenda)
        self._build()

    def _recover(self) -> None:
        recovery.settle(self._store, self._stage.launcher, self._time.now())
        self._jobs.start_all()

    def _prepare(self, job: Job, ready: Callable[[ResolvedJob], None], refused: Callable[[str], None]) -> None:
        try:
            resolved = self._resolve(job)
        except (TrialRefused, ValueError, OSError) as error:
            refused(str(error) or type(error).__name__)
        else:
            ready(resolved)

    def _resolve(self, job: Job) -> ResolvedJob:
        body = (SweepJob if job.type == "Sweep" else CommandJob).model_validate(job.body)
        project = self._project_files.of(job.choices.project)
        engine = self._settings.with_values(project.content.settings).engine
        metric = body.objective.primary_metric if isinstance(body, SweepJob) else None
        return ResolvedJob.of_nothing(
            job, engine, metric, node_of(body, short_name(body.compute_id or ""), project).count
        )


def _nodes_of(store: Database) -> Callable[[WorkspaceId, str], int]:
    declared = declared_nodes(store)

    def nodes_of(workspace: WorkspaceId, name: str) -> int:
        nodes = declared(workspace, name)
        return _ENOUGH if nodes is None else nodes

    return nodes_of
