"""The twenty classes of sweep jobs: the public spelling of `azure.ai.ml.sweep`.

Policies, algorithms and distributions that are registered besides are found here, too.
"""

from __future__ import annotations

from typing import Any

from gateway.entities.job_settings import SweepJobLimits
from gateway.entities.search_space import (
    DISTRIBUTIONS,
    Choice,
    LogNormal,
    LogUniform,
    Normal,
    QLogNormal,
    QLogUniform,
    QNormal,
    QUniform,
    Randint,
    Uniform,
)
from gateway.entities.sweep_job import SweepJob
from gateway.entities.sweep_settings import (
    POLICIES,
    SAMPLING_ALGORITHMS,
    BanditPolicy,
    BayesianSamplingAlgorithm,
    GridSamplingAlgorithm,
    MedianStoppingPolicy,
    Objective,
    RandomSamplingAlgorithm,
    SamplingAlgorithm,
    TruncationSelectionPolicy,
)

__all__ = [
    "BanditPolicy",
    "BayesianSamplingAlgorithm",
    "Choice",
    "GridSamplingAlgorithm",
    "LogNormal",
    "LogUniform",
    "MedianStoppingPolicy",
    "Normal",
    "Objective",
    "QLogNormal",
    "QLogUniform",
    "QNormal",
    "QUniform",
    "Randint",
    "RandomSamplingAlgorithm",
    "SamplingAlgorithm",
    "SweepJob",
    "SweepJobLimits",
    "TruncationSelectionPolicy",
    "Uniform",
]


def __getattr__(name: str) -> Any:
    for registry in (POLICIES, SAMPLING_ALGORITHMS, DISTRIBUTIONS):
        for cls in registry.values():
            if cls.__name__ == name:
                return cls
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
