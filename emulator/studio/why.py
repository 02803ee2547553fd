"""Why a trial was drawn, and why it was stopped or not: the recorded decisions, as sentences."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from emulator.engine.explain import explain_decision
from emulator.engine.objective import Goal, Objective
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


def sampling(sweep: Job, warm_up: int) -> str:
    """How the points of a sweep are drawn, in one sentence.

    Parameters:
        sweep: the job.
        warm_up: number of random trials before Bayesian sampling uses its model.
    """
    seed = _seed(sweep)
    match _algorithm(sweep):
        case "grid":
            return "Grid: every combination of the choices, in the order of the search space, the last one fastest."
        case "bayesian":
            return f"Bayesian: the first {warm_up} at random, then each from a model of all trials before it ({seed})."
        case "sobol":
            return f"Sobol: the next point of a sequence that fills the search space evenly ({seed})."
    return f"Random: each point drawn from the distributions of the search space ({seed})."


def drawn(conn: sqlite3.Connection, sweep: Job, trial: int, warm_up: int) -> str:
    """Why a trial has the parameters that it has, in one sentence.

    A sampler's answer is a function of seed, index and history, so that nothing has to be recorded of it.

    Parameters:
        conn: a reader.
        sweep: the job.
        trial: index of its trial.
        warm_up: as for `sampling`.
    """
    match _algorithm(sweep):
        case "grid":
            return f"This is combination {trial + 1}."
        case "sobol":
            return f"This is point {trial + 1} of the sequence; no other trial counts for it."
        case "bayesian" if trial < warm_up:
            return f"This is random point {trial + 1} of {warm_up}, before the model is asked."
        case "bayesian":
            known = _known_before(trial_table(conn, sweep), trial)
            if not known:
                return "No trial before it had ended with a value, so that the model knew nothing: a random point."
            return f"The model proposed it, knowing {known} trial{'s' * (known > 1)} that had ended with a value."
    return f"This is random point {trial + 1}; no other trial counts for it."


def _known_before(table: TrialTable, trial: int) -> int:
    """How many trials had ended with a value when this one was made."""
    made = dict(zip(table.trial, table.created, strict=True)).get(trial, 0.0)
    return sum(
        number < trial and value is not None and ended is not None and ended <= made
        for number, ended, value in zip(table.trial, table.ended, table.objective, strict=True)
    )


def _algorithm(sweep: Job) -> str:
    algorithm = sweep.body.get("samplingAlgorithm") or {}
    kind = str(algorithm.get("samplingAlgorithmType") or "Random").lower()
    is_sobol = kind == "random" and str(algorithm.get("rule") or "random").lower() == "sobol"
    return "sobol" if is_sobol else kind


def _seed(sweep: Job) -> str:
    given = (sweep.body.get("samplingAlgorithm") or {}).get("seed")
    return f"seed {given}" if given is not None else f"seed {sweep.seed}, which the emulator chose"


def linked(explanation: Mapping[str, Any]) -> list[tuple[str | None, str]]:
    """The lines of a sweep's explanation, each with the name of the trial that it begins with taken off.

    Parameters:
        explanation: as `emulator.services.jobs.explanation` gives it.
    """
    names = {trial["name"] for trial in explanation["trials"]}
    lines = []
    for line in explanation["lines"]:
        name, _, rest = line.partition(" ")
        lines.append((name, rest) if name in names else (None, line))
    return lines


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
