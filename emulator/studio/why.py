"""Why a trial was drawn, and why it was stopped or not: the recorded decisions, as sentences."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from contracts.lifecycle import JobStatus
from contracts.sampling_algorithms import sampling_algorithm_of
from emulator.engine.explain import explain_decision
from emulator.engine.objective import Goal, Objective
from emulator.engine.sampling import sampling_of
from emulator.engine.termination.base import Decision as Verdict
from emulator.storage import decisions, trials
from emulator.storage.decisions import Decision
from emulator.storage.jobs import Job
from emulator.studio.charts.trial_table import TrialTable, objective_of, trial_table

_MOST = 500


@dataclass(frozen=True, slots=True)
class Reason:
    """One decision about a trial: when, what it was, whether it ended the trial."""

    at: float
    kind: str
    text: str
    stops: bool = False


@dataclass(slots=True)
class Group:
    """Trials that ended for the same reason.

    Parameters:
        reason: in a few words.
        trials: (name, particulars, last lines of the log of a failed one) of each.
        saved: of early stopping, about how many seconds of trials it saved: how much shorter than the median completed
            trial they were; None without one.
    """

    reason: str
    trials: list[tuple[str, str, str]]
    saved: float | None


def sampling(sweep: Job, warm_up: int) -> str:
    """How the points of a sweep are drawn, in one sentence.

    Parameters:
        sweep: the job.
        warm_up: number of random trials before Bayesian sampling uses its model.
    """
    return sampling_of(sweep.body["samplingAlgorithm"]).summary.format(seed=_seed(sweep), warm_up=warm_up)


def drawn(conn: sqlite3.Connection, sweep: Job, trial: int, warm_up: int) -> str:
    """Why a trial has the parameters that it has, in one sentence.

    A sampler's answer is a function of seed, index and history, so that nothing has to be recorded of it.

    Parameters:
        conn: a reader.
        sweep: the job.
        trial: index of its trial.
        warm_up: as for `sampling`.
    """
    if not sampling_algorithm_of(sweep.body).learns or trial < warm_up:
        return sampling_of(sweep.body["samplingAlgorithm"]).point.format(number=trial + 1, warm_up=warm_up)
    known = _known_before(trial_table(conn, sweep), trial)
    if not known:
        return "No trial before it had ended with a value, so that the model knew nothing: a random point."
    return f"The model proposed it, knowing {known} trial{'s' * (known > 1)} that had ended with a value."


def _known_before(table: TrialTable, trial: int) -> int:
    """How many trials had ended with a value when this one was made."""
    made = dict(zip(table.trial, table.created, strict=True)).get(trial, 0.0)
    return sum(
        number < trial and value is not None and ended is not None and ended <= made
        for number, ended, value in zip(table.trial, table.ended, table.objective, strict=True)
    )


def _seed(sweep: Job) -> str:
    given = (sweep.body.get("samplingAlgorithm") or {}).get("seed")
    return f"seed {given}" if given is not None else f"seed {sweep.seed}, which the emulator chose"


def grouped(explanation: Mapping[str, Any], table: TrialTable) -> list[Group]:
    """The trials that did not complete, by reason, the most frequent first.

    Parameters:
        explanation: as `emulator.services.jobs.explanation` gives it.
        table: the trials of the same sweep.
    """
    lasted = {
        name: ended - started
        for name, started, ended in zip(table.name, table.started, table.ended, strict=True)
        if started is not None and ended is not None
    }
    whole = [lasted[trial["name"]] for trial in explanation["trials"] if _completed(trial) and trial["name"] in lasted]
    usual = median(whole) if whole else None
    found: dict[str, Group] = {}
    for trial in explanation["trials"]:
        reason = _reason_of_end(trial)
        if reason is None:
            continue
        group = found.setdefault(reason, Group(reason, [], 0.0 if trial["decision"] and usual is not None else None))
        group.trials.append((trial["name"], trial["reason"], "\n".join(trial["log_tail"])))
        if group.saved is not None and usual is not None:
            group.saved += max(0.0, usual - lasted.get(trial["name"], usual))
    return sorted(found.values(), key=lambda group: -len(group.trials))


def summary(explanation: Mapping[str, Any]) -> list[str]:
    """The lines of a sweep's explanation that are about the sweep, not about one of its trials.

    Parameters:
        explanation: as `emulator.services.jobs.explanation` gives it.
    """
    names = {trial["name"] for trial in explanation["trials"]}
    return [
        line for line in explanation["lines"] if not line.startswith("    ") and line.partition(" ")[0] not in names
    ]


def _completed(trial: Mapping[str, Any]) -> bool:
    return trial["outcome"] is not None and trial["outcome"]["status"] == JobStatus.COMPLETED


def _reason_of_end(trial: Mapping[str, Any]) -> str | None:
    """What trials that ended alike have in common; None of one that goes on, or completed with a value."""
    outcome = trial["outcome"]
    if outcome is None:
        return None
    if trial["decision"] is not None:
        return f"Stopped early by {trial['decision']['policy']}"
    if trial["stop_cause"] is not None:
        return f"Stopped: {trial['stop_cause']}"
    if not _completed(trial):
        first = (outcome["message"] or "").strip().split("\n")[0]
        return f"{outcome['status']}: {first}" if first else str(outcome["status"])
    return None if trial["best"] is not None else "Completed without logging the primary metric"


def about_trial(conn: sqlite3.Connection, sweep: Job, trial: int) -> list[Reason]:
    """Every decision about one trial, in order, no more than five hundred."""
    names = [row.name for row in trials.rows(conn, sweep.id)]
    return [_reason(sweep, decision, names) for decision in decisions.about(conn, sweep.id, trial, _MOST)]


def _reason(sweep: Job, decision: Decision, names: Sequence[str]) -> Reason:
    told = decision.document
    if decision.kind != "policy":
        return Reason(decision.at, decision.kind, _plainly(told))
    metric, goal = objective_of(sweep)
    verdict = Verdict(**told)
    return Reason(
        decision.at,
        verdict.policy,
        explain_decision(verdict, Objective(metric, Goal(goal)), names),
        verdict.cancel,
    )


def _plainly(document: Mapping[str, Any]) -> str:
    return ", ".join(f"{key} {value}" for key, value in document.items() if key != "trial")
