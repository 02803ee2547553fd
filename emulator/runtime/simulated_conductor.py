"""Runs the jobs of an emulator in virtual time: no thread, no process, nothing looked for on this machine."""

from __future__ import annotations

from collections.abc import Callable

from contracts.arm.command import CommandJob
from contracts.arm.sweep import SweepJob
from contracts.resource_id import WorkspaceId, short_name
from emulator.executors.base import TrialRefused
from emulator.executors.simulate import CurveFor, SimulateExecutor
from emulator.place import Place
from emulator.runtime import recovery
from emulator.runtime.computes import Computes, declared_nodes
from emulator.runtime.inbox import Inbox
from emulator.runtime.jobs_under_way import JobsUnderWay
from emulator.runtime.launcher import Launcher
from emulator.runtime.ledger import Ledger
from emulator.runtime.loop import Loop
from emulator.runtime.node import node_of
from emulator.runtime.recipe import Recipe
from emulator.runtime.simulated_agenda import SimulatedAgenda
from emulator.runtime.stage import Stage
from emulator.settings import Settings
from emulator.store import Database
from emulator.store.jobs import Job
from emulator.time_control import TimeControl
from emulator.world.worlds import Worlds

#: Nodes of a compute that nobody declared: the outcome must not depend on the cores of this machine.
_ENOUGH = 1_000_000


class SimulatedConductor(Inbox):
    """As `Conductor`, but its jobs go on only when the time control says so.

    Parameters:
        settings: the emulator's choices.
        time: moves the clock.
        store: its state.
        place: its folders and origins.
        curve_for: what each trial and command job does; see `emulator.executors.simulate`.
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
        worlds: Worlds | None = None,
    ) -> None:
        self._settings, self._time, self._store, self._place = settings, time, store, place
        self._curve_for = curve_for
        self._worlds = worlds or Worlds()
        self._build()

    def _build(self) -> None:
        """Everything that knows of jobs under way."""
        settings, time, store = self._settings, self._time, self._store
        ledger, executor = Ledger(store), SimulateExecutor(time.clock, self._curve_for)
        self._loop = Loop(time.clock, ledger, Computes(_nodes_of(store)))
        self._stage = Stage(
            clock=time.clock,
            ledger=ledger,
            launcher=Launcher(self._place, time.clock, lambda run: "", {}, "simulated"),
            executor=executor,
            settings=settings.engine,
            grace=0.0,
            soon=self._loop.soon,
            later=self._loop.later,
            stored=self._loop.note_stored,
            changed=self._loop.note_changed,
        )
        self._jobs = JobsUnderWay(self._loop, self._stage, store, self._prepare)
        self._agenda = SimulatedAgenda(self._loop, ledger, executor, time.clock)

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
        self._jobs.take_up_all()

    def _prepare(self, job: Job, ready: Callable[[Recipe], None], refused: Callable[[str], None]) -> None:
        try:
            recipe = self._recipe(job)
        except (TrialRefused, ValueError, OSError) as error:
            refused(str(error) or type(error).__name__)
        else:
            ready(recipe)

    def _recipe(self, job: Job) -> Recipe:
        body = (SweepJob if job.type == "Sweep" else CommandJob).model_validate(job.body)
        world = self._worlds.of(job.choices.world)
        engine = self._settings.with_values(world.content.settings).engine
        metric = body.objective.primary_metric if isinstance(body, SweepJob) else None
        return Recipe.of_nothing(job, engine, metric, node_of(body, short_name(body.compute_id or ""), world).count)


def _nodes_of(store: Database) -> Callable[[WorkspaceId, str], int]:
    declared = declared_nodes(store)

    def nodes_of(workspace: WorkspaceId, name: str) -> int:
        nodes = declared(workspace, name)
        return _ENOUGH if nodes is None else nodes

    return nodes_of
