"""The worked examples of docs/early-termination.md, recomputed."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from emulator.engine.plan import SweepPlan
from emulator.engine.termination import policy_of

PAGE = Path(__file__).parents[4] / "docs" / "early-termination.md"
EXAMPLES = [yaml.safe_load(block) for block in re.findall(r"```yaml\n(.*?)```", PAGE.read_text(), re.DOTALL)]


def test_the_page_has_an_example_for_each_policy() -> None:
    kinds = {example["policy"]["policyType"] for example in EXAMPLES}
    assert kinds == {"Bandit", "MedianStopping", "TruncationSelection"}


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: str(example["policy"])[:60])
def test_each_example_is_reproduced_to_the_digit(make_plan: Callable[..., SweepPlan], example: dict[str, Any]) -> None:
    policy = policy_of(make_plan(goal=example["goal"], policy=example["policy"]))
    stopped: dict[str, dict[str, float | None]] = {}
    for index, (name, values) in enumerate(example["trials"].items()):
        decisions = [decision for value in values if (decision := policy.observe(index, value))]
        policy.ended(index)
        cut = next((decision for decision in decisions if decision.cancel), None)
        if cut:
            stopped[name] = {"interval": cut.interval, "value": cut.value, "threshold": cut.threshold}
    assert stopped == example["stopped"]
