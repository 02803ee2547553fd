"""The one thread that owns everything that runs."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from emulator.background import Background
from emulator.clock import Clock
from emulator.executors.base import Executor, Placement, TrialRefused
from emulator.executors.by_placement import ExecutorByPlacement
from emulator.executors.leases import Leases
from emulator.executors.registry import ExecutorContext
from emulator.identity.tokens import TokenAuthority
from emulator.place import Place
from emulator.project.project_files import ProjectFiles
from emulator.runner import recovery
from emulator.runner.active_jobs import ActiveJobs
from emulator.runner.computes import Computes, NodesOf, declared_nodes
from emulator.runner.hyperdrive_log import SweepLogs
from emulator.runner.interface import JobEvent, JobRunner
from emulator.runner.loop import Loop
from emulator.runner.removal import Removal
from emulator.runner.run_context import RunContext
from emulator.runner.unit_of_work import UnitOfWork
from emulator.settings import Settings
from emulator.storage import Database, decisions
from emulator.storage.jobs import Job, JobId
from emulator.trials import provenance
from emulator.trials.job_resolver import JobResolver
from emulator.trials.launcher import Launcher
from emulator.trials.resolved_job import ResolvedJob
from emulator.trials.step_identity import step_key

_log = logging.getLogger(__name__)

#: How many jobs are resolved at a time.
_RESOLVED_AT_ONCE = 8

#: What changes of status nobody waits for are stored together: so many, or what comes within so many seconds.
_GATHERED = 16
_LINGER = 0.005

#: Seconds that `stop` waits for each job that is being resolved.
_LAST_LOOK = 0.5


class ThreadedJobRunner(JobRunner):
    """Runs the jobs of one emulator in real time.

    Parameters:
        settings: the emulator's choices.
        clock: the only source of time.
        store: its state.
        place: its folders and origins.
        tokens: issues the tokens of trials.
        executor: where trials run; by default the one that the settings name.
        nodes_of: how many nodes a compute has; by default what was declared on the control plane.
        project_files: of jobs; by default one in which nothing is declared.
        environ: the variables the emulator was started with; those of this process by default.
        tracking: the module `gateway.tracking`, for trials whose Python has no `gateway`; None to lay none.
        identity_header: with which trials are given tokens at the endpoint of managed identities.
        leases: of attempts that workers run; by default those of this store.
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
        identity_header: str = "",
        tracking: Path | None = None,
        leases: Leases | None = None,
    ) -> None:
        self._clock, self._store = clock, store
        self._leases = leases or Leases(store, place, clock, tokens, settings)
        self._background = Background()
        self._removing = Background("remove")
        self._removal, self._runs = Removal(self._removing.do), place.runs
        self._recorded: set[JobId] = set()
        self._loop = Loop(
            clock,
            UnitOfWork(store, SweepLogs(place, settings.log_limit).append),
            Computes(nodes_of or declared_nodes(store), self._capacity),
            _GATHERED,
            _LINGER,
        )
        context = ExecutorContext(store, place, settings, clock, self._leases, self._capacity_changed)
        self._executor = ExecutorByPlacement(context, executor)
        environ = os.environ if environ is None else environ
        self._resolver = JobResolver(place, settings, project_files or ProjectFiles(), environ, tracking)
        # One that reads the store while it is closed would end the process; one that builds for minutes does not read.
        self._resolving = Background("prepare", _RESOLVED_AT_ONCE, _LAST_LOOK)
        lifetime = int(settings.trial_token_hours * 3600)
        self._context = RunContext(
            clock=clock,
            unit_of_work=self._loop.unit_of_work,
            scheduler=self._loop,
            attempts=Launcher(
                place,
                clock,
                lambda run, attempt: tokens.issue_for_run(run, lifetime=lifetime, attempt=attempt),
                environ,
                identity_header,
                self._record_provenance,
                settings.log_limit,
                remove=self._removal.remove,
            ),
            executor=self._executor,
            settings=settings.engine,
            grace=settings.kill_grace,
            origin=place.https_origin,
        )
        self._jobs = ActiveJobs(self._loop, self._context, store, self._resolve)
        # The first message of all: nothing that clients cause is dealt with before it.
        self._loop.soon(self._recover)
        self._thread = threading.Thread(target=self._run, name="amlet-runner", daemon=True)

    @property
    def trouble(self) -> str | None:
        """See `JobRunner`: the store takes no writes."""
        return self._loop.trouble

    def notify(self, event: JobEvent) -> None:
        """See `JobRunner`."""
        self._loop.soon(lambda: self._jobs.handle(event))

    def start(self) -> None:
        """Begin to work, unfinished jobs of an earlier process included."""
        self._thread.start()

    def stop(self) -> None:
        """Stop working; returns when all running trials have ended. They start again with the next emulator."""
        if self._thread.is_alive():
            self._loop.close()
            self._thread.join()
        # What runs has ended by now, then what works for it; the executor and the leases last, as attempts end through
        # them.
        self._resolving.close()
        self._background.close()
        self._removing.close()
        self._executor.close()
        self._leases.close()

    def _run(self) -> None:
        while self._loop.goes_on:
            self._loop.wait()

    def _capacity(self, placement: Placement | None) -> int | None:
        return self._executor.capacity(placement)

    def _capacity_changed(self) -> None:
        self._loop.soon(lambda: None)  # each turn shares the nodes

    def _recover(self) -> None:
        self._removal.remove_leftovers(self._runs)
        # In this order: what survives is known before the rest is ended, and all is settled before any job goes on.
        kept = recovery.survivors(self._store, self._context.attempts, self._executor)
        self._executor.reap(kept)
        recovery.settle(self._store, self._context.attempts, kept, self._clock.now())
        self._jobs.start_all()

    def _resolve(
        self, job: Job, ready: Callable[[ResolvedJob], None], refused: Callable[[str], None], with_key: bool
    ) -> None:
        """Finding inputs and building an environment may take minutes, and must not delay running jobs."""
        if not with_key and (plain := self._resolver.plain(self._store.reader(), job)):
            ready(plain)
            return
        self._resolving.do(lambda: self._resolve_now(job, ready, refused, with_key))

    def _resolve_now(
        self, job: Job, ready: Callable[[ResolvedJob], None], refused: Callable[[str], None], with_key: bool
    ) -> None:
        try:
            resolved = self._resolver.of(self._store.reader(), job)
            if with_key:
                found = self._resolver.provenance(resolved)
                resolved = replace(resolved, provenance=found, reuse_key=step_key(resolved, found))
        except Exception as error:  # noqa: BLE001 - whatever it is, the job ends and says why
            # These say themselves what the user can do; anything else is a fault of ours, whose traceback is wanted.
            if not isinstance(error, TrialRefused | ValueError | OSError):
                _log.exception("job %s could not be prepared", job.name)
            why = str(error) or type(error).__name__
            self._loop.soon(lambda: refused(why))
        else:
            self._loop.soon(lambda: ready(resolved))

    def _record_provenance(self, resolved: ResolvedJob) -> None:
        # Every trial of a sweep comes here, and all of them run the same.
        if resolved.job.id not in self._recorded:
            self._recorded.add(resolved.job.id)
            self._background.do(lambda: self._find_provenance(resolved))

    def _find_provenance(self, resolved: ResolvedJob) -> None:
        """Store the provenance of a job; only a rerun reads it, so the trials do not wait for it."""
        job = resolved.job
        try:
            found = resolved.provenance or self._resolver.provenance(resolved)
        except (TrialRefused, OSError) as error:
            _log.warning("the provenance of job %s is not known: %s", job.name, error)
        else:
            now = self._clock.now()
            keep = lambda conn: decisions.append_once(conn, job.id, now, provenance.KIND, found)  # noqa: E731
            # The unit of work belongs to the loop's thread.
            self._loop.soon(lambda: self._context.unit_of_work.write(keep))
