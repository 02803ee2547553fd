"""The twenty classes of sweep jobs: the public spelling of `azure.ai.ml.sweep`."""

from __future__ import annotations

from gateway.entities.early_termination_policy import BanditPolicy, MedianStoppingPolicy, TruncationSelectionPolicy
from gateway.entities.job_limits import SweepJobLimits
from gateway.entities.objective import Objective
from gateway.entities.sampling_algorithm import (
    BayesianSamplingAlgorithm,
    GridSamplingAlgorithm,
    RandomSamplingAlgorithm,
    SamplingAlgorithm,
)
from gateway.entities.search_space import (
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
