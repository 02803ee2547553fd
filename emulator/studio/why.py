"""Why a trial was drawn, and why it was stopped or not: the recorded decisions, as sentences."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from emulator.engine.explain import explain_decision
from emulator.engine.objective import Goal, Objective
from emulator.engine.termination.base import Decision as Verdict
from emulator.store import decisions, trials
from emulator.store.decisions import Decision
from emulator.store.jobs import Job
from emulator.studio.trial_table import objective_of

_MOST = 500


@dataclass(frozen=True, slots=True)
class Reason:
    """One decision about a trial: when, what it was, whether it ended the trial."""

    at: float
    kind: str
    text: str
    stops: bool = False


def sampling(sweep: Job) -> str:
    """How the points of a sweep are drawn, in one sentence."""
    algorithm = sweep.body.get("samplingAlgorithm") or {}
    kind = str(algorithm.get("samplingAlgorithmType") or "Random")
    rule = str(algorithm.get("rule") or "random").lower()
    given = algorithm.get("seed")
    seed = f"seed {given}" if given is not None else f"seed {sweep.seed}, which the emulator chose"
    match kind.lower(), rule:
        case "grid", _:
            return "Grid: every combination of the choices, in the order of the search space, the last one fastest."
        case "bayesian", _:
            return f"Bayesian: each point from a model of all trials before it ({seed})."
        case _, "sobol":
            return f"Sobol: the next point of a sequence that fills the search space evenly ({seed})."
    return f"Random: each point drawn from the distributions of the search space ({seed})."


def linked(story: Mapping[str, Any]) -> list[tuple[str | None, str]]:
    """The lines of a sweep's story, each with the name of the trial that it begins with taken off.

    Parameters:
        story: as `emulator.operations.story` tells it.
    """
    names = {trial["name"] for trial in story["trials"]}
    lines = []
    for line in story["lines"]:
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
