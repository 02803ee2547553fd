"""The one thread that owns everything that runs."""

from __future__ import annotations

import logging
import os
import threading
import uuid
from collections.abc import Callable, Mapping

from emulator.clock import Clock
from emulator.executors.base import Executor, TrialRefused
from emulator.executors.process import ProcessExecutor
from emulator.identity.tokens import TokenAuthority
from emulator.place import Place
from emulator.runtime import ingredients, recovery
from emulator.runtime.background import Background
from emulator.runtime.computes import Computes, NodesOf, declared_nodes
from emulator.runtime.inbox import Inbox
from emulator.runtime.jobs_under_way import JobsUnderWay
from emulator.runtime.launcher import Launcher
from emulator.runtime.ledger import Ledger
from emulator.runtime.loop import Loop
from emulator.runtime.recipe import Recipe
from emulator.runtime.recipes import Recipes
from emulator.runtime.stage import Stage
from emulator.settings import Settings
from emulator.store import Database, decisions, meta
from emulator.store.jobs import Job, JobId
from emulator.world.worlds import Worlds

_log = logging.getLogger(__name__)

#: How many jobs are prepared at a time.
_PREPARED_AT_ONCE = 8

#: Seconds that `stop` waits for each job that is being prepared.
_LAST_LOOK = 0.5


class Conductor(Inbox):
    """Runs the jobs of one emulator; all calls return at once and may come from any thread, `stop` excepted.

    Parameters:
        settings: the emulator's choices.
        clock: the only source of time.
        store: its state.
        place: its folders and origins.
        tokens: issues the tokens of trials.
        executor: where trials run; processes by default.
        nodes_of: how many nodes a compute has; by default what was declared on the control plane.
        worlds: of jobs; by default one in which nothing is declared.
        environ: the variables the emulator was started with; those of this process by default.
    """

    def __init__(
        self,
        *,
        settings: Settings,
        clock: Clock,
        store: Database,
        place: Place,
        tokens: TokenAuthority,
        executor: Executor | None = None,
        nodes_of: NodesOf | None = None,
        worlds: Worlds | None = None,
        environ: Mapping[str, str] | None = None,
    ) -> None:
        self._clock, self._store = clock, store
        self._executor = executor or ProcessExecutor()
        self._runs_commands = executor is None
        self._background = Background()
        self._begun: set[JobId] = set()
        ledger = Ledger(store)
        self._loop = Loop(clock, ledger, Computes(nodes_of or declared_nodes(store)))
        environ = os.environ if environ is None else environ
        self._recipes = Recipes(place, settings, worlds or Worlds(), environ)
        # One that reads the store while it is closed would end the process; one that builds for minutes does not read.
        self._preparing = Background("prepare", _PREPARED_AT_ONCE, _LAST_LOOK)
        lifetime = int(settings.trial_token_hours * 3600)
        launcher = Launcher(
            place,
            clock,
            lambda run: tokens.issue_for_run(run, lifetime=lifetime),
            environ,
            _state_id(store),
        )
        self._stage = Stage(
            clock=clock,
            ledger=ledger,
            launcher=launcher,
            executor=self._executor,
            settings=settings.engine,
            grace=settings.kill_grace,
            soon=self._loop.soon,
            later=self._loop.later,
            stored=self._loop.note_stored,
            changed=self._loop.note_changed,
            begins=self._note_begun,
        )
        self._jobs = JobsUnderWay(self._loop, self._stage, store, self._prepare)
        self._loop.soon(self._recover)
        self._thread = threading.Thread(target=self._run, name="conductor", daemon=True)

    def start(self) -> None:
        """Begin to work, unfinished jobs of an earlier process included."""
        self._thread.start()

    def stop(self) -> None:
        """Stop working; returns when all running trials have ended. They start again with the next emulator."""
        if self._thread.is_alive():
            self._loop.soon(self._loop.halt)
            self._thread.join()
        self._preparing.close()
        self._background.close()
        self._executor.close()

    def _run(self) -> None:
        while self._loop.goes_on:
            self._loop.wait()

    def _recover(self) -> None:
        recovery.end_processes(self._store, self._stage.launcher)
        recovery.settle(self._store, self._stage.launcher, self._clock.now())
        self._jobs.take_up_all()

    def _prepare(self, job: Job, ready: Callable[[Recipe], None], refused: Callable[[str], None]) -> None:
        """To find inputs and build an environment may take minutes, which the jobs under way must not notice."""
        self._preparing.do(lambda: self._find_recipe(job, ready, refused))

    def _find_recipe(self, job: Job, ready: Callable[[Recipe], None], refused: Callable[[str], None]) -> None:
        try:
            recipe = self._recipes.of(self._store.reader(), job)
        except Exception as error:  # noqa: BLE001 - whatever it is, the job ends and says why
            if not isinstance(error, TrialRefused | ValueError | OSError):
                _log.exception("job %s could not be prepared", job.name)
            why = str(error) or type(error).__name__
            self._loop.soon(lambda: refused(why))
        else:
            self._loop.soon(lambda: ready(recipe))

    def _note_begun(self, recipe: Recipe) -> None:
        if self._runs_commands and recipe.job.id not in self._begun:
            self._begun.add(recipe.job.id)
            self._background.do(lambda: self._note_ingredients(recipe))

    def _note_ingredients(self, recipe: Recipe) -> None:
        """Keep what a job is made of; only a rerun asks for it, so its trials do not wait for that."""
        job = recipe.job
        try:
            found = self._recipes.ingredients(recipe)
        except (TrialRefused, OSError) as error:
            _log.warning("what job %s is made of is not known: %s", job.name, error)
        else:
            now = self._clock.now()
            keep = lambda conn: decisions.append_once(conn, job.id, now, ingredients.KIND, found)  # noqa: E731
            self._loop.soon(lambda: self._stage.ledger.write(keep))


def _state_id(store: Database) -> str:
    """What distinguishes the trials of this state directory from those of any other."""
    made = store.write(lambda conn: meta.get_or_make(conn, "state_id", lambda: uuid.uuid4().hex.encode()))
    return made.result().decode()
