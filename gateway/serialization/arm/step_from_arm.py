"""Steps of a pipeline, read from what the service answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from contracts.job_types import COMMAND
from contracts.references import load
from contracts.resource_id import short_name
from gateway import job_types
from gateway.builders.command import Command
from gateway.builders.node import Node
from gateway.builders.pipeline import Pipeline
from gateway.builders.sweep import Sweep
from gateway.entities.job_settings import JobResourceConfiguration, QueueSettings, SweepJobLimits
from gateway.entities.search_space import DISTRIBUTIONS, Choice
from gateway.entities.sweep_settings import POLICIES, SAMPLING_ALGORITHMS, Objective
from gateway.exceptions import ErrorTarget, JobParsingError
from gateway.serialization.arm.identity import identity_from_arm
from gateway.serialization.arm.job_service import services_from_arm
from gateway.serialization.arm.job_settings import command_limits_from_arm, queue_settings_from_arm, resources_from_arm
from gateway.serialization.arm.plain import camel
from gateway.serialization.arm.step_io import step_inputs_from_arm, step_outputs_from_arm
from gateway.serialization.arm.sweep_settings import policy_from_arm
from gateway.serialization.arm.trial import distribution_from_arm


def step_from_arm(name: str, body: Mapping[str, Any]) -> Node:
    """A step of a body.

    Raises:
        JobParsingError: a step of another kind, or a part that is not known.
    """
    kind = str(body.get("type") or COMMAND.yaml_name)
    registration = job_types.by_yaml_name().get(kind)
    if registration is None or registration.step_from_arm is None:
        raise JobParsingError(
            f"jobs.{name}.type: steps of type {kind} are not read here; command, sweep and pipeline steps are.",
            target=ErrorTarget.PIPELINE,
        )
    common = {
        "display_name": body.get("display_name"),
        "tags": body.get("tags"),
        "properties": body.get("properties"),
        "comment": body.get("comment"),
        "compute": short_compute(body.get("computeId")),
        "inputs": step_inputs_from_arm(body.get("inputs")),
        "outputs": step_outputs_from_arm(body.get("outputs")),
        "_source": body.get("_source"),
    }
    step: Node = load(registration.step_from_arm)(body, common)
    step.keep_name(body.get("name") or name)
    return step


def short_compute(compute: Any) -> Any:
    """The name of a compute that is given by its id. Source: the official reader."""
    return short_name(compute) if isinstance(compute, str) else compute


def command_step(body: Mapping[str, Any], common: dict[str, Any]) -> Node:
    """A command step of a body; `common` is what steps of all types have."""
    step = Command(
        component=_component(body),
        environment_variables=body.get("environment_variables"),
        distribution=distribution_from_arm(_camel(body.get("distribution"))),
        identity=identity_from_arm(_camel(body.get("identity"))),
        **common,
    )
    step.resources = resources_from_arm(_camel(body.get("resources")))
    step.limits = command_limits_from_arm(_camel(body.get("limits")))
    step.queue_settings = queue_settings_from_arm(_camel(body.get("queue_settings")))
    step.services = services_from_arm({name: _camel(one) for name, one in (body.get("services") or {}).items()}) or None
    return step


def sweep_step(body: Mapping[str, Any], common: dict[str, Any]) -> Node:
    """A sweep step of a body; see `command_step`."""
    objective, limits = body.get("objective"), body.get("limits")
    algorithm, resources, queue = body.get("sampling_algorithm"), body.get("resources"), body.get("queue_settings")
    # A step is spelled as in a job file, a sweep job as in ARM: `sampling_algorithm_from_arm` does not read this.
    if isinstance(algorithm, Mapping):
        algorithm = SAMPLING_ALGORITHMS[str(algorithm.get("type")).lower()](
            **{key: value for key, value in algorithm.items() if key != "type"}
        )
    return Sweep(
        trial=_component(body.get("trial") or {}),
        objective=Objective(**objective) if objective else None,
        limits=SweepJobLimits(**{key: _seconds(value) for key, value in limits.items()}) if limits else None,
        sampling_algorithm=algorithm,
        early_termination=_policy(body.get("early_termination")),
        search_space={name: _distribution(entry) for name, entry in (body.get("search_space") or {}).items()},
        queue_settings=QueueSettings(**queue) if queue else None,
        resources=JobResourceConfiguration(**resources) if resources else None,
        **common,
    )


def pipeline_step(body: Mapping[str, Any], common: dict[str, Any]) -> Node:
    """A nested pipeline of a body; see `command_step`."""
    return Pipeline(component=_component(body), **common)


def _component(body: Mapping[str, Any]) -> str:
    return str(body.get("componentId") or "").removeprefix("azureml:")


def _camel(body: Mapping[str, Any] | None) -> dict[str, Any] | None:
    return {camel(key): value for key, value in body.items()} if body else None


def _seconds(value: Any) -> Any:
    return int(value) if isinstance(value, str) and value.isdigit() else value


def _policy(body: Mapping[str, Any] | None) -> Any:
    # The official SDK sends ARM's spelling in snake case; a pipeline that was written by hand has that of files.
    if body and "policy_type" not in body:
        name = str(body.get("type")).lower()
        return POLICIES[name](**{key: value for key, value in body.items() if key != "type"})
    return policy_from_arm(_camel(body))


def _distribution(body: Mapping[str, Any]) -> Any:
    arguments = {key: value for key, value in body.items() if key != "type"}
    cls = DISTRIBUTIONS[str(body.get("type"))]
    return Choice(values=[_option(value) for value in arguments["values"]]) if cls is Choice else cls(**arguments)


def _option(value: Any) -> Any:
    if not isinstance(value, Mapping):
        return value
    return {
        key: _distribution(entry) if isinstance(entry, Mapping) and entry.get("type") in DISTRIBUTIONS else entry
        for key, entry in value.items()
    }
