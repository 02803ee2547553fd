"""The sweep job."""

from __future__ import annotations

from typing import Literal

from contracts.arm.job_base import JobBase
from contracts.arm.limits import SweepJobLimits
from contracts.arm.objective import Objective
from contracts.arm.sampling import SamplingAlgorithm
from contracts.arm.search_space import SearchSpace
from contracts.arm.termination import EarlyTerminationPolicy
from contracts.arm.trial import TrialComponent


class SweepJob(JobBase):
    """`properties` of a sweep job."""

    job_type: Literal["Sweep"] = "Sweep"
    search_space: SearchSpace
    sampling_algorithm: SamplingAlgorithm
    objective: Objective
    trial: TrialComponent
    limits: SweepJobLimits | None = None
    early_termination: EarlyTerminationPolicy | None = None
