"""Sweep jobs."""

from __future__ import annotations

from typing import Any

from gateway.constants import JobType
from gateway.entities.command_component import CommandComponent
from gateway.entities.command_job import CommandJob
from gateway.entities.identity import JobIdentity
from gateway.entities.job import Job
from gateway.entities.job_io import JobIO, Output
from gateway.entities.job_settings import JobResourceConfiguration, QueueSettings, SweepJobLimits
from gateway.entities.parameterized_command import ParameterizedCommand
from gateway.entities.parameterized_sweep import ParameterizedSweep
from gateway.entities.search_space import SweepDistribution
from gateway.entities.sweep_settings import EarlyTerminationPolicy, Objective, SamplingAlgorithm


class SweepJob(ParameterizedSweep, JobIO, Job):
    """A job that searches for the hyperparameters with which a command does best.

    Parameters:
        name, display_name, description, tags, experiment_name, compute: as in Job.
        identity: the identity the trials run under.
        inputs: inputs of the trials by name: Input objects or literal values.
        outputs: outputs of the trials by name.
        limits: how long it may run, and how many trials it may have.
        sampling_algorithm: how trials are chosen: an object or its name (`random`, `grid`, `bayesian`).
        search_space: a distribution for each hyperparameter.
        objective: the metric to optimise.
        trial: the command that each trial runs.
        early_termination: the policy that ends trials early.
        queue_settings: tier and priority.
        resources: compute resources; a dict stands for a JobResourceConfiguration.

    Raises:
        ValidationException: an unknown sampling algorithm or policy.
    """

    _type = JobType.SWEEP

    def __init__(
        self,
        *,
        name: str | None = None,
        description: str | None = None,
        tags: dict[str, Any] | None = None,
        display_name: str | None = None,
        experiment_name: str | None = None,
        identity: JobIdentity | None = None,
        inputs: dict[str, Any] | None = None,
        outputs: dict[str, Output] | None = None,
        compute: str | None = None,
        limits: SweepJobLimits | None = None,
        sampling_algorithm: str | SamplingAlgorithm | None = None,
        search_space: dict[str, SweepDistribution] | None = None,
        objective: Objective | None = None,
        trial: CommandJob | CommandComponent | ParameterizedCommand | None = None,
        early_termination: EarlyTerminationPolicy | str | None = None,
        queue_settings: QueueSettings | None = None,
        resources: dict[str, Any] | JobResourceConfiguration | None = None,
        **kwargs: Any,
    ) -> None:
        kwargs.pop("type", None)
        properties, services = kwargs.pop("properties", None), kwargs.pop("services", None)
        Job.__init__(
            self, name, display_name, description, tags, properties, experiment_name, compute, services, **kwargs
        )
        self.inputs = inputs
        self.outputs = outputs
        self.trial = trial
        self.identity = identity
        ParameterizedSweep.__init__(
            self, limits, sampling_algorithm, objective, early_termination, search_space, queue_settings, resources
        )

    def _summary(self) -> dict[str, Any]:
        """The best trial of a sweep that was read, with the value by which it is the best."""
        best = self.properties.get("best_child_run_id")
        score = self.properties.get("score")
        metric = self.objective.primary_metric if self.objective else None
        value = f"{metric} {float(score):.6g}" if metric and score not in (None, "") else None
        return {"Best trial": best, "Best value": value} if best else {}
