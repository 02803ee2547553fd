"""Job files: `type: sweep` and `type: command`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from contracts.job_types import COMMAND, SWEEP
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
_JOB: dict[str, Codec] = {
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
_SERVED = ("$schema", "id", "status", "creation_context", "log_files")


def _make_sweep(**values: Any) -> SweepJob:
    values.pop("type")
    bind_component(values, values["base_path"])
    return SweepJob(**values)


def _make_command(**values: Any) -> Command:
    from gateway.builders.command_func import command

    values.pop("type", None)
    resources, limits = values.pop("resources", None), values.pop("limits", None)
    node: Command = command(**values)
    node.resources = resources
    node.limits = limits
    return node


SWEEP_SCHEMA = ObjectSchema(
    _make_sweep,
    {
        **_JOB,
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
    ignored=_SERVED,
    located=True,
    renamed_keys=RENAMED_SWEEP,
)
COMMAND_SCHEMA = ObjectSchema(
    _make_command,
    {**COMMAND_FIELDS, **_JOB, "type": enum(COMMAND.yaml_name), "limits": COMMAND_LIMITS, "parent_job_name": TEXT},
    required=["command", "environment"],
    ignored=[*_SERVED, "parameters"],
    located=True,
    renamed_keys=RENAMED_COMMAND,
)


def read_job(content: Mapping[Any, Any], folder: str) -> SweepJob | Command:
    """The job that a file's mapping describes.

    Raises:
        Invalid: it does not describe a job; for a file of an older client, everything that has to be changed.
    """
    if "type" not in content and "search_space" in content:
        raise Invalid([missing("type", f"Write type: {SWEEP.yaml_name}.")])
    kind = content.get("type", COMMAND.yaml_name)
    registered = job_types.by_yaml_name()
    if isinstance(kind, str) and kind in registered:
        job: SweepJob | Command = _schema(registered[kind]).read(content, folder)
        return job
    problems = _not_a_type(kind, content).below("type")
    for name, registration in registered.items():
        if kind == registration.older_name:
            try:
                _schema(registration).values({**content, "type": name}, folder)
            except Invalid as more:
                problems += more.problems
    raise Invalid(problems)


def _schema(registration: job_types.ClientJobType) -> ObjectSchema:
    schema: ObjectSchema = job_types.part(registration.schema)
    return schema


def _not_a_type(kind: Any, content: Mapping[Any, Any]) -> Invalid:
    if kind != "pipeline":
        return not_one_of(kind, job_types.by_yaml_name())
    steps = content.get("jobs")
    named = [f"jobs.{name}" for name, step in (steps if isinstance(steps, dict) else {}).items() if _is_sweep(step)]
    which = f"the fields of {' or '.join(named)}" if named else "command, code and environment of a step"
    remedy = (
        f"Of a pipeline, one step runs here as a job of its own: put {which} into a file beside this one, with a "
        "compute and with values in the place of ${{parent. ...}}."
    )
    return Invalid([Problem((), "amlet runs sweep and command jobs; it does not run pipelines.", remedy)])


def _is_sweep(step: Any) -> bool:
    return isinstance(step, dict) and step.get("type") == SWEEP.yaml_name


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
