"""Command nodes: calling one sets inputs, `.sweep(...)` searches over them."""

from __future__ import annotations

from os import PathLike
from typing import Any

from gateway.builders import scope
from gateway.builders.node import Node
from gateway.builders.signature import call_arguments
from gateway.builders.sweep import Sweep
from gateway.entities.command_component import CommandComponent
from gateway.entities.command_job import CommandJob
from gateway.entities.distribution import DistributionConfiguration, distribution_of
from gateway.entities.environment import Environment
from gateway.entities.identity import JobIdentity, identity_of
from gateway.entities.job_io import Input, Output
from gateway.entities.job_service import JobService, job_services_of
from gateway.entities.job_settings import (
    CommandJobLimits,
    JobResourceConfiguration,
    QueueSettings,
    queue_settings_of,
    resources_of,
)
from gateway.entities.parameterized_command import check_types
from gateway.entities.resource import Coerced, copied, own_dict
from gateway.entities.search_space import SweepDistribution
from gateway.entities.sweep_settings import EarlyTerminationPolicy, Objective, SamplingAlgorithm
from gateway.exceptions import ErrorTarget, ValidationException, invalid_value, is_official


class Command(Node):
    """A command that can be submitted, called with other inputs, or swept; made by `command(...)`.

    Parameters:
        component: the command component, or the id of a registered one.
        compute, inputs, outputs, limits, identity, services, parent_job_name: as in CommandJob.
        distribution, environment, environment_variables, resources, queue_settings: as in ParameterizedCommand.
        name, display_name, description, tags, properties, experiment_name: as in Job (keyword arguments).
    """

    distribution = Coerced(distribution_of, "How it is spread over nodes.")
    resources = Coerced(resources_of, "Nodes, their size, docker arguments.")
    queue_settings = Coerced(queue_settings_of, "Tier and priority.")
    identity = Coerced(identity_of, "The identity it runs under.")

    #: Whether a sweep was made of it, which is then the step of the pipeline.
    _swept = False

    def __init__(
        self,
        *,
        component: str | CommandComponent,
        compute: str | None = None,
        inputs: dict[str, Any] | None = None,
        outputs: dict[str, str | Output] | None = None,
        limits: CommandJobLimits | None = None,
        identity: dict[str, Any] | JobIdentity | None = None,
        distribution: dict[str, Any] | DistributionConfiguration | None = None,
        environment: Environment | str | None = None,
        environment_variables: dict[str, Any] | None = None,
        resources: JobResourceConfiguration | None = None,
        services: dict[str, JobService] | None = None,
        queue_settings: QueueSettings | None = None,
        parent_job_name: str | None = None,
        **kwargs: Any,
    ) -> None:
        check_types(
            environment=environment, environment_variables=environment_variables, resources=resources, limits=limits
        )
        kwargs.pop("type", None)
        self._parameters: dict[str, Any] = kwargs.pop("parameters", {})
        super().__init__(
            component=component,
            inputs=inputs,
            outputs=outputs,
            compute=compute,
            services=job_services_of(services),
            **kwargs,
        )
        self.limits = limits
        self.identity = identity
        self.environment_variables = {} if environment_variables is None else environment_variables
        self.environment = environment
        self.queue_settings = queue_settings
        self.parent_job_name = parent_job_name
        declared = component if isinstance(component, CommandComponent) else None
        self.resources = resources or (declared.resources if declared else None)
        self.distribution = distribution or (declared.distribution if declared else None)

    @property
    def component(self) -> str | CommandComponent:
        """The command component, or the id of a registered one."""
        component: str | CommandComponent = self._component
        return component

    @property
    def parameters(self) -> dict[str, Any]:
        """Parameters that the job has logged."""
        return self._parameters

    @property
    def command(self) -> str | None:
        """The command line."""
        return self._component.command if isinstance(self._component, CommandComponent) else None

    @command.setter
    def command(self, value: str | None) -> None:
        self._own_component("command").command = value

    @property
    def code(self) -> str | None:
        """The folder with the code, an `azureml:` name or an ARM id."""
        code = self._component.code if isinstance(self._component, CommandComponent) else None
        return None if code is None else str(code)

    @code.setter
    def code(self, value: str | PathLike[str] | None) -> None:
        self._own_component("code").code = value

    def set_resources(
        self,
        *,
        instance_type: str | list[str] | None = None,
        instance_count: int | None = None,
        locations: list[str] | None = None,
        properties: dict[str, Any] | None = None,
        docker_args: str | list[str] | None = None,
        shm_size: str | None = None,
        **kwargs: Any,
    ) -> None:
        """Set resources of the command and of its component; what is None stays as it is."""
        resources = self.resources = self.resources or JobResourceConfiguration()
        given = {
            "locations": locations,
            "instance_type": instance_type,
            "instance_count": instance_count,
            "properties": properties,
            "docker_args": docker_args,
            "shm_size": shm_size,
        }
        for name, value in given.items():
            if value is not None:
                setattr(resources, name, value)
        if isinstance(self._component, CommandComponent):
            self._component.resources = resources

    def set_limits(self, *, timeout: int, **kwargs: Any) -> None:
        """Set the seconds after which the job is canceled."""
        if isinstance(self.limits, CommandJobLimits):
            self.limits.timeout = timeout
        else:
            self.limits = CommandJobLimits(timeout=timeout)

    def set_queue_settings(self, *, job_tier: str | None = None, priority: str | None = None) -> None:
        """Set tier and priority; parameters as in QueueSettings."""
        if isinstance(self.queue_settings, QueueSettings):
            self.queue_settings.job_tier = job_tier
            self.queue_settings.priority = priority
        else:
            self.queue_settings = QueueSettings(job_tier=job_tier, priority=priority)

    def sweep(
        self,
        *,
        primary_metric: str,
        goal: str,
        sampling_algorithm: str | SamplingAlgorithm = "random",
        compute: str | None = None,
        max_concurrent_trials: int | None = None,
        max_total_trials: int | None = None,
        timeout: int | None = None,
        trial_timeout: int | None = None,
        early_termination_policy: EarlyTerminationPolicy | str | None = None,
        search_space: dict[str, SweepDistribution] | None = None,
        identity: JobIdentity | None = None,
        queue_settings: QueueSettings | None = None,
        job_tier: str | None = None,
        priority: str | None = None,
    ) -> Sweep:
        """A sweep over the inputs that were given as distributions.

        Parameters:
            primary_metric, goal: as in Objective.
            sampling_algorithm, compute, search_space, identity, queue_settings: as in SweepJob; the command's own when
                left out.
            max_concurrent_trials, max_total_trials, timeout, trial_timeout: as in SweepJobLimits.
            early_termination_policy: the policy that ends trials early.
            job_tier, priority: change the queue settings, where there are any.
        """
        values = {name: port.data for name, port in self.inputs.items()}
        for name, value in values.items():
            if is_official(value):  # its distribution is none of ours, and would be lost
                raise invalid_value(f"inputs.{name}", value, "a distribution of gateway.sweep")
        space = {name: value for name, value in values.items() if isinstance(value, SweepDistribution)}
        queue_settings = queue_settings or self.queue_settings
        if isinstance(queue_settings, QueueSettings):
            queue_settings.job_tier = queue_settings.job_tier if job_tier is None else job_tier
            queue_settings.priority = queue_settings.priority if priority is None else priority
        node = Sweep(
            # A copy: the command may be called or swept again with other values.
            trial=copied(self._component),
            compute=self.compute if compute is None else compute,
            objective=Objective(goal=goal, primary_metric=primary_metric),
            sampling_algorithm=sampling_algorithm,
            inputs={name: value for name, value in values.items() if name not in space},
            outputs={name: port.data for name, port in self.outputs.items()},
            search_space=space | own_dict("search_space", search_space or {}),
            early_termination=early_termination_policy,
            name=self.name,
            description=self.description,
            display_name=self.display_name,
            tags=self.tags,
            properties=self.properties,
            experiment_name=self.experiment_name,
            identity=identity or self.identity,
            queue_settings=queue_settings,
            base_path=self.base_path,
        )
        node.set_limits(
            max_total_trials=max_total_trials,
            max_concurrent_trials=max_concurrent_trials,
            timeout=timeout,
            trial_timeout=trial_timeout,
        )
        self._swept = True
        scope.register(node)
        return node

    def __call__(self, *args: Any, **kwargs: Any) -> Command:
        """A new node with other inputs; inputs that are not named keep their values.

        Raises:
            UnexpectedKeywordError: an input that the command does not have.
            ValidationException: positional arguments, or a registered component.
        """
        component = self._own_component("inputs")
        node = Command(component=component, inputs=call_arguments(component, args, kwargs), base_path=self.base_path)
        for name, port in self.inputs.items():
            if name not in kwargs:
                setattr(node.inputs, name, port.data)
                node._job_inputs[name] = port.data
        for name, output in self.outputs.items():
            setattr(node.outputs, name, output.data)
            node._job_outputs[name] = output.data
        for name, port in node.inputs.items():
            if name not in kwargs and _is_left_open(port.data):
                port.data = None
        node.compute = self.compute
        node.tags = self.tags
        # A display name that was only the name must not stay with a node of another name.
        node.display_name = self.display_name if self.display_name != self.name else None
        node.environment = copied(self.environment)
        node.environment_variables = copied(self.environment_variables)
        node.limits = copied(self.limits)
        node.distribution = copied(self.distribution)
        node.resources = copied(self.resources)
        node.queue_settings = copied(self.queue_settings)
        node.services = copied(self.services)
        node.identity = copied(self.identity)
        scope.register(node)
        return node

    def to_job(self) -> CommandJob:
        """The plain command job."""
        component = self._component if isinstance(self._component, CommandComponent) else None
        return CommandJob(
            id=self.id,
            name=self.name,
            display_name=self.display_name,
            description=self.description,
            tags=self.tags,
            properties=self.properties,
            command=component.command if component else None,
            experiment_name=self.experiment_name,
            code=component.code if component else None,
            compute=self.compute,
            status=self.status,
            environment=self.environment,
            distribution=self.distribution,
            identity=self.identity,
            environment_variables=self.environment_variables,
            resources=self.resources,
            limits=self.limits,
            inputs=self._job_inputs,
            outputs=self._job_outputs,
            services=self.services,
            creation_context=self.creation_context,
            parameters=self.parameters,
            queue_settings=self.queue_settings,
            parent_job_name=self.parent_job_name,
            base_path=self.base_path,
        )

    def _own_component(self, field: str) -> CommandComponent:
        if isinstance(self._component, CommandComponent):
            return self._component
        raise ValidationException(
            f"{field} cannot be set: {self._component!r} is a registered component.", target=ErrorTarget.COMMAND_JOB
        )


def _is_left_open(data: Any) -> bool:
    return isinstance(data, Input) and not data.is_literal and data.optional is True and not data.path
