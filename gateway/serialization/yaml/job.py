"""Job files: `type: sweep` and `type: command`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from contracts.job_types import COMMAND, JOB_TYPES, SWEEP
from contracts.references import load
from gateway import job_types
from gateway.entities.command_job import CommandJob
from gateway.entities.sweep_job import SweepJob
from gateway.serialization.yaml.command import COMMAND_FIELDS, TRIAL, bind_component
from gateway.serialization.yaml.fields import ANY, TEXT, Codec, Field, enum, mapping_of, optional
from gateway.serialization.yaml.job_io import INPUTS, OUTPUTS
from gateway.serialization.yaml.job_settings import (
    COMMAND_LIMITS,
    IDENTITY,
    QUEUE_SETTINGS,
    RESOURCES,
    SERVICES,
    SWEEP_LIMITS,
)
from gateway.serialization.yaml.problems import Invalid, Problem, missing, not_one_of
from gateway.serialization.yaml.references import COMPUTE
from gateway.serialization.yaml.renamed_keys import RENAMED_COMMAND, RENAMED_SWEEP
from gateway.serialization.yaml.schema import ObjectSchema
from gateway.serialization.yaml.search_space import SEARCH_SPACE
from gateway.serialization.yaml.sweep_settings import EARLY_TERMINATION, OBJECTIVE, SAMPLING_ALGORITHM

if TYPE_CHECKING:
    from gateway.builders.command import Command

_TEXTS = mapping_of(optional(TEXT))
JOB_FIELDS: dict[str, Codec] = {
    "name": TEXT,
    "display_name": TEXT,
    "experiment_name": TEXT,
    "description": TEXT,
    "tags": _TEXTS,
    "properties": _TEXTS,
    "compute": COMPUTE,
    "identity": IDENTITY,
    "services": SERVICES,
    "inputs": INPUTS,
    "outputs": OUTPUTS,
}
SERVED_FIELDS = ("$schema", "id", "status", "creation_context", "log_files")


def _make_sweep(**values: Any) -> SweepJob:
    values.pop("type")
    bind_component(values, values["base_path"])
    return SweepJob(**values)


def _make_command(**values: Any) -> Command:
    from gateway.builders.command_func import command

    values.pop("type", None)
    resources, limits = values.pop("resources", None), values.pop("limits", None)
    node: Command = command(**values)
    # `command()` takes both in parts (instance_count, timeout ...), as the official SDK's does; a file has them whole.
    node.resources = resources
    node.limits = limits
    return node


SWEEP_SCHEMA = ObjectSchema(
    _make_sweep,
    {
        **JOB_FIELDS,
        "type": enum(SWEEP.yaml_name),
        "trial": TRIAL,
        "search_space": SEARCH_SPACE,
        "sampling_algorithm": SAMPLING_ALGORITHM,
        "objective": OBJECTIVE,
        "early_termination": EARLY_TERMINATION,
        "limits": SWEEP_LIMITS,
        "queue_settings": QUEUE_SETTINGS,
        "resources": RESOURCES,
    },
    required=["trial", "search_space", "objective", "limits"],
    ignored=SERVED_FIELDS,
    located=True,
    renamed_keys=RENAMED_SWEEP,
)
COMMAND_SCHEMA = ObjectSchema(
    _make_command,
    {
        **COMMAND_FIELDS,
        **JOB_FIELDS,
        "type": enum(COMMAND.yaml_name),
        "limits": COMMAND_LIMITS,
        "parent_job_name": TEXT,
    },
    required=["command", "environment"],
    ignored=[*SERVED_FIELDS, "parameters"],
    located=True,
    renamed_keys=RENAMED_COMMAND,
)


def read_job(content: Mapping[Any, Any], folder: str) -> SweepJob | Command:
    """The job that a file's mapping describes.

    Raises:
        Invalid: it does not describe a job; for a file of an older client, everything that has to be changed.
    """
    if _is_component(content):
        remedy = "Name it in a job: `trial: file:THIS_FILE` of a sweep, `component: ./THIS_FILE` of a pipeline's step."
        raise Invalid([Problem((), "this is the file of a component, not of a job.", remedy)])
    if "type" not in content and "search_space" in content:
        raise Invalid([missing("type", f"Write type: {SWEEP.yaml_name}.")])
    kind = content.get("type", COMMAND.yaml_name)
    registered = job_types.by_yaml_name()
    if isinstance(kind, str) and kind in registered:
        job: SweepJob | Command = _schema(registered[kind]).read(content, folder)
        return job
    problems = _not_a_type(kind).below("type")
    # An older file has more to change than its type; all of it is reported at once.
    for name, registration in registered.items():
        if kind == registration.older_name:
            try:
                _schema(registration).values({**content, "type": name}, folder)
            except Invalid as more:
                problems += more.problems
    raise Invalid(problems)


def _is_component(content: Mapping[Any, Any]) -> bool:
    """Whether a file says that it is a component's: by its schema, or by a field that no job has."""
    return "Component.schema.json" in str(content.get("$schema", "")) or "is_deterministic" in content


def _schema(registration: job_types.ClientJobType) -> ObjectSchema:
    schema: ObjectSchema = load(registration.schema)
    return schema


def _not_a_type(kind: Any) -> Invalid:
    known = next((known for known in JOB_TYPES.values() if known.yaml_name == kind and not known.served), None)
    if known is None:
        return not_one_of(kind, job_types.by_yaml_name())
    runs = ", ".join(job_types.by_yaml_name())
    remedy = str(known.refusal)
    return Invalid(
        [Problem((), f"amlet runs {runs} jobs; it does not run {kind} jobs.", f"{remedy[0].upper()}{remedy[1:]}.")]
    )


def _served(value: Any, _: str) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value


_SYSTEM_DATA = tuple(f"{event}_{what}" for event in ("created", "last_modified") for what in ("at", "by", "by_type"))
#: What a job that the service knows has besides; written, never read.
_WRITTEN: dict[str, Codec] = {
    "id": Field(_served, lambda value, _: f"azureml:{value}"),
    "status": Field(_served, _served),
    "log_files": Field(_served, _served),
    "creation_context": ObjectSchema(dict, dict.fromkeys(_SYSTEM_DATA, Field(_served, _served))),
}


def job_content(job: SweepJob | CommandJob | Command) -> dict[str, Any]:
    """The fields of a job's file; relative paths in it are made absolute."""
    plain: SweepJob | CommandJob = job.to_job() if hasattr(job, "to_job") else job
    registration = job_types.of_entity(plain) or job_types.CLIENT_JOB_TYPES[COMMAND]
    schema = _schema(registration)
    parameters = {"parameters": ANY} if isinstance(job, CommandJob) else {}
    written = ObjectSchema(dict, {**schema.fields, **parameters, **_WRITTEN})
    return written.write(plain, str(plain.base_path))
