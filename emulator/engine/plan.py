"""The plan of a sweep: a job's body with every default filled in."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from contracts.arm.jobs import SweepJob
from contracts.arm.sweep_algorithms import EarlyTerminationPolicy, SamplingAlgorithm
from contracts.duration import parse_duration
from contracts.sampling_algorithms import SAMPLING_ALGORITHMS
from contracts.sampling_algorithms import SamplingAlgorithm as SamplingKind
from emulator.engine.objective import Goal, Objective
from emulator.engine.search_space import SearchSpace, search_space_of
from emulator.engine.settings import EngineSettings

_SIXTY_DAYS = 5_184_000.0


@dataclass(frozen=True, slots=True)
class SweepPlan:
    """Everything that decides what a sweep does.

    Parameters:
        name: of the job; trial i is called `<name>_<i>`.
        space: what is searched.
        sampling: the algorithm that draws the points.
        seed: of all randomness.
        objective: primary metric and goal.
        max_total_trials: most trials in all.
        max_concurrent_trials: most trials at a time.
        timeout: of the whole sweep, seconds.
        trial_timeout: of each trial, seconds from when it runs; None without one.
        early_termination: the policy; None without one.
        settings: the choices where Azure does not say.
    """

    name: str
    space: SearchSpace
    sampling: SamplingAlgorithm
    seed: int
    objective: Objective
    max_total_trials: int
    max_concurrent_trials: int
    timeout: float
    trial_timeout: float | None
    early_termination: EarlyTerminationPolicy | None
    settings: EngineSettings

    @property
    def sampling_kind(self) -> SamplingKind:
        """The registration of its sampling algorithm."""
        return SAMPLING_ALGORITHMS[self.sampling.sampling_algorithm_type]

    def trial_name(self, index: int) -> str:
        """The name of a trial's job."""
        return f"{self.name}_{index}"


def plan_of(job: SweepJob, *, name: str, default_seed: int, settings: EngineSettings | None = None) -> SweepPlan:
    """The plan that a sweep job's body stands for; `contracts.rules` has passed the body before.

    Parameters:
        job: the body.
        name: of the job.
        default_seed: for a body without a seed (only random sampling can have one).
        settings: the choices where Azure does not say.
    """
    settings = settings or EngineSettings()
    algorithm: Any = job.sampling_algorithm  # only some kinds have a seed and a log base
    seed = getattr(algorithm, "seed", None)
    logbase = getattr(algorithm, "logbase", None)
    limits = job.limits
    total = (limits and limits.max_total_trials) or settings.max_total_trials
    concurrent = min((limits and limits.max_concurrent_trials) or total, total)
    timeout = _seconds(limits.timeout if limits else None, settings)
    return SweepPlan(
        name=name,
        space=search_space_of(job.search_space, logbase=_base(logbase), flatten=settings.nested_choice == "flatten"),
        sampling=job.sampling_algorithm,
        seed=default_seed if seed is None else seed,
        objective=Objective(job.objective.primary_metric, Goal(job.objective.goal)),
        max_total_trials=total,
        max_concurrent_trials=concurrent,
        timeout=settings.timeout if timeout is None else timeout,
        trial_timeout=_seconds(limits.trial_timeout if limits else None, settings),
        early_termination=job.early_termination,
        settings=settings,
    )


def _base(logbase: float | str | None) -> float:
    return math.e if logbase in (None, "e") else float(logbase)


def _seconds(duration: str | None, settings: EngineSettings) -> float | None:
    if duration is None:
        return None
    seconds = parse_duration(duration)
    # A remark in the official SDK says that the service takes shorter timeouts as none.
    return _SIXTY_DAYS if seconds < 60 and settings.short_timeouts == "sixty_days" else seconds
