from __future__ import annotations

from typing import Any

import pytest


@pytest.mark.parametrize(
    ("policy", "codes"),
    [
        ({"policyType": "MedianStopping"}, []),
        ({"policyType": "Bandit", "slackFactor": 0.1, "slackAmount": 0}, []),
        ({"policyType": "Bandit"}, [("BanditWithoutSlack", "warning")]),
        ({"policyType": "Bandit", "slackFactor": 0, "slackAmount": 0}, [("BanditWithoutSlack", "warning")]),
        ({"policyType": "Bandit", "slackFactor": 1, "slackAmount": 1}, [("BanditWithTwoSlacks", "warning")]),
        ({"policyType": "Bandit", "slackAmount": -1}, [("NegativeValue", "warning")]),
        ({"policyType": "MedianStopping", "delayEvaluation": -1}, [("NegativeValue", "warning")]),
        ({"policyType": "TruncationSelection"}, [("Missing", "error")]),
        ({"policyType": "TruncationSelection", "truncationPercentage": 0}, [("PercentageOutOfRange", "error")]),
        ({"policyType": "TruncationSelection", "truncationPercentage": 1}, []),
        ({"policyType": "TruncationSelection", "truncationPercentage": 99}, []),
        ({"policyType": "TruncationSelection", "truncationPercentage": 100}, [("PercentageOutOfRange", "error")]),
        ({"policyType": "Hope"}, [("InvalidEnumValue", "error")]),
    ],
)
def test_a_policy_is_judged_by_what_it_can_do(check: Any, policy: Any, codes: list[tuple[str, str]]) -> None:
    assert [(found.code, found.severity) for found in check(earlyTermination=policy)] == codes


def test_bayesian_sampling_with_a_policy_is_only_pointed_out(check: Any) -> None:
    findings = check(
        earlyTermination={"policyType": "MedianStopping"}, samplingAlgorithm={"samplingAlgorithmType": "Bayesian"}
    )
    assert [(found.code, found.severity) for found in findings] == [("BayesianWithPolicy", "warning")]
