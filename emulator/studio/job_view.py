"""What the page of a job shows besides tables and charts, gathered from the store."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

from contracts.lifecycle import ENDED, JobStatus, can_move
from contracts.local_choices import SIMULATED
from emulator.services.jobs.attempt_history import ShownAttempt, attempts_of
from emulator.storage import jobs, labels, trials
from emulator.storage.jobs import Job, JobId
from emulator.studio.charts.trial_table import objective_of
from emulator.studio.job_facts import facts_of

_BEST_SHOWN = 5


@dataclass(frozen=True, slots=True)
class NamedTrial:
    """A trial as the head of a page names it."""

    index: int
    name: str
    status: JobStatus
    parameters: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Leader:
    """One of the best trials: `value` is its best one of the primary metric."""

    trial: NamedTrial
    value: float | None


@dataclass(frozen=True, slots=True)
class JobView:
    """The head of a job's page.

    Parameters:
        job: the job.
        parent: the job that it is below: of a trial, its sweep.
        metric, goal: the objective; of a trial, its sweep's.
        best: the best trial, as the sweep has it.
        leaders: the best trials, best first.
        counts: how many trials have which status.
        most: how many trials there can be.
        tags: without those that the emulator keeps for itself.
        facts: (name, value) of what the job was asked to do.
        first_failed: of a sweep with an error, its first trial that failed.
        nested: the runs that its code began below it.
        is_simulated: whether it ran in virtual time, with invented metrics.
        attempts: at a job that runs a command itself.
        logged: the parameters that its code logged, as autologging does; without those of the search space.
        before, after: names of the trials beside it in its sweep.
        waits_for: why none of the machines there are can run it; None where one can.
    """

    job: Job
    parent: Job | None
    metric: str
    goal: str
    best: Leader | None
    leaders: Sequence[Leader]
    counts: Mapping[JobStatus, int]
    most: int
    tags: Mapping[str, str]
    facts: Sequence[tuple[str, str]]
    first_failed: Job | None
    nested: Sequence[Job] = ()
    is_simulated: bool = False
    attempts: Sequence[ShownAttempt] = ()
    logged: Mapping[str, str] = field(default_factory=dict)
    before: str | None = None
    after: str | None = None
    waits_for: str | None = None

    @property
    def is_sweep(self) -> bool:
        """Whether it has trials."""
        return self.job.has_trials

    @property
    def ended(self) -> bool:
        """Whether nothing will change any more."""
        return self.job.status in ENDED

    @property
    def can_cancel(self) -> bool:
        """Whether it may be asked to stop."""
        return can_move(self.job.status, JobStatus.CANCEL_REQUESTED)

    @property
    def progress(self) -> list[tuple[str, int]]:
        """(sort, number) of the trials, for a bar: completed, canceled, failed, running, waiting."""
        sorts = {JobStatus.COMPLETED: "Completed", JobStatus.CANCELED: "Canceled", JobStatus.FAILED: "Failed"}
        bar = dict.fromkeys(("Completed", "Canceled", "Failed", "Running", "Queued"), 0)
        busy = (JobStatus.RUNNING, JobStatus.FINALIZING, JobStatus.CANCEL_REQUESTED, JobStatus.NOT_RESPONDING)
        for status, count in self.counts.items():
            bar[sorts.get(status) or ("Running" if status in busy else "Queued")] += count
        return [(sort, count) for sort, count in bar.items() if count]


def view(conn: sqlite3.Connection, job: Job) -> JobView:
    """Gather the head of a job's page.

    Parameters:
        conn: a reader.
        job: the job.
    """
    parent = jobs.get(conn, job.parent) if job.parent is not None else None
    metric, goal = objective_of(parent if parent and job.is_trial else job)
    leaders = _leaders(conn, job.id, metric, goal) if job.has_trials and metric else []
    properties = labels.of(conn, job.id, "property")
    best = properties.get("best_child_run_id")
    limits = job.body.get("limits") or {}
    own = job.parameters or {}
    before, after = trials.beside(conn, job.parent, job.trial) if job.parent and job.trial is not None else (None, None)
    return JobView(
        job=job,
        parent=parent,
        metric=metric,
        goal=goal,
        best=next((leader for leader in leaders if leader.trial.name == best), leaders[0] if leaders else None),
        leaders=leaders,
        counts=trials.counts(conn, job.id),
        most=int(limits.get("maxTotalTrials") or 0),
        tags={key: value for key, value in labels.of(conn, job.id, "tag").items() if not _is_own(key)},
        facts=facts_of(job),
        first_failed=_first_failed(conn, job) if job.error else None,
        nested=jobs.nested(conn, job.id),
        is_simulated=SIMULATED in properties,
        waits_for=properties.get(labels.WAITS_FOR),
        attempts=attempts_of(conn, job),
        logged={key: value for key, value in labels.of(conn, job.id, "param").items() if key not in own},
        before=before,
        after=after,
    )


def _first_failed(conn: sqlite3.Connection, job: Job) -> Job | None:
    failed = [row for row in trials.rows(conn, job.id) if row.status is JobStatus.FAILED]
    first = min(failed, key=lambda row: row.ended or row.created, default=None)
    return jobs.find(conn, job.workspace, first.name) if first else None


def _leaders(conn: sqlite3.Connection, sweep: JobId, metric: str, goal: str) -> list[Leader]:
    found = []
    for one in trials.leaders(conn, sweep, metric, goal, _BEST_SHOWN):
        row = trials.one(conn, sweep, one.trial)
        found.append(Leader(NamedTrial(row.number, row.name, row.status, orjson.loads(row.parameters)), one.best(goal)))
    return found


def _is_own(tag: str) -> bool:
    return tag.startswith("_aml_system") or tag == "hyperparameters"
