"""The search of a sweep: the common part of sweep jobs and sweep nodes."""

from __future__ import annotations

from typing import Any

from gateway.entities.job_settings import JobResourceConfiguration, QueueSettings, SweepJobLimits, resources_of
from gateway.entities.resource import Coerced
from gateway.entities.sweep_settings import (
    POLICIES,
    SAMPLING_ALGORITHMS,
    BanditPolicy,
    EarlyTerminationPolicy,
    Objective,
    SamplingAlgorithm,
)
from gateway.exceptions import ErrorTarget, ValidationException, is_official, kind_of


class ParameterizedSweep:
    """The search of a sweep; parameters as in SweepJob."""

    resources = Coerced(resources_of, "Compute resources of the sweep.")

    def __init__(
        self,
        limits: SweepJobLimits | None = None,
        sampling_algorithm: str | SamplingAlgorithm | None = None,
        objective: dict[str, Any] | Objective | None = None,
        early_termination: Any = None,
        search_space: dict[str, Any] | None = None,
        queue_settings: QueueSettings | None = None,
        resources: dict[str, Any] | JobResourceConfiguration | None = None,
    ) -> None:
        self.sampling_algorithm = sampling_algorithm
        self.early_termination = early_termination
        self._limits = limits
        self.search_space = search_space
        self.queue_settings = queue_settings
        self.objective = Objective(**objective) if isinstance(objective, dict) else objective
        self.resources = resources

    @property
    def sampling_algorithm(self) -> str | SamplingAlgorithm | None:
        """How trials are chosen: an object, or its name in any case."""
        return self._sampling_algorithm

    @sampling_algorithm.setter
    def sampling_algorithm(self, value: str | SamplingAlgorithm | None) -> None:
        known = value.lower() in SAMPLING_ALGORITHMS if isinstance(value, str) else isinstance(value, SamplingAlgorithm)
        if value is not None and not known:
            allowed = ", ".join(SAMPLING_ALGORITHMS)
            given = kind_of(value) if is_official(value) else value
            raise _invalid(f"unsupported sampling algorithm: {given}; sampling_algorithm is one of {allowed}.")
        self._sampling_algorithm = value

    @property
    def early_termination(self) -> str | EarlyTerminationPolicy | None:
        """The policy that ends trials early."""
        return self._early_termination

    @early_termination.setter
    def early_termination(self, value: Any) -> None:
        self._early_termination: str | EarlyTerminationPolicy | None = policy_of(value)

    @property
    def limits(self) -> SweepJobLimits | None:
        """Limits of the sweep."""
        return self._limits

    @limits.setter
    def limits(self, value: SweepJobLimits) -> None:
        if not isinstance(value, SweepJobLimits):
            raise _invalid(f"limits must be SweepJobLimits but is {kind_of(value)}: SweepJobLimits(timeout=...).")
        self._limits = value

    def set_resources(
        self,
        *,
        instance_type: str | list[str] | None = None,
        instance_count: int | None = None,
        locations: list[str] | None = None,
        properties: dict[str, Any] | None = None,
        docker_args: str | None = None,
        shm_size: str | None = None,
    ) -> None:
        """Set resources; what is None stays as it is. Parameters as in JobResourceConfiguration."""
        if self.resources is None:
            self.resources = JobResourceConfiguration()
        _set(
            self.resources,
            locations=locations,
            instance_type=instance_type,
            instance_count=instance_count,
            properties=properties,
            docker_args=docker_args,
            shm_size=shm_size,
        )

    def set_limits(
        self,
        *,
        max_concurrent_trials: int | None = None,
        max_total_trials: int | None = None,
        timeout: int | None = None,
        trial_timeout: int | None = None,
    ) -> None:
        """Set limits; what is None stays as it is. Parameters as in SweepJobLimits."""
        if self._limits is None:
            self._limits = SweepJobLimits()
        _set(
            self._limits,
            max_concurrent_trials=max_concurrent_trials,
            max_total_trials=max_total_trials,
            timeout=timeout,
            trial_timeout=trial_timeout,
        )

    def set_objective(self, *, goal: str | None = None, primary_metric: str | None = None) -> None:
        """Set the objective; what is None stays as it is. Parameters as in Objective."""
        if self.objective is None:
            self.objective = Objective(goal=goal, primary_metric=primary_metric)
            return
        if goal:
            self.objective.goal = goal
        if primary_metric:
            self.objective.primary_metric = primary_metric


def policy_of(value: Any) -> EarlyTerminationPolicy | None:
    """The policy that a value stands for: a policy, None, or the name `bandit`.

    Raises:
        ValidationException: anything else; the official SDK knows no other policy by name.
    """
    if value is None or isinstance(value, EarlyTerminationPolicy):
        return value
    if isinstance(value, str) and value.lower() == BanditPolicy.kind:
        return BanditPolicy()
    classes = ", ".join(f"{cls.__name__}(...)" for cls in POLICIES.values())
    given = kind_of(value) if is_official(value) else repr(value)
    raise _invalid(f"Received unsupported value {given} as the early termination policy; give one of {classes}.")


def _set(target: object, **values: Any) -> None:
    for name, value in values.items():
        if value is not None:
            setattr(target, name, value)


def _invalid(message: str) -> ValidationException:
    return ValidationException(message, target=ErrorTarget.SWEEP_JOB)
