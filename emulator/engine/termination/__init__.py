"""Early termination policies, one file each, and their registrations."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from contracts.termination_policies import (
    BANDIT,
    MEDIAN_STOPPING,
    TERMINATION_POLICIES,
    TRUNCATION_SELECTION,
    TerminationPolicy,
)
from emulator.engine.plan import SweepPlan
from emulator.engine.termination.bandit import Bandit
from emulator.engine.termination.base import NoTermination, Policy
from emulator.engine.termination.median_stopping import MedianStopping
from emulator.engine.termination.truncation_selection import TruncationSelection

#: Makes a policy from its body, read by its model in `contracts`, and the plan of its sweep.
Maker: TypeAlias = Callable[[Any, SweepPlan], Policy]

_MAKERS: dict[TerminationPolicy, Maker] = {}
_THRESHOLDS: dict[str, str] = {}


def register(
    kind: TerminationPolicy, make: Maker, *, threshold: str = "what it allows among {population} trials"
) -> None:
    """Have sweeps apply a policy.

    Parameters:
        kind: the value of `contracts.termination_policies`.
        make: makes a policy that has seen nothing yet.
        threshold: what its thresholds are, in an explanation; `{population}` stands for the number of trials.

    Raises:
        ValueError: the policy is registered already.
    """
    if kind in _MAKERS:
        raise ValueError(f"the emulator has the policy {kind.name} already")
    _MAKERS[kind] = make
    _THRESHOLDS[kind.name] = threshold


def unregister(kind: TerminationPolicy) -> None:
    """Take back a registration, for tests."""
    del _MAKERS[kind], _THRESHOLDS[kind.name]


def registered() -> tuple[TerminationPolicy, ...]:
    """The policies that sweeps can have."""
    return tuple(_MAKERS)


def threshold_text(policy: str) -> str:
    """What the thresholds of a policy are, by its name."""
    return _THRESHOLDS[policy]


def policy_of(plan: SweepPlan) -> Policy:
    """A new policy for a plan, which has seen nothing yet."""
    given = plan.early_termination
    return NoTermination() if given is None else _MAKERS[TERMINATION_POLICIES[given.policy_type]](given, plan)


def _bandit(given: Any, plan: SweepPlan) -> Policy:
    factor, amount = given.slack_factor, given.slack_amount
    if factor and amount:
        factor, amount = (factor, None) if plan.settings.bandit_both_slacks == "factor" else (None, amount)
    return Bandit(
        plan.objective.goal,
        slack_factor=factor,
        slack_amount=amount,
        literal=plan.settings.bandit_slack == "literal",
        **_intervals(given),
    )


def _median_stopping(given: Any, plan: SweepPlan) -> Policy:
    includes_itself = plan.settings.median_includes_itself
    return MedianStopping(plan.objective.goal, includes_itself=includes_itself, **_intervals(given))


def _truncation_selection(given: Any, plan: SweepPlan) -> Policy:
    return TruncationSelection(
        plan.objective.goal,
        truncation_percentage=given.truncation_percentage or 0,
        excludes_ended=plan.settings.truncation_excludes_ended,
        **_intervals(given),
    )


def _intervals(given: Any) -> dict[str, int]:
    return {
        "evaluation_interval": given.evaluation_interval or 0,
        "delay_evaluation": given.delay_evaluation or 0,
    }


register(BANDIT, _bandit)
register(MEDIAN_STOPPING, _median_stopping, threshold="the median of the running averages of {population} trials")
register(TRUNCATION_SELECTION, _truncation_selection, threshold="the worst value that stays among {population} trials")
