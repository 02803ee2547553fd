"""Pipeline jobs, and the components that are registered before them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from contracts.job_types import PIPELINE
from gateway.builders.bound_settings import text_of
from gateway.builders.node import Node
from gateway.builders.pipeline_job import PipelineJob
from gateway.entities.component import ANONYMOUS_COMPONENT, Component, ComponentSource
from gateway.entities.pipeline_component import PipelineComponent
from gateway.serialization.arm.component import anonymous_hash, component_spec
from gateway.serialization.arm.identity import identity_from_arm, identity_to_arm, system_data_from_arm
from gateway.serialization.arm.job_io import inputs_from_arm, outputs_from_arm
from gateway.serialization.arm.job_service import services_from_arm, services_to_arm
from gateway.serialization.arm.plain import plain_mapping, present, snake_keys
from gateway.serialization.arm.step import ComponentId, step_to_arm
from gateway.serialization.arm.step_from_arm import short_compute, step_from_arm
from gateway.serialization.arm.step_io import pipeline_inputs_to_arm, pipeline_outputs_to_arm


def pipeline_job_to_arm(job: PipelineJob, component_id: ComponentId | None = None) -> dict[str, Any]:
    """The `properties` of a pipeline body.

    Parameters:
        job: the job.
        component_id: says the ids of the steps' components; when left out, local ones are called
            `azureml_anonymous:<hash>`, by the hash under which they would be registered as they are.

    Raises:
        ValidationException: a part that cannot be sent; the message names it.
    """
    component = job.component
    component_id = component_id or UnregisteredIds()
    # As text, truth values too: so the official SDK sends them.
    settings = {name: text_of(value) for name, value in job.settings.given().items()}
    if isinstance(component, PipelineComponent):
        steps = steps_to_arm(component, component_id)
        settings.setdefault("_source", component._source)
        own_id = component.id
    else:
        steps, own_id = {}, component
        settings.setdefault("_source", ComponentSource.WORKSPACE_JOB)
    return present(
        {
            "computeId": text_of(job.compute),
            "componentId": own_id,
            "displayName": job.display_name,
            "tags": job.tags and plain_mapping(job.tags, "tags"),
            "description": job.description,
            "properties": plain_mapping(job.properties, "properties"),
            "experimentName": job.experiment_name,
            "jobs": steps,
            "isArchived": False,
            "inputs": pipeline_inputs_to_arm(job.inputs),
            "outputs": pipeline_outputs_to_arm(job.outputs),
            "settings": settings,
            "services": services_to_arm(job.services) or None,
            "identity": identity_to_arm(job.identity),
            "jobType": PIPELINE.name,
        }
    )


def steps_to_arm(component: PipelineComponent, component_id: ComponentId) -> dict[str, Any]:
    """The steps of a pipeline as they travel, by name."""
    return {name: step_to_arm(step, component_id) for name, step in component.jobs.items()}


class UnregisteredIds:
    """Names of components that are not registered yet: `azureml_anonymous:<hash>`; equal ones have one name."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[Component, str]] = {}

    def __call__(self, step: Node) -> str:
        component = step._component
        if isinstance(component, str):
            return component
        if component.id:
            return str(component.id)
        if id(component) not in self._known:
            steps = steps_to_arm(component, self) if isinstance(component, PipelineComponent) else None
            name = f"{ANONYMOUS_COMPONENT}:{anonymous_hash(component_spec(component, steps))}"
            # The component is kept, too: its address is its key.
            self._known[id(component)] = (component, name)
        return self._known[id(component)][1]


def pipeline_job_from_arm(body: Mapping[str, Any]) -> PipelineJob:
    """The pipeline job of a body.

    Raises:
        JobParsingError: a part that is not known; the message names it.
    """
    properties = body["properties"]
    steps = {name: step_from_arm(name, step) for name, step in (properties.get("jobs") or {}).items()}
    settings = snake_keys(properties.get("settings") or {})
    component: Any = properties.get("componentId")
    if not component:
        component = PipelineComponent(
            display_name=properties.get("displayName"),
            description=properties.get("description"),
            # A body has the values of the job's inputs, and nothing of the types that its pipeline declares.
            inputs={name: {"type": None} for name in properties.get("inputs") or {}},
            outputs={name: {"type": None} for name in properties.get("outputs") or {}},
            jobs=steps,
            source=ComponentSource.WORKSPACE_JOB,
        )
    return PipelineJob(
        component=component,
        jobs=steps,
        inputs=inputs_from_arm(properties.get("inputs")),
        outputs=outputs_from_arm(properties.get("outputs")),
        name=body.get("name"),
        id=body.get("id"),
        display_name=properties.get("displayName"),
        description=properties.get("description"),
        tags=properties.get("tags"),
        properties=properties.get("properties"),
        experiment_name=properties.get("experimentName"),
        status=properties.get("status"),
        creation_context=system_data_from_arm(body.get("systemData")),
        services=services_from_arm(properties.get("services")),
        compute=short_compute(properties.get("computeId")),
        settings=settings,
        identity=identity_from_arm(properties.get("identity")),
    )
