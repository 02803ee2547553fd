"""Objective, sampling algorithm and early termination policy of a sweep."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from gateway.entities.sweep_settings import (
    POLICIES,
    SAMPLING_ALGORITHMS,
    EarlyTerminationPolicy,
    Objective,
    SamplingAlgorithm,
)
from gateway.exceptions import ErrorTarget, ValidationErrorType, ValidationException, invalid_value
from gateway.serialization.arm.plain import camel, present


def objective_to_arm(objective: Objective | None) -> dict[str, Any] | None:
    """The objective as it travels.

    Raises:
        ValidationException: it is not an Objective, or has no goal.
    """
    if not objective:
        return None
    if not isinstance(objective, Objective):
        raise invalid_value("objective", objective, "Objective('maximize', 'accuracy')", target=ErrorTarget.SWEEP_JOB)
    if objective.goal is None:
        raise ValidationException(
            "objective.goal is missing; it is 'minimize' or 'maximize'.",
            target=ErrorTarget.SWEEP_JOB,
            error_type=ValidationErrorType.MISSING_FIELD,
        )
    return present({"goal": objective.goal, "primaryMetric": objective.primary_metric})


def objective_from_arm(body: Mapping[str, Any] | None) -> Objective | None:
    """The objective of a body; the service capitalises the goal, the entity has it in lower case."""
    return Objective(goal=body.get("goal"), primary_metric=body.get("primaryMetric")) if body else None


def sampling_algorithm_to_arm(algorithm: str | SamplingAlgorithm | None) -> dict[str, Any] | None:
    """The algorithm as it travels, from an object or its name."""
    if not algorithm:
        return None
    if isinstance(algorithm, str):
        return {"samplingAlgorithmType": algorithm.lower().capitalize()}
    if algorithm.type is None:
        return None
    body = {_member(name): getattr(algorithm, name) for name in algorithm.members}
    body["samplingAlgorithmType"] = algorithm.type.capitalize()
    return present(body)


def sampling_algorithm_from_arm(body: Mapping[str, Any] | None) -> SamplingAlgorithm | None:
    """The algorithm of a body; None for one that is not known."""
    cls = SAMPLING_ALGORITHMS.get(str(body.get("samplingAlgorithmType")).lower()) if body else None
    return cls(**{name: body.get(_member(name)) for name in cls.members if name != "type"}) if body and cls else None


def _member(name: str) -> str:
    return "samplingAlgorithmType" if name == "type" else camel(name)


def _policy_name(cls: type[EarlyTerminationPolicy]) -> str:
    return cls.__name__.removesuffix("Policy")


@cache
def _policy_form(kind: str) -> tuple[str, list[tuple[str, str]]]:
    """The name of a policy on the wire, and the names of its fields there and here, in the order that is sent."""
    make: Callable[[], EarlyTerminationPolicy] = POLICIES[kind]
    return _policy_name(POLICIES[kind]), [(camel(name), name) for name in vars(make()) if name != "type"]


def policy_to_arm(policy: str | EarlyTerminationPolicy | None) -> dict[str, Any] | None:
    """The policy as it travels; zeros stay, what is None is left out."""
    if policy is None or isinstance(policy, str):
        return None
    kind, names = _policy_form(policy.kind)
    fields = {wire: getattr(policy, name) for wire, name in names}
    fields["policyType"] = kind
    return present(fields)


def policy_from_arm(body: Mapping[str, Any] | None) -> EarlyTerminationPolicy | None:
    """The policy of a body; None for one that is not known."""
    wanted = body.get("policyType") if body else None
    make: Callable[[], EarlyTerminationPolicy] | None = next(
        (cls for cls in POLICIES.values() if _policy_name(cls) == wanted), None
    )
    if not body or make is None:
        return None
    policy = make()
    for wire, name in _policy_form(policy.kind)[1]:
        setattr(policy, name, body.get(wire))
    return policy
