"""The gateway and the official SDK make the same body of the same description."""

from __future__ import annotations

import inspect
import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given

import gateway.sweep
from gateway.entities.search_space import DISTRIBUTIONS
from tests.gateway.serialization.arm.descriptions import REFUSED, Made, arguments_of, gateway_bytes, sdk_bytes
from tests.gateway.serialization.arm.strategies import jobs

pytestmark = [pytest.mark.oracle]


@pytest.fixture(scope="module")
def exercised(sdk: None) -> Iterator[Counter[str]]:
    """How often each class x argument was exercised; printed at the end (`pytest -s`)."""
    seen: Counter[str] = Counter()
    yield seen
    print("\nclass x argument exercised:")
    for name in sorted(seen):
        print(f"{seen[name]:7}  {name}")


def test_bodies_are_those_of_the_official_sdk_in_each_value_and_the_order_of_keys(exercised: Counter[str]) -> None:
    @given(jobs)
    def check(described: Made) -> None:
        arguments_of(described, exercised)
        assert_same_body(described)

    check()


@pytest.mark.parametrize("timeout", [0.5, 90.25, 3600.0, -1.5])
def test_fractions_of_a_second_travel_as_with_the_official_sdk(sdk: None, timeout: float) -> None:
    limits = Made("CommandJobLimits", {"timeout": timeout})
    assert_same_body(Made("CommandJob", {"command": "echo", "environment": "e:1", "limits": limits}))


POLICIES = ("BanditPolicy", "MedianStoppingPolicy", "TruncationSelectionPolicy")


@pytest.mark.parametrize("policy", POLICIES)
def test_every_argument_of_every_class_travels_as_with_the_official_sdk(exercised: Counter[str], policy: str) -> None:
    described = whole_sweep(policy)
    arguments_of(described, exercised)
    assert_same_body(described)


def test_the_whole_sweeps_leave_no_argument_out() -> None:
    seen: Counter[str] = Counter()
    for policy in POLICIES:
        arguments_of(whole_sweep(policy), seen)
    expected = {
        f"{name}({parameter})"
        for name in gateway.sweep.__all__
        for parameter, details in inspect.signature(getattr(gateway.sweep, name)).parameters.items()
        if details.kind is not details.VAR_KEYWORD
    }
    assert expected - seen.keys() == set()


def whole_sweep(policy: str) -> Made:
    """A sweep in which every class of `gateway.sweep` has all of its arguments."""
    return Made(
        "SweepJob",
        {
            **dict.fromkeys(("name", "display_name", "description", "experiment_name", "compute"), "text"),
            "tags": {"a": "b"},
            "trial": Made("CommandJob", {"command": "python train.py", "environment": "e:1"}),
            "search_space": {kind: whole(cls.__name__) for kind, cls in DISTRIBUTIONS.items()},
            "sampling_algorithm": whole("RandomSamplingAlgorithm", rule="sobol"),
            "objective": whole("Objective", goal="Maximize", primary_metric="m"),
            "limits": whole("SweepJobLimits"),
            "early_termination": whole(policy),
            "inputs": {"n": 3},
            "outputs": {"m": Made("Output", {"type": "mlflow_model"})},
            "identity": Made("UserIdentityConfiguration", {}),
            "queue_settings": Made("QueueSettings", {"job_tier": "spot", "priority": "low"}),
            "resources": Made("JobResourceConfiguration", {"instance_count": 2}),
        },
    )


def whole(name: str, **arguments: Any) -> Made:
    """A call with all of its arguments: a list of values for a choice, numbers for all else."""
    parameters = inspect.signature(getattr(gateway.sweep, name)).parameters
    numbers = {
        key: [1, "a"] if key == "values" else place + 1 for place, key in enumerate(parameters) if key != "kwargs"
    }
    return Made(name, {**numbers, **arguments})


def assert_same_body(described: Made) -> None:
    """Both libraries send the same, or both refuse."""
    ours, theirs = gateway_bytes(described), sdk_bytes(described)
    if REFUSED not in (ours, theirs):
        assert json.loads(ours) == json.loads(theirs)
        ours = json.dumps(json.loads(ours)).encode()
    assert ours == theirs
