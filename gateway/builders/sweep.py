"""Sweep nodes: what `command(...)(...).sweep(...)` returns."""

from __future__ import annotations

from typing import Any

from gateway.builders.node import Node
from gateway.constants import JobType
from gateway.entities.command_component import CommandComponent
from gateway.entities.identity import JobIdentity
from gateway.entities.job_io import Output
from gateway.entities.job_settings import JobResourceConfiguration, QueueSettings, SweepJobLimits
from gateway.entities.names import check_command
from gateway.entities.parameterized_sweep import ParameterizedSweep
from gateway.entities.resource import copied, own_dict
from gateway.entities.search_space import DISTRIBUTIONS, SweepDistribution
from gateway.entities.sweep_job import SweepJob
from gateway.entities.sweep_settings import POLICIES, BanditPolicy, EarlyTerminationPolicy, Objective, SamplingAlgorithm
from gateway.exceptions import ErrorTarget, ValidationException


class Sweep(ParameterizedSweep, Node):
    """A sweep over the inputs of a command.

    Parameters:
        trial: the command component that each trial runs.
        identity, compute, limits, sampling_algorithm, objective, search_space: as in SweepJob.
        inputs, outputs, queue_settings, resources: as in SweepJob.
        early_termination: a policy; its name `bandit`; or a dict with its `type` and fields.
        name, display_name, description, tags, properties, experiment_name: as in Job (keyword arguments).
    """

    _type = JobType.SWEEP

    def __init__(
        self,
        *,
        trial: CommandComponent | str,
        compute: str | None = None,
        limits: SweepJobLimits | None = None,
        sampling_algorithm: str | SamplingAlgorithm | None = None,
        objective: Objective | None = None,
        early_termination: EarlyTerminationPolicy | dict[str, Any] | str | None = None,
        search_space: dict[str, SweepDistribution | dict[str, Any]] | None = None,
        inputs: dict[str, Any] | None = None,
        outputs: dict[str, str | Output] | None = None,
        identity: JobIdentity | None = None,
        queue_settings: QueueSettings | None = None,
        resources: dict[str, Any] | JobResourceConfiguration | None = None,
        **kwargs: Any,
    ) -> None:
        kwargs.pop("type", None)
        Node.__init__(self, component=trial, inputs=inputs, outputs=outputs, compute=compute, **kwargs)
        ParameterizedSweep.__init__(
            self, limits, sampling_algorithm, objective, early_termination, search_space, queue_settings, resources
        )
        self.identity = identity

    @property
    def trial(self) -> CommandComponent | str:
        """The command component that each trial runs."""
        trial: CommandComponent | str = self._component
        return trial

    @property
    def search_space(self) -> dict[str, Any] | None:
        """A distribution for each hyperparameter."""
        return self._search_space

    @search_space.setter
    def search_space(self, value: dict[str, Any] | None) -> None:
        self._search_space = value and {
            name: _distribution(name, entry) for name, entry in own_dict("search_space", value).items()
        }

    @property
    def early_termination(self) -> str | EarlyTerminationPolicy | None:
        """The policy that ends trials early; of a bandit policy the slack that is zero counts as not given."""
        return self._early_termination

    @early_termination.setter
    def early_termination(self, value: Any) -> None:
        policy = _policy(value) if isinstance(value, dict) else value
        if isinstance(policy, BanditPolicy):
            policy.slack_amount = policy.slack_amount or None
            policy.slack_factor = policy.slack_factor or None
        self._early_termination = policy

    def to_job(self) -> SweepJob:
        """The plain sweep job, with `${{inputs.x}}` of each hyperparameter turned into `${{search_space.x}}`."""
        trial = self._component
        if not isinstance(trial, CommandComponent):
            raise ValidationException(
                f"trial: {trial!r} is a registered component; give its command and environment in a CommandComponent.",
                target=ErrorTarget.SWEEP_JOB,
            )
        text = trial.command
        if text is not None:
            check_command(text)
        for name in self.search_space or () if text else ():
            text = str(text).replace(f"${{{{inputs.{name}}}}}", f"${{{{search_space.{name}}}}}")
        if text != trial.command:
            trial = copied(trial)
            trial.command = text
        return SweepJob(
            name=self.name,
            display_name=self.display_name,
            description=self.description,
            properties=self.properties,
            tags=self.tags,
            experiment_name=self.experiment_name,
            trial=trial,
            compute=self.compute,
            sampling_algorithm=self.sampling_algorithm,
            search_space=self.search_space,
            limits=self.limits,
            early_termination=self.early_termination,
            objective=self.objective,
            inputs=self._job_inputs,
            outputs=self._job_outputs,
            identity=self.identity,
            queue_settings=self.queue_settings,
            resources=self.resources,
            base_path=self.base_path,
        )


def _distribution(name: str, value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    cls = DISTRIBUTIONS.get(value.get("type", ""))
    if cls is None:
        raise ValidationException(
            f"search_space.{name}.type: {value.get('type')!r} is not one of {', '.join(DISTRIBUTIONS)}.",
            target=ErrorTarget.SWEEP_JOB,
        )
    return cls(**value)


def _policy(value: dict[str, Any]) -> EarlyTerminationPolicy:
    options = dict(value)
    name = options.pop("type", None)
    cls = POLICIES.get(str(name).lower())
    if cls is None:
        raise ValidationException(
            f"early_termination.type: {name!r} is not one of {', '.join(POLICIES)}.", target=ErrorTarget.SWEEP_JOB
        )
    return cls(**options)
