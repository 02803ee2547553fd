"""The explanation of a sweep, in lines of text: why each trial ended as it did, and why the best is the best."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from contracts.lifecycle import JobStatus
from emulator.engine.actions import Finish, StopCause
from emulator.engine.ending import logged_instead
from emulator.engine.objective import Goal, Objective
from emulator.engine.termination import threshold_text
from emulator.engine.termination.base import Decision
from emulator.engine.trial import TrialOutcome


@dataclass(frozen=True, slots=True)
class ExplainedTrial:
    """What was recorded of one trial.

    Parameters:
        name: of its job.
        outcome: how it ended; None while it goes on.
        best: the best value of the primary metric it logged.
        stop_cause: why it was stopped.
        decision: the decision that stopped it.
        metric_names: every metric it logged.
        log_tail: the last lines of its log.
        attempt: which attempt it is at, or was at the end.
    """

    name: str
    outcome: TrialOutcome | None = None
    best: float | None = None
    stop_cause: StopCause | None = None
    decision: Decision | None = None
    metric_names: Sequence[str] = ()
    log_tail: Sequence[str] = ()
    attempt: int = 1

    @property
    def completed(self) -> bool:
        """Whether it ended well."""
        return self.outcome is not None and self.outcome.status is JobStatus.COMPLETED


def explain(
    objective: Objective,
    trials: Sequence[ExplainedTrial],
    finish: Finish | None,
    *,
    best_among: Literal["all", "completed"] = "all",
) -> list[str]:
    """The explanation of a sweep.

    Parameters:
        objective: what it optimised.
        trials: all of them, by index.
        finish: how it ended; None while it goes on.
        best_among: the setting of that name.
    """
    names = [trial.name for trial in trials]
    lines = [_headline(trials, finish)]
    if finish and finish.message:
        lines.append(finish.message)
    lines += _about_best(objective, trials, completed_only=best_among == "completed")
    for trial in trials:
        lines += _about_trial(objective, trial, names)
    return lines


def reason_of(objective: Objective, trial: ExplainedTrial, names: Sequence[str]) -> str:
    """Why a trial did not complete; nothing of one that did, or goes on.

    Parameters:
        objective: of the sweep.
        trial: the trial.
        names: of all trials, by index.
    """
    if trial.outcome is None or trial.completed:
        return ""
    return " ".join(_reasons(objective, trial, names))


def _reasons(objective: Objective, trial: ExplainedTrial, names: Sequence[str]) -> list[str]:
    reasons = [trial.outcome.message] if trial.outcome and trial.outcome.message else []
    if trial.decision is not None:
        reasons.append(explain_decision(trial.decision, objective, names) + ".")
    elif trial.stop_cause is not None:
        reasons.append(f"Stopped by: {trial.stop_cause}.")
    return reasons


def explain_decision(decision: Decision, objective: Objective, names: Sequence[str]) -> str:
    """Why a policy canceled a trial, or did not.

    Parameters:
        decision: what was recorded.
        objective: of the sweep.
        names: of all trials, by index.
    """
    metric = objective.metric
    at = f"{decision.policy} at interval {decision.interval}: its best {metric} {decision.value:g}"
    if decision.threshold is None:
        return f"{at} had nothing to be compared with"
    relation = {
        (Goal.MAXIMIZE, True): "is below",
        (Goal.MAXIMIZE, False): "is not below",
        (Goal.MINIMIZE, True): "is above",
        (Goal.MINIMIZE, False): "is not above",
    }[objective.goal, decision.cancel]
    return f"{at} {relation} {decision.threshold:g}, {_origin(decision, names)}"


def _origin(decision: Decision, names: Sequence[str]) -> str:
    if decision.leader is not None:
        return f"the slack allowed behind {names[decision.leader]} ({decision.reference:g} at that interval)"
    return threshold_text(decision.policy).format(population=decision.population)


def _headline(trials: Sequence[ExplainedTrial], finish: Finish | None) -> str:
    counts: dict[str, int] = {}
    for trial in trials:
        status = str(trial.outcome.status) if trial.outcome else "not ended"
        counts[status] = counts.get(status, 0) + 1
    summary = ", ".join(f"{count} {status}" for status, count in counts.items()) or "none drawn"
    return f"The sweep {f'ended {finish.status}' if finish else 'goes on'}; {len(trials)} trials: {summary}."


def _about_best(objective: Objective, trials: Sequence[ExplainedTrial], *, completed_only: bool) -> Iterable[str]:
    candidates = [(trial.best, trial) for trial in trials if trial.best is not None]
    if completed_only:
        candidates = [(value, trial) for value, trial in candidates if trial.completed]
    # The sort is stable: of equal values the lower index is best, as in `BestTrial`.
    ranked = sorted(candidates, key=lambda candidate: -objective.goal.sign * candidate[0])
    if not ranked:
        return
    (value, best), rest = ranked[0], ranked[1:]
    extreme = "highest" if objective.goal is Goal.MAXIMIZE else "lowest"
    whose = "any completed trial" if completed_only else "any trial"
    line = f"Best is {best.name}: {value:g} is the {extreme} {objective.metric} that {whose} ever logged"
    yield f"{line}; next is {rest[0][1].name} with {rest[0][0]:g}." if rest else f"{line}."


def _about_trial(objective: Objective, trial: ExplainedTrial, names: Sequence[str]) -> Iterable[str]:
    outcome = trial.outcome
    if outcome is None or (trial.completed and trial.best is not None):
        return
    reasons = _reasons(objective, trial, names)
    if trial.best is None:
        instead = logged_instead(objective.metric, set(trial.metric_names))
        reasons.append(f"It did not log the primary metric '{objective.metric}'; {instead}.")
    yield f"{trial.name} {outcome.status}: {' '.join(reasons)}"
    if outcome.status is JobStatus.FAILED:
        yield from (f"    {line}" for line in trial.log_tail)
