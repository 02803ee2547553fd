"""How a sweep ends: the status and message of the parent for each situation, as one table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import StrEnum

from contracts.diagnostics.shortening import listed
from contracts.diagnostics.suggestions import by_likeness
from contracts.lifecycle import JobStatus
from emulator.engine.actions import Finish
from emulator.engine.plan import SweepPlan
from emulator.engine.settings import Evidence
from emulator.engine.trial import TrialOutcome


class Reason(StrEnum):
    """Why a sweep is over."""

    TRIALS_DONE = "trials done"
    METRIC_NEVER_LOGGED = "metric never logged"
    ALL_CANCELED = "all trials canceled"
    INITIAL_FAILURES = "initial failures"
    USER_ERRORS = "user errors"
    SYSTEM_ERRORS = "system errors"
    SAMPLING_FAILED = "sampling failed"
    TIMEOUT = "timeout"
    CANCELED = "canceled"


@dataclass(frozen=True, slots=True)
class Ending:
    """One row of the table of endings.

    Parameters:
        situation: when it applies.
        status: the last status of the parent.
        code: of its error.
        message: of its error or remark, with the fields metric, logged, trials, timeout and failure.
        evidence: for the status.
    """

    situation: str
    status: JobStatus
    code: str | None
    message: str | None
    evidence: Evidence


ENDINGS: Mapping[Reason, Ending] = {
    Reason.TRIALS_DONE: Ending(
        "all trials drawn and ended (the maximum reached or the space exhausted), at least one Completed and the "
        "primary metric logged; others may have failed or been canceled",
        JobStatus.COMPLETED,
        None,
        None,
        "recorded",
    ),
    Reason.METRIC_NEVER_LOGGED: Ending(
        "as above, but no trial ever logged the primary metric: there is no best trial",
        JobStatus.COMPLETED,
        None,
        "None of the {trials} trials logged the primary metric '{metric}'; {logged}.",
        "inferred",
    ),
    Reason.ALL_CANCELED: Ending(
        "every trial was canceled one by one (by the policy, trial_timeout or the user), none failed",
        JobStatus.COMPLETED,
        None,
        None,
        "inferred",
    ),
    Reason.INITIAL_FAILURES: Ending(
        "the first trials (one batch, at most `initial_failures`) all failed before any trial completed: the rest is "
        "stopped, no more are drawn",
        JobStatus.FAILED,
        "UserError",
        "Marking the experiment as failed because initial child jobs have failed due to user error",
        "inferred",
    ),
    Reason.USER_ERRORS: Ending(
        "all trials ended, none Completed, at least one failed by its own doing",
        JobStatus.FAILED,
        "UserError",
        "User errors were found in at least one of the child runs.",
        "inferred",
    ),
    Reason.SYSTEM_ERRORS: Ending(
        "all trials ended, none Completed, and those that failed did so for want of the machine (disk full, no "
        "interpreter)",
        JobStatus.FAILED,
        "SystemError",
        "System errors were found in at least one of the child runs.",
        "inferred",
    ),
    Reason.SAMPLING_FAILED: Ending(
        "the sampling algorithm could not make the next trial, by a fault of the emulator: the rest is stopped",
        JobStatus.FAILED,
        "SystemError",
        "The sampling algorithm failed: {failure}.",
        "inferred",
    ),
    Reason.TIMEOUT: Ending(
        "the timeout of the sweep came first: its trials are canceled (the status is the setting `timeout_status`)",
        JobStatus.CANCELED,
        None,
        "The sweep reached its timeout of {timeout:g} s; its unfinished trials were canceled.",
        "inferred",
    ),
    Reason.CANCELED: Ending(
        "the sweep was canceled, also when its last trials completed before they could be stopped",
        JobStatus.CANCELED,
        None,
        None,
        "documented",
    ),
}


def reason_of(outcomes: Sequence[TrialOutcome], *, metric_logged: bool) -> Reason:
    """Why a sweep ends whose trials have all been drawn and have all ended."""
    statuses = {outcome.status for outcome in outcomes}
    if JobStatus.COMPLETED in statuses:
        return Reason.TRIALS_DONE if metric_logged else Reason.METRIC_NEVER_LOGGED
    if JobStatus.FAILED not in statuses:
        return Reason.ALL_CANCELED
    only_system = all(outcome.system for outcome in outcomes if outcome.status is JobStatus.FAILED)
    return Reason.SYSTEM_ERRORS if only_system else Reason.USER_ERRORS


def finish_for(
    reason: Reason, plan: SweepPlan, *, trials: int, metric_names: AbstractSet[str], failure: str = ""
) -> Finish:
    """The last action of a sweep.

    Parameters:
        reason: why it is over.
        plan: what it was to do.
        trials: how many trials it had.
        metric_names: every metric that any of them logged.
        failure: of the sampling algorithm.
    """
    ending = ENDINGS[reason]
    metric = plan.objective.metric
    message = ending.message and ending.message.format(
        metric=metric, logged=logged_instead(metric, metric_names), trials=trials, timeout=plan.timeout, failure=failure
    )
    status = JobStatus(plan.settings.timeout_status) if reason is Reason.TIMEOUT else ending.status
    return Finish(status, ending.code, message)


def logged_instead(metric: str, names: AbstractSet[str]) -> str:
    """What to say of the metrics that were logged when the primary one was not, the nearest name first."""
    if not names:
        return "no metric was logged at all"
    if metric in names:
        return "it never was a finite number"
    return "logged were " + listed([f"'{name}'" for name in by_likeness(metric, names)])
