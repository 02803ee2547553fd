"""Sampling algorithms of a sweep."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from contracts.arm.base import ArmModel


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
    Field(discriminator="sampling_algorithm_type"),
]
