"""Early termination policies, one file each."""

from __future__ import annotations

from contracts.arm import sweep_algorithms as wire
from emulator.engine.plan import SweepPlan
from emulator.engine.termination.bandit import Bandit
from emulator.engine.termination.base import Policy
from emulator.engine.termination.median_stopping import MedianStopping
from emulator.engine.termination.none import NoTermination
from emulator.engine.termination.truncation_selection import TruncationSelection


def policy_of(plan: SweepPlan) -> Policy:
    """A new policy for a plan, which has seen nothing yet."""
    policy, goal, settings = plan.early_termination, plan.objective.goal, plan.settings
    if policy is None:
        return NoTermination()
    every, delay = policy.evaluation_interval or 0, policy.delay_evaluation or 0
    match policy:
        case wire.BanditPolicy(slack_factor=factor, slack_amount=amount):
            if factor and amount:
                factor, amount = (factor, None) if settings.bandit_both_slacks == "factor" else (None, amount)
            return Bandit(
                goal,
                slack_factor=factor,
                slack_amount=amount,
                evaluation_interval=every,
                delay_evaluation=delay,
                literal=settings.bandit_slack == "literal",
            )
        case wire.MedianStoppingPolicy():
            return MedianStopping(
                goal,
                evaluation_interval=every,
                delay_evaluation=delay,
                includes_itself=settings.median_includes_itself,
            )
        case wire.TruncationSelectionPolicy(truncation_percentage=percentage):
            return TruncationSelection(
                goal,
                truncation_percentage=percentage or 0,
                evaluation_interval=every,
                delay_evaluation=delay,
                excludes_ended=settings.truncation_excludes_ended,
            )
