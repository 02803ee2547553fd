"""The search of a sweep: sampling algorithm, search space, early termination policy."""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from operator import or_
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import Field, GetCoreSchemaHandler, PlainSerializer, PlainValidator
from pydantic_core import CoreSchema

from contracts.arm.base import ArmModel
from contracts.arm.distributions import Distribution, parse_distribution
from contracts.sampling_algorithms import SAMPLING_ALGORITHMS
from contracts.termination_policies import TERMINATION_POLICIES


class _Registered:
    """Reads any kind that is registered; type checkers, and `contracts.rules.sound`, see the ones of amlet."""

    def __init__(self, registry: Mapping[str, Any], *, discriminator: str) -> None:
        self._registry = registry
        self._discriminator = discriminator

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        models: Any = reduce(or_, (kind.model() for kind in self._registry.values()))
        return handler.generate_schema(Annotated[models, Field(discriminator=self._discriminator)])


class RandomSamplingAlgorithm(ArmModel):
    """Random or quasi-random draws.

    Parameters:
        rule: `Random` or `Sobol`, in any case; None means random.
        seed: makes the draws reproducible.
        logbase: base of the log distributions, a positive number or `e`; only preview api-versions list it.
    """

    sampling_algorithm_type: Literal["Random"] = "Random"
    seed: int | None = None
    logbase: float | str | None = None
    rule: str | None = None


class GridSamplingAlgorithm(ArmModel):
    """Every combination of a space of choices."""

    sampling_algorithm_type: Literal["Grid"] = "Grid"


class BayesianSamplingAlgorithm(ArmModel):
    """Draws that learn from the trials that have ended."""

    sampling_algorithm_type: Literal["Bayesian"] = "Bayesian"


SamplingAlgorithm: TypeAlias = Annotated[
    RandomSamplingAlgorithm | GridSamplingAlgorithm | BayesianSamplingAlgorithm,
    _Registered(SAMPLING_ALGORITHMS, discriminator="sampling_algorithm_type"),
]


WireDistribution = Annotated[
    Distribution, PlainValidator(parse_distribution), PlainSerializer(lambda value: value.to_wire())
]
SearchSpace: TypeAlias = dict[str, WireDistribution]


class _Policy(ArmModel):
    delay_evaluation: int | None = None
    evaluation_interval: int | None = None


class BanditPolicy(_Policy):
    """Cancels a trial that falls behind the best one by more than the slack."""

    policy_type: Literal["Bandit"] = "Bandit"
    slack_amount: float | None = None
    slack_factor: float | None = None


class MedianStoppingPolicy(_Policy):
    """Cancels a trial whose best is worse than the median of the running averages."""

    policy_type: Literal["MedianStopping"] = "MedianStopping"


class TruncationSelectionPolicy(_Policy):
    """Cancels the lowest percentage of the trials at each interval."""

    policy_type: Literal["TruncationSelection"] = "TruncationSelection"
    truncation_percentage: int | None = None


EarlyTerminationPolicy: TypeAlias = Annotated[
    BanditPolicy | MedianStoppingPolicy | TruncationSelectionPolicy,
    _Registered(TERMINATION_POLICIES, discriminator="policy_type"),
]
