"""Explains a job from what was recorded of it: how a sweep went, and how a job can be made again.

The record of a sweep: decisions, statuses with their causes, errors, metrics.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from contracts.lifecycle import ENDED
from contracts.resource_id import WorkspaceId
from contracts.sampling_algorithms import sampling_algorithm_of
from emulator.engine.actions import Finish, StopCause
from emulator.engine.explain import ExplainedTrial, explain, reason_of
from emulator.engine.objective import Goal, Objective
from emulator.engine.termination.base import Decision
from emulator.engine.trial import TrialOutcome
from emulator.services.context import Emulator
from emulator.services.jobs.attempt_history import repeated, waits_for
from emulator.services.jobs.pipeline_explanation import pipeline_explanation
from emulator.services.refusal import job_not_found, user_error
from emulator.storage import decisions, events, jobs, metrics
from emulator.storage.events import Event
from emulator.storage.jobs import Job
from emulator.trials.provenance import KIND

#: How many of a failed trial's last lines the text shows; the record has some more.
_SHOWN_LINES = 8

_CAUSES = {cause.value: cause for cause in StopCause}


def explanation(emulator: Emulator, workspace: WorkspaceId, name: str) -> dict[str, Any]:
    """The explanation of a sweep or pipeline: `lines` for people, and the record they come from.

    Parameters:
        emulator: holds the record.
        workspace: of the sweep.
        name: of the sweep.

    Raises:
        Refusal: there is no such job, or it is not a sweep.
    """
    conn = emulator.store.reader()
    sweep = jobs.find(conn, workspace, name)
    if sweep is None:
        raise job_not_found(name)
    if sweep.has_steps:
        return pipeline_explanation(conn, sweep)
    if not sweep.has_trials:
        parent = f"; its sweep is {jobs.name_of(conn, sweep.parent)}" if sweep.parent is not None else ""
        raise user_error(f"Job {name} is not a sweep or a pipeline{parent}. For other jobs, use `amlet job show`.")
    told = sweep.body["objective"]
    objective = Objective(told["primaryMetric"], Goal(told["goal"]))
    cuts = _cuts(conn, sweep)
    children = jobs.children(conn, sweep.id)
    trials = [_trial(conn, child, objective, cuts.get(child.trial or 0)) for child in children]
    names = [trial.name for trial in trials]
    best_among = emulator.settings.engine.best_among
    return {
        "name": name,
        "status": sweep.status,
        "metric": objective.metric,
        "goal": objective.goal,
        "simulated": emulator.time is not None,
        "lines": [
            *_first_lines(emulator),
            *explain(objective, trials, _finish(conn, sweep), best_among=best_among),
            *repeated(conn, children),
            *([f"Waits: {why}"] if (why := waits_for(conn, sweep)) else []),
        ],
        "trials": [
            {**asdict(trial), "reason": reason_of(objective, trial, names) or waits_for(conn, child) or ""}
            for trial, child in zip(trials, children, strict=True)
        ],
    }


def _first_lines(emulator: Emulator) -> list[str]:
    """What is said before everything else where trials are simulated."""
    return [] if emulator.time is None else ["SIMULATED: virtual time, invented metrics, no command ran."]


def _cuts(conn: sqlite3.Connection, sweep: Job) -> dict[int, Decision]:
    """The decisions that stopped trials, by trial."""
    kept = [one.document for one in decisions.history(conn, sweep.id) if one.kind == "policy"]
    return {document["trial"]: Decision(**document) for document in kept if document["cancel"]}


def _finish(conn: sqlite3.Connection, sweep: Job) -> Finish | None:
    if sweep.status not in ENDED:
        return None
    last = events.history(conn, sweep.id)[-1]
    error = sweep.error or {}
    return Finish(sweep.status, error.get("code"), error.get("message") or last.cause or None)


def _trial(conn: sqlite3.Connection, child: Job, objective: Objective, cut: Decision | None) -> ExplainedTrial:
    series = {one.key: one for one in metrics.of(conn, child.id)}
    primary, error = series.get(objective.metric), child.error or {}
    happened = events.history(conn, child.id)
    cause = _stop_cause(happened)
    return ExplainedTrial(
        name=child.name,
        outcome=_outcome(child, error),
        best=primary.best(objective.goal) if primary else None,
        stop_cause=cause,
        decision=cut if cause is StopCause.EARLY_TERMINATION else None,
        metric_names=sorted(series),
        log_tail=error.get("lastLines", [])[-_SHOWN_LINES:],
        attempt=happened[-1].attempt,
    )


def _stop_cause(history: Sequence[Event]) -> StopCause | None:
    """The cause is told with the request and with the end, whichever of them was stored by whom."""
    return next((_CAUSES[event.cause] for event in reversed(history) if event.cause in _CAUSES), None)


def _outcome(child: Job, error: Mapping[str, Any]) -> TrialOutcome | None:
    if child.status not in ENDED:
        return None
    return TrialOutcome(
        child.status,
        exit_code=error.get("exitCode"),
        signal=error.get("signal"),
        message=error.get("message", ""),
        system=error.get("code") == "SystemError",
    )


def provenance(emulator: Emulator, workspace: WorkspaceId, name: str) -> dict[str, Any]:
    """What a rerun needs: how the job was submitted, and the provenance of its trials.

    Parameters:
        emulator: holds the record.
        workspace: of the job.
        name: of the job.

    Returns:
        `choices` of the submitting command; `seed` of a sweep's sampling, its author's or the one it was given;
        `provenance` of its trials, null until it is known.

    Raises:
        Refusal: there is no such job.
    """
    conn = emulator.store.reader()
    job = jobs.find(conn, workspace, name)
    if job is None:
        raise job_not_found(name)
    known = (one.document for one in decisions.history(conn, job.id) if one.kind == KIND)
    return {"name": name, "choices": job.choices.given, "seed": _seed(job), "provenance": next(known, None)}


def _seed(job: Job) -> int | None:
    if job.has_trials and not sampling_algorithm_of(job.body).by_chance:
        return None
    given = (job.body.get("samplingAlgorithm") or {}).get("seed")
    return job.seed if given is None else int(given)
