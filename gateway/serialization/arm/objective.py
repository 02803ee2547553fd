"""Objectives."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gateway.entities.objective import Objective
from gateway.exceptions import ErrorTarget, ValidationErrorType, ValidationException, unfit
from gateway.serialization.arm.plain import present


def objective_to_arm(objective: Objective | None) -> dict[str, Any] | None:
    """The objective as it travels.

    Raises:
        ValidationException: it is none, or has no goal.
    """
    if not objective:
        return None
    if not isinstance(objective, Objective):
        raise unfit("objective", objective, "Objective('maximize', 'accuracy')", target=ErrorTarget.SWEEP_JOB)
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
