"""The job that a step of a pipeline is: a child of the pipeline, of any registered type."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from typing import Any

from contracts.job_types import COMMAND, step_type
from contracts.pipelines.bindings import PipelineOutput
from contracts.pipelines.graph import output_binding
from contracts.references import load
from contracts.resource_id import short_name
from emulator.engine.pipeline import run_labels
from emulator.engine.pipeline.inputs import StepRefused, step_inputs
from emulator.engine.pipeline.step_body import step_outputs
from emulator.engine.settings import EngineSettings
from emulator.job_types import JobParts, parts_of
from emulator.place import BLOB_STORE
from emulator.runner.pipelines.definition import PipelineDefinition
from emulator.runner.sweep_labels import snapshot, sweep_properties, sweep_tags
from emulator.storage.jobs import NewJob
from emulator.storage.workspaces import guid_of
from emulator.trials.components import Component


def run_of(definition: PipelineDefinition, step: str) -> str:
    """The name of a step's run."""
    job = definition.job
    return run_labels.step_run_id(f"{guid_of(job.workspace)}/{job.name}", job.created, step)


def node_of(definition: PipelineDefinition, step: str) -> str:
    """The id of a step in the graph."""
    job = definition.job
    return run_labels.node_id(f"{guid_of(job.workspace)}/{job.name}", job.created, step)


def step_job(
    definition: PipelineDefinition,
    step: str,
    component: Component,
    *,
    output_of: Callable[[str, str | None], Mapping[str, Any] | None],
    settings: EngineSettings,
    origin: str,
    at: float,
) -> NewJob:
    """A step as a job, about to be stored.

    Parameters:
        definition: of its pipeline.
        step: its name.
        component: that it runs.
        output_of: the job input that an output of another step makes; None where it was not written.
        settings: say what a sweep's absent limits mean.
        origin: of the data plane.
        at: when it is made, seconds since the epoch.

    Raises:
        StepRefused: it cannot run.
    """
    pipeline, node, run = definition.job, definition.nodes[step], run_of(definition, step)
    parts = _parts_of_step(step, node)
    inputs = step_inputs(
        step, node.get("inputs") or {}, component.interface, parent=definition.inputs, output_of=output_of
    )
    body: dict[str, Any] = load(parts.step_body)(
        node,
        component.spec,
        inputs=inputs,
        outputs=_outputs(definition, step, component),
        compute=definition.compute_of(step),
        settings=definition.settings,
    )
    # The seed follows from the run's name, so that the same sweep is drawn when the step is stored again after a crash.
    seed = uuid.UUID(run).int % 2**31 if parts.has_trials else None
    tags, properties = {}, {}
    if seed is not None:
        tags = sweep_tags(run, body, pipeline.workspace, pipeline.experiment, settings, origin)
        properties = sweep_properties(body, seed)
    code = (body.get("trial") or body).get("codeId")
    own = run_labels.step_properties(
        node=node_of(definition, step),
        pipeline=pipeline.name,
        component=_guid(component),
        component_name=component.name,
        version=component.version,
        snapshot=snapshot(code).get("ContentSnapshotId"),
    )
    return NewJob(
        workspace=pipeline.workspace,
        name=run,
        type=str(body["jobType"]),
        experiment=pipeline.experiment,
        body=body,
        created=at,
        created_by=pipeline.created_by,
        display_name=str(node.get("display_name") or step),
        description=node.get("description"),
        tags=_texts(node.get("tags"))
        | tags
        | run_labels.step_tags(node=node_of(definition, step), pipeline=pipeline.name),
        properties=_texts(node.get("properties")) | own | properties,
        parent=pipeline.id,
        trial=definition.place[step],
        choices=pipeline.choices,
        seed=seed,
        statuses=parts.begins,
    )


def refused_step(definition: PipelineDefinition, step: str, at: float) -> NewJob:
    """A step that cannot run, as the job that fails in its place."""
    # As a command, whatever it was to be: that body needs nothing of the component, which may be what is missing.
    pipeline, node = definition.job, node_of(definition, step)
    return NewJob(
        workspace=pipeline.workspace,
        name=run_of(definition, step),
        type=COMMAND.name,
        experiment=pipeline.experiment,
        body={"jobType": COMMAND.name, "command": "", "environmentId": ""},
        created=at,
        created_by=pipeline.created_by,
        display_name=step,
        tags=run_labels.step_tags(node=node, pipeline=pipeline.name),
        properties={"azureml.runsource": "azureml.StepRun", "azureml.nodeid": node},
        parent=pipeline.id,
        trial=definition.place[step],
        choices=pipeline.choices,
    )


def _parts_of_step(step: str, node: Mapping[str, Any]) -> JobParts:
    job_type = step_type(node.get("type"))
    if job_type is None:
        raise StepRefused(f"Step {step}: steps of type {node.get('type')} are not run here.")
    return parts_of(job_type.name)


def _outputs(definition: PipelineDefinition, step: str, component: Component) -> dict[str, dict[str, Any]]:
    given = definition.nodes[step].get("outputs") or {}
    bound = {}
    for name, entry in given.items():
        match output_binding(entry):
            case PipelineOutput(output):
                bound[name] = output
    found = step_outputs(given, component.interface, parent=definition.outputs, bound_to=bound)
    store = short_name(str(definition.settings.get("default_datastore") or BLOB_STORE))
    for one in found.values():
        if one.get("uri") is None and store != BLOB_STORE:
            one["uri"] = f"azureml://datastores/{store}/paths/azureml/${{{{name}}}}/${{{{output_name}}}}/"
        if one.get("uri"):  # the other expressions are replaced as for any job
            one["uri"] = str(one["uri"]).replace("${{default_datastore}}", store)
    return found


def _guid(component: Component) -> str:
    """The guid of a component: an anonymous one is named by it."""
    try:
        return str(uuid.UUID(component.version))
    except ValueError:
        return str(uuid.uuid5(uuid.NAMESPACE_URL, component.id))


def _texts(given: Mapping[str, Any] | None) -> dict[str, str]:
    return {str(key): str(value) for key, value in (given or {}).items() if value is not None}
