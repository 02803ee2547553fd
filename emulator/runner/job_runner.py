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
from emulator.project.project_files import ProjectFiles
from emulator.runner import recovery
from emulator.runner.active_jobs import ActiveJobs
from emulator.runner.background import Background
from emulator.runner.computes import Computes, NodesOf, declared_nodes
from emulator.runner.inbox import Inbox
from emulator.runner.loop import Loop
from emulator.runner.run_context import RunContext
from emulator.runner.unit_of_work import UnitOfWork
from emulator.settings import Settings
from emulator.storage import Database, decisions, meta
from emulator.storage.jobs import Job, JobId
from emulator.trials import provenance
from emulator.trials.job_resolver import JobResolver
from emulator.trials.launcher import Launcher
from emulator.trials.resolved_job import ResolvedJob

_log = logging.getLogger(__name__)

#: How many jobs are prepared at a time.
_PREPARED_AT_ONCE = 8

#: Seconds that `stop` waits for each job that is being prepared.
_LAST_LOOK = 0.5


class JobRunner(Inbox):
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
        project_files: ProjectFiles | None = None,
        environ: Mapping[str, str] | None = None,
    ) -> None:
        self._clock, self._store = clock, store
        self._executor = executor or ProcessExecutor()
        self._runs_commands = executor is None
        self._background = Background()
        self._begun: set[JobId] = set()
        unit_of_work = UnitOfWork(store)
        self._loop = Loop(clock, unit_of_work, Computes(nodes_of or declared_nodes(store)))
        environ = os.environ if environ is None else environ
        self._resolver = JobResolver(place, settings, project_files or ProjectFiles(), environ)
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
        self._stage = RunContext(
            clock=clock,
            unit_of_work=unit_of_work,
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
        self._jobs = ActiveJobs(self._loop, self._stage, store, self._prepare)
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
        self._jobs.start_all()

    def _prepare(self, job: Job, ready: Callable[[ResolvedJob], None], refused: Callable[[str], None]) -> None:
        """To find inputs and build an environment may take minutes, which the jobs under way must not notice."""
        self._preparing.do(lambda: self._find_recipe(job, ready, refused))

    def _find_recipe(self, job: Job, ready: Callable[[ResolvedJob], None], refused: Callable[[str], None]) -> None:
        try:
            resolved = self._resolver.of(self._store.reader(), job)
        except Exception as error:  # noqa: BLE001 - whatever it is, the job ends and says why
            if not isinstance(error, TrialRefused | ValueError | OSError):
                _log.exception("job %s could not be prepared", job.name)
            why = str(error) or type(error).__name__
            self._loop.soon(lambda: refused(why))
        else:
            self._loop.soon(lambda: ready(resolved))

    def _note_begun(self, resolved: ResolvedJob) -> None:
        if self._runs_commands and resolved.job.id not in self._begun:
            self._begun.add(resolved.job.id)
            self._background.do(lambda: self._note_ingredients(resolved))

    def _note_ingredients(self, resolved: ResolvedJob) -> None:
        """Keep what a job is made of; only a rerun asks for it, so its trials do not wait for that."""
        job = resolved.job
        try:
            found = self._resolver.ingredients(resolved)
        except (TrialRefused, OSError) as error:
            _log.warning("what job %s is made of is not known: %s", job.name, error)
        else:
            now = self._clock.now()
            keep = lambda conn: decisions.append_once(conn, job.id, now, provenance.KIND, found)  # noqa: E731
            self._loop.soon(lambda: self._stage.unit_of_work.write(keep))


def _state_id(store: Database) -> str:
    """What distinguishes the trials of this state directory from those of any other."""
    made = store.write(lambda conn: meta.get_or_make(conn, "state_id", lambda: uuid.uuid4().hex.encode()))
    return made.result().decode()
