"""What a PUT of a pipeline job does beside that of other jobs: its components, its properties, its document.

Source: recorded pipelines (azure-sdk-for-python's recordings of `pipeline_job` tests).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from typing import Any

from contracts.job_types import step_type
from contracts.pipelines.bindings import StepOutput
from contracts.pipelines.graph import input_bindings
from contracts.resource_id import ResourceId, short_name
from contracts.rules.bindings import LOST_INPUTS_REMEDY, lost_inputs
from emulator.engine.pipeline import run_labels
from emulator.engine.pipeline.inputs import StepRefused
from emulator.job_types import parts_of
from emulator.runner.pipelines.definition import SERVERLESS
from emulator.services.jobs.body import Surroundings
from emulator.services.refusal import Refusal, not_found, user_error
from emulator.trials.components import Component, component_id, find_component

_INPUT = {"description": None}
_OUTPUT: Mapping[str, Any] = {
    "description": None,
    "uri": None,
    "assetName": None,
    "assetVersion": None,
    "mode": "ReadWriteMount",
    "jobOutputType": "uri_folder",
}
_NULLS = ("computeId", "componentId", "identity", "notificationSetting", "secretsConfiguration", "sourceJobId")


def check_components(conn: sqlite3.Connection, body: Mapping[str, Any]) -> None:
    """Refuse a pipeline whose components are not here, or do not have the outputs that are read of them.

    Parameters:
        body: `properties` of the ARM body, checked for itself.

    Raises:
        Refusal: 404 for a component, recorded; 400 for an output.
    """
    if body.get("componentId"):
        _found(conn, str(body["componentId"]), "componentId")
    _check_nodes(conn, body.get("jobs") or {}, "jobs", {})


def _check_nodes(
    conn: sqlite3.Connection, nodes: Mapping[str, Any], where: str, known: dict[str, Component | None]
) -> None:
    # In two passes: a step may read an output of one that stands after it in the body.
    components: dict[str, Component | None] = {}
    for step, node in nodes.items():
        reference = component_id(node) or ""
        if reference not in known:
            known[reference] = _found(conn, reference, f"{where}.{step}.componentId")
            nested = known[reference]
            if nested is not None and nested.spec.get("jobs"):
                _check_nodes(conn, nested.spec["jobs"], f"{where}.{step}.jobs", known)
        components[step] = known[reference]
        _check_trial(step, node, components[step], f"properties.{where}.{step}")
    for step, node in nodes.items():
        for name, given in (node.get("inputs") or {}).items():
            for binding in input_bindings(given):
                match binding:
                    case StepOutput(producer, output) if output is not None and (made := components.get(producer)):
                        if output not in made.interface.outputs:
                            raise user_error(
                                f"Step {step}: its input {name} is bound to the output {output} of step {producer}, "
                                f"which has only {', '.join(made.interface.outputs) or 'no outputs'}.",
                                target=f"properties.{where}.{step}.inputs.{name}",
                            )


def _check_trial(step: str, node: Mapping[str, Any], component: Component | None, where: str) -> None:
    """A sweep whose trial lost its inputs is refused, with what to do about it; inferred."""
    kind = step_type(node.get("type"))
    if component is None or kind is None or not parts_of(kind.name).has_trials:
        return
    space = node.get("search_space") or {}
    declared = {*component.interface.inputs, *component.interface.outputs, *space}
    if wrong := lost_inputs(str(component.spec.get("command") or ""), declared):
        raise user_error(f"Step {step}: {wrong} {LOST_INPUTS_REMEDY}", target=f"{where}.trial.componentId")


def _found(conn: sqlite3.Connection, reference: str, where: str) -> Component:
    try:
        found = find_component(conn, reference)
    except StepRefused as error:
        raise user_error(f"{where}: {error}.", target=f"properties.{where}") from None
    if found is None:
        raise _missing(reference)
    return found


def _missing(reference: str) -> Refusal:
    identity = ResourceId.parse(reference.partition("/labels/")[0])
    version = f" (version: {identity.version})" if identity.version else ""
    return not_found(f"key: {reference}, Message: Not found component {identity.name}{version}.", code="NotFound")


def computes_of(body: Mapping[str, Any]) -> Iterator[str | None]:
    """Every compute that a job of any type names.

    Parameters:
        body: `properties` of the ARM body.
    """
    yield body.get("computeId")
    yield _of_workspace((body.get("settings") or {}).get("default_compute"))
    for node in (body.get("jobs") or {}).values():
        yield _of_workspace(node.get("computeId"))


def _of_workspace(compute: Any) -> str | None:
    """A compute that a pipeline or a step names; None for serverless, and for an input that will name it."""
    if not isinstance(compute, str) or "${{" in compute or short_name(compute) in SERVERLESS:
        return None
    return compute


def pipeline_properties(body: Mapping[str, Any]) -> dict[str, str]:
    """The properties of a new pipeline, those of its body aside."""
    settings = body.get("settings") or {}
    return run_labels.pipeline_properties(
        body,
        compute=_short(settings.get("default_compute") or body.get("computeId")),
        datastore=_short(settings.get("default_datastore")),
        component=body.get("componentId"),
    )


def expand_pipeline(properties: Mapping[str, Any], around: Surroundings) -> dict[str, Any]:
    """The part of a pipeline's document that is fixed when it is made; its steps are echoed as they came.

    Parameters:
        properties: of the body, as accepted or as fetched.
        around: its workspace.
    """
    compute, workspace = properties.get("computeId"), around.workspace
    return {
        **{key: properties.get(key) for key in _NULLS},
        "computeId": workspace.child("computes", short_name(compute)) if compute and "/" not in compute else compute,
        "settings": properties.get("settings") or {},
        "inputs": {name: _input(value) for name, value in (properties.get("inputs") or {}).items()},
        "jobs": properties.get("jobs") or {},
        "outputs": {
            name: {**_OUTPUT, **{key: one for key, one in (value or {}).items() if one is not None}}
            for name, value in (properties.get("outputs") or {}).items()
        },
    }


def _input(value: Any) -> Any:
    if not isinstance(value, Mapping):
        return value
    mode = {} if value.get("jobInputType") == "literal" else {"mode": "ReadOnlyMount"}
    return {**_INPUT, **mode, **{key: one for key, one in value.items() if one is not None}}


def _short(reference: Any) -> str | None:
    return short_name(str(reference)) if reference else None
