"""Pipeline files: `type: pipeline` as a job and as a component."""

from __future__ import annotations

from typing import Any

from contracts.job_types import PIPELINE
from gateway.builders.pipeline_job import PipelineJob
from gateway.entities.component import ComponentSource
from gateway.entities.pipeline_component import PipelineComponent
from gateway.entities.pipeline_settings import PipelineJobSettings
from gateway.serialization.yaml.assets import ASSET, SERVED
from gateway.serialization.yaml.command import INPUT_DECLARATION, OUTPUT_DECLARATION
from gateway.serialization.yaml.fields import ANY, BOOLEAN, TEXT, Codec, Field, enum, mapping_of
from gateway.serialization.yaml.inline_steps import resolved_steps
from gateway.serialization.yaml.job import JOB_FIELDS, SERVED_FIELDS
from gateway.serialization.yaml.job_io import INPUTS, OUTPUTS
from gateway.serialization.yaml.problems import Invalid, Problem
from gateway.serialization.yaml.references import COMPUTE, PREFIX, asset, with_prefix
from gateway.serialization.yaml.schema import ObjectSchema
from gateway.serialization.yaml.step import STEPS, component_reference, port_values


def _read_datastore(value: Any, folder: str) -> str:
    text: str = TEXT.read(value, folder)
    return asset(text, version_required=False) or text.removeprefix(PREFIX)


_SETTINGS = ObjectSchema(
    PipelineJobSettings,
    {
        "default_datastore": Field(_read_datastore, lambda value, _: with_prefix(value)),
        "default_compute": COMPUTE,
        "continue_on_step_failure": BOOLEAN,
        "force_rerun": BOOLEAN,
        "on_init": TEXT,
        "on_finalize": TEXT,
    },
    others=ANY,  # they travel as they are; Source: the official schema
)


def _make_component(**values: Any) -> PipelineComponent:
    values.pop("type", None)
    steps = values.pop("jobs", None) or {}
    inputs, outputs = values.get("inputs") or {}, values.get("outputs") or {}
    return PipelineComponent(
        jobs=resolved_steps(steps, inputs, outputs),
        schema=values.pop("$schema", None),
        source=ComponentSource.YAML_COMPONENT,
        **values,
    )


_COMPONENT_FIELDS: dict[str, Codec] = {
    "$schema": TEXT,
    **ASSET,
    "type": enum(PIPELINE.yaml_name),
    "display_name": TEXT,
    "is_deterministic": BOOLEAN,
    "inputs": mapping_of(INPUT_DECLARATION),
    "outputs": mapping_of(OUTPUT_DECLARATION),
    "jobs": STEPS,
    "properties": mapping_of(ANY),
}
PIPELINE_COMPONENT = ObjectSchema(
    _make_component, _COMPONENT_FIELDS, required=["name", "jobs"], ignored=SERVED[1:], located=True
)
#: What a step or a job names by its file is registered without a name.
ANONYMOUS_PIPELINE_COMPONENT = ObjectSchema(
    lambda **values: _make_component(**{**values, "name": None, "version": None}),
    _COMPONENT_FIELDS,
    required=["jobs"],
    ignored=SERVED[1:],
    located=True,
)


def _make_job(**values: Any) -> PipelineJob:
    for name in ("$schema", "type"):
        values.pop(name, None)
    steps = values.pop("jobs", None) or {}
    if values.get("component") is not None and steps:
        raise Invalid(
            [Problem(("jobs",), "jobs and component exclude each other in a pipeline job.", "Leave out one of them.")]
        )
    inputs, outputs = values.get("inputs") or {}, values.get("outputs") or {}
    return PipelineJob(jobs=resolved_steps(steps, inputs, outputs), _source=ComponentSource.YAML_JOB, **values)


def _read_component(value: Any, folder: str) -> Any:
    return component_reference(value, folder, ANONYMOUS_PIPELINE_COMPONENT.read)


def _write_inputs(value: Any, folder: str) -> Any:
    return INPUTS.write(port_values(value), folder)


def _write_outputs(value: Any, folder: str) -> Any:
    return OUTPUTS.write({name: port.effective() for name, port in value.items()}, folder)


def _write_component(value: Any, folder: str) -> Any:
    return with_prefix(value) if isinstance(value, str) else None


PIPELINE_SCHEMA = ObjectSchema(
    _make_job,
    {
        **JOB_FIELDS,
        "type": enum(PIPELINE.yaml_name),
        "component": Field(_read_component, _write_component),
        "inputs": Field(INPUTS.read, _write_inputs),
        "outputs": Field(OUTPUTS.read, _write_outputs),
        "settings": _SETTINGS,
        "jobs": STEPS,
    },
    ignored=SERVED_FIELDS,
    located=True,
)
