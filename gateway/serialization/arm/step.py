"""Steps of a pipeline: the nodes in `jobs`, in which keys are in snake_case and a component is given by its id.

Source: the official SDK's `_to_rest_object` of Command, Sweep and Pipeline nodes (azure-ai-ml 1.35.2), and recordings.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import Enum
from typing import Any, TypeAlias

from contracts.references import load
from gateway import job_types
from gateway.builders.bound_settings import bound, text_of
from gateway.builders.command import Command
from gateway.builders.node import Node
from gateway.builders.pipeline import Pipeline
from gateway.builders.ports import PipelineInput
from gateway.builders.sweep import Sweep
from gateway.entities.job_settings import CommandJobLimits
from gateway.entities.parameterized_sweep import policy_of
from gateway.entities.resource import FieldType
from gateway.entities.search_space import Choice, SweepDistribution
from gateway.entities.sweep_settings import SamplingAlgorithm
from gateway.exceptions import ErrorTarget, ValidationException, invalid_value
from gateway.serialization.arm.identity import identity_to_arm
from gateway.serialization.arm.job_service import services_to_arm
from gateway.serialization.arm.job_settings import limits_to_arm, queue_settings_to_arm, resources_to_arm
from gateway.serialization.arm.plain import PLAIN, plain, snake, snake_keys
from gateway.serialization.arm.step_io import step_inputs_to_arm, step_outputs_to_arm
from gateway.serialization.arm.sweep_settings import policy_to_arm
from gateway.serialization.arm.trial import distribution_to_arm

#: Says the id of a step's component.
ComponentId: TypeAlias = Callable[[Node], str]

#: Attributes of nodes that travel under names of their own, or not at all; others travel as they are.
_KNOWN = frozenset(
    {
        *("name", "description", "tags", "properties", "display_name", "experiment_name", "compute", "services"),
        *("comment", "limits", "identity", "environment_variables", "environment", "queue_settings", "resources"),
        *("parent_job_name", "distribution", "sampling_algorithm", "objective", "early_termination", "search_space"),
        "settings",
    }
)


def step_to_arm(step: Node, component_id: ComponentId) -> dict[str, Any]:
    """A step as it travels.

    Parameters:
        step: a command, sweep or pipeline node.
        component_id: says the id of its component.

    Raises:
        ValidationException: a part that cannot be sent, or a step of another kind.
    """
    registration = job_types.by_yaml_name().get(step.type or "") if isinstance(step, Node) else None
    if registration is None or registration.step_to_arm is None:
        remedy = "a command, sweep or pipeline step"
        raise invalid_value("jobs", step, remedy, target=ErrorTarget.PIPELINE)
    before, after = load(registration.step_to_arm)(step, component_id)
    body = {
        **before,
        "name": step.name,
        "type": step.type,
        "display_name": step.display_name,
        "tags": step.tags,
        "computeId": text_of(step.compute),
        "inputs": step_inputs_to_arm(step.inputs),
        "outputs": step_outputs_to_arm(step.outputs),
        "properties": step.properties,
        "_source": step.source,
    }
    for name, value in vars(step).items():
        if name[0] != "_" and name not in _KNOWN and value is not None:
            body[name] = _without_empty(value)
    body["comment"] = step.comment
    body |= after
    return {key: value for key, value in body.items() if value is not None and value != {}}


def command_parts(step: Command, component_id: ComponentId) -> tuple[dict[str, Any], dict[str, Any]]:
    """What a command step has before and after what steps of all types have; the order is the official SDK's."""
    return _command_before(step), _command_after(step, component_id)


def sweep_parts(step: Sweep, component_id: ComponentId) -> tuple[dict[str, Any], dict[str, Any]]:
    """What a sweep step has before and after what steps of all types have; it names the component of its trial."""
    return _sweep_before(step), {"trial": {"componentId": component_id(step)}}


def pipeline_parts(step: Pipeline, component_id: ComponentId) -> tuple[dict[str, Any], dict[str, Any]]:
    """What a nested pipeline has before and after what steps of all types have."""
    return {}, {"componentId": component_id(step)}


def _command_before(step: Command) -> dict[str, Any]:
    resources = resources_to_arm(bound(step.resources))
    most = None
    if resources:
        # As with the official SDK, this one key keeps its case, and no settings of the compute are none.
        most = resources.pop("maxInstanceCount", None)
        if not resources.get("properties"):
            resources.pop("properties", None)
    distribution = distribution_to_arm(bound(step.distribution))
    limits = bound(step.limits)
    if isinstance(limits, dict):
        limits = CommandJobLimits(**limits)
    queue = queue_settings_to_arm(step.queue_settings)
    made = limits_to_arm(limits)
    variables = step.environment_variables
    return {
        "resources": resources and snake_keys(resources) | ({} if most is None else {"maxInstanceCount": most}),
        "distribution": distribution and snake_keys(distribution),
        "limits": made and snake_keys(made),
        "environment_variables": variables and _without_empty(variables),
        "queue_settings": queue and snake_keys(queue),
    }


def _command_after(step: Command, component_id: ComponentId) -> dict[str, Any]:
    services = services_to_arm(step.services)
    identity = identity_to_arm(step.identity)
    return {
        "componentId": component_id(step),
        "services": services and {name: _deep_snake(entry) for name, entry in services.items()},
        "identity": identity and snake_keys(identity),
    }


def _sweep_before(step: Sweep) -> dict[str, Any]:
    limits, objective, queue = step.limits, step.objective, step.queue_settings
    policy = policy_to_arm(policy_of(step.early_termination))
    resources = step.resources
    return {
        "limits": limits
        and _present(
            {
                "max_concurrent_trials": limits.max_concurrent_trials,
                "max_total_trials": limits.max_total_trials,
                "timeout": limits.timeout,
                "trial_timeout": limits.trial_timeout,
            }
        ),
        "sampling_algorithm": _algorithm(step.sampling_algorithm),
        "objective": objective
        and _present({"goal": objective.goal and objective.goal.lower(), "primary_metric": objective.primary_metric}),
        "early_termination": policy and snake_keys(policy),
        "search_space": step.search_space
        and {name: _distribution(name, entry) for name, entry in step.search_space.items()},
        "queue_settings": queue and _present({"job_tier": _lower(queue.job_tier), "priority": _lower(queue.priority)}),
        "resources": resources
        and _present(
            {
                "instance_count": resources.instance_count,
                "instance_type": resources.instance_type,
                "properties": resources.properties or None,
                "shm_size": resources.shm_size,
                "docker_args": resources.docker_args,
                "locations": resources.locations,
                "max_instance_count": resources.max_instance_count,
            }
        ),
    }


def _algorithm(value: str | SamplingAlgorithm | None) -> Any:
    if isinstance(value, SamplingAlgorithm):
        # The order of the official SDK's file schema.
        first = {key: getattr(value, key, None) for key in ("type", "seed", "logbase", "rule")}
        reals = {key for key, kind in value.fields.items() if kind in (FieldType.NUMBER, FieldType.NUMBER_OR_TEXT)}
        return {
            key: float(entry) if key in reals and type(entry) is int else entry
            for key, entry in _present(first | vars(value)).items()
        }
    return value.lower() if isinstance(value, str) else value


def _distribution(name: str, value: Any) -> dict[str, Any]:
    if not isinstance(value, SweepDistribution):
        raise ValidationException(
            f"search_space.{name}: {value!r} is not a distribution.", target=ErrorTarget.SWEEP_JOB
        )
    if isinstance(value, Choice):
        return {"values": [_option(name, entry) for entry in value.drawn_from()], "type": value.type}
    drawn = zip(value.arguments, value.drawn_from(), strict=True)
    return {"type": value.type, **_present(dict(drawn))}


def _option(name: str, value: Any) -> Any:
    """A value of a choice; a conditional space holds distributions of its own."""
    if isinstance(value, Mapping):
        return {
            key: _distribution(f"{name}.{key}", entry) if isinstance(entry, SweepDistribution) else plain(entry, key)
            for key, entry in value.items()
        }
    return value if type(value) in PLAIN else plain(text_of(value), f"search_space.{name}")


def _present(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {key: text_of(value) for key, value in fields.items() if value is not None}


def _lower(value: Any) -> Any:
    return value.lower() if isinstance(value, str) else value


def _without_empty(value: Any) -> Any:
    """The value as JSON, without what is None or an empty dict at any depth."""
    if isinstance(value, PipelineInput):
        return str(value)
    if isinstance(value, Mapping):
        kept = {key: _without_empty(entry) for key, entry in value.items()}
        return {key: entry for key, entry in kept.items() if entry is not None and entry != {}}
    if isinstance(value, list):
        return [entry for entry in map(_without_empty, value) if entry is not None and entry != {}]
    return value.value if isinstance(value, Enum) else plain(value, "jobs")


def _deep_snake(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {snake(key): entry if key == "properties" else _deep_snake(entry) for key, entry in value.items()}
    return value
