"""The early termination policy."""

from __future__ import annotations

from contracts.rules.finding import Node
from contracts.sampling_algorithms import SAMPLING_ALGORITHMS
from contracts.termination_policies import TERMINATION_POLICIES


def check_termination(properties: Node) -> None:
    """Refuse impossible percentages; point out policies that do nothing or that clash with the algorithm.

    Source: docs page how-to-tune-hyperparameters. Accepted with a warning: Bayesian sampling with a policy, Bandit
    with neither slack. Negative intervals and slacks are undocumented and pass with a warning.
    """
    policy = properties["earlyTermination"]
    if not policy.mapping:
        return
    algorithm = SAMPLING_ALGORITHMS.get(properties["samplingAlgorithm"]["samplingAlgorithmType"].text or "")
    if algorithm is not None and algorithm.learns:
        policy.warning(
            "BayesianWithPolicy",
            f"{algorithm.name} sampling learns from trials that end; a policy takes them away.",
            "Leave the policy out.",
        )
    _check_positive(policy, "delayEvaluation", "evaluationInterval")
    kind = TERMINATION_POLICIES.get(policy["policyType"].text or "")
    if kind is not None and kind.check is not None:
        kind.check()(policy)


def check_bandit(policy: Node) -> None:
    """Exactly one slack counts."""
    _check_positive(policy, "slackFactor", "slackAmount")
    factor, amount = policy["slackFactor"].value, policy["slackAmount"].value
    if not factor and not amount:
        policy.warning("BanditWithoutSlack", "Without a slack it never cancels.", "Give slackFactor or slackAmount.")
    elif factor and amount:
        policy.warning(
            "BanditWithTwoSlacks",
            "Both slackFactor and slackAmount are given; which one counts is not documented.",
            "Give one of them.",
        )


def check_truncation_selection(policy: Node) -> None:
    """The percentage is required, and neither none nor all of the trials."""
    node = policy["truncationPercentage"]
    if node.value is None:
        node.error("Missing", "It is required and absent.", "Give a percentage from 1 to 99.")
    elif node.integer is not None and not 1 <= node.integer <= 99:
        node.error("PercentageOutOfRange", f"{node.integer} % of the trials.", "Give a percentage from 1 to 99.")


def _check_positive(policy: Node, *keys: str) -> None:
    for key in keys:
        if (policy[key].number or 0) < 0:
            policy[key].warning("NegativeValue", f"{key} is {policy[key].value}.", "Give 0 or more.")
