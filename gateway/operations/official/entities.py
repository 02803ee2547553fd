"""Entities of azure-ai-ml that are handed to the gateway: translated where there is a counterpart, else refused.

The official package is never imported: a program that hands over one of its entities has imported it.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from importlib import import_module
from typing import Any

from gateway.entities.resource import Resource
from gateway.exceptions import ErrorTarget, ValidationException, is_official

_ASSET = "name version description tags properties base_path"
_STORE = "name description tags properties account_name endpoint protocol credentials"
#: The public attributes that make each entity again, by the name of its class.
_FIELDS = {
    "Environment": f"{_ASSET} image build conda_file datastore inference_config os_type",
    "BuildContext": "dockerfile_path path",
    "Data": f"{_ASSET} path type datastore",
    "Model": f"{_ASSET} path type flavors stage utc_time_created datastore",
    "AmlCompute": "name description tags location size tier min_instances max_instances idle_time_before_scale_down "
    "ssh_public_access_enabled ssh_settings network_settings identity enable_node_public_ip",
    "AzureBlobDatastore": f"{_STORE} container_name",
    "AzureFileDatastore": f"{_STORE} file_share_name",
    "AzureDataLakeGen2Datastore": f"{_STORE} filesystem",
    "AccountKeyConfiguration": "account_key",
    "SasTokenConfiguration": "sas_token",
    "NoneCredentialConfiguration": "",
}
#: The entities that hold others.
_JOBS = frozenset({"Command", "CommandJob", "Sweep", "SweepJob", "Pipeline", "PipelineJob"})
_PLACEHOLDER = "replaced-by-the-environment:1"


def taken(entity: Any, wanted: str, method: str) -> Any:
    """An entity that an operation was given, as one of ours.

    Parameters:
        entity: ours, which stays as it is, or one of azure.ai.ml.
        wanted: the class that the operation takes, by its name in `gateway.entities`.
        method: the operation, for the message: `models.create_or_update`.

    Raises:
        ValidationException: it is something else; the message says what to give.
    """
    if is_official(entity):
        entity = _translated(entity, method)
    if not isinstance(entity, getattr(import_module("gateway.entities"), wanted)):
        raise _wrong(entity, f"client.{method} takes a gateway.entities.{wanted}")
    return entity


def taken_job(job: Any, method: str = "jobs.create_or_update") -> Any:
    """A job that an operation was given, as one of ours; parameters and errors as of `taken`."""
    if not is_official(job):
        if not isinstance(job, Resource):
            raise _wrong(job, f"client.{method} takes a job, as command(...), .sweep(...) or load_job(...) make it")
        return job
    name = _known(job, _JOBS)
    if name is None:
        raise _not_translated(job, method)
    from gateway.serialization.arm import from_arm

    plain = copy.copy(job._to_job() if hasattr(job, "_to_job") else job)
    if name.startswith("Pipeline"):
        from gateway.operations.official.pipelines import translated_pipeline

        return translated_pipeline(plain, lambda one: taken(one, "Environment", method) if is_official(one) else one)
    part = plain
    if name.startswith("Sweep"):
        part = plain.trial = copy.copy(plain.trial)
    environment = part.environment
    if is_official(environment):
        part.environment = _PLACEHOLDER
    body = plain._to_rest_object()
    properties = (body.as_dict() if hasattr(body, "as_dict") else body.serialize())["properties"]
    made: Any = from_arm({"name": job.name, "properties": properties})
    made.name, made._base_path = job.name, str(job.base_path)
    holder = getattr(made, "trial", None) or made
    if hasattr(holder, "_base_path"):
        holder._base_path = str(job.base_path)
    if is_official(environment):
        holder.environment = taken(environment, "Environment", method)
    return made


#: The operations of a client by the classes they register.
_OPERATIONS = {
    "Environment": "environments",
    "Data": "data",
    "Model": "models",
    "Component": "components",
    "CommandComponent": "components",
    "Datastore": "datastores",
    "Job": "jobs",
    "BaseNode": "jobs",
}


def operations_of(entity: Any) -> str:
    """Which operations of a client take an entity, ours or one of azure.ai.ml: `jobs`, `models` ...

    Raises:
        ValidationException: none do.
    """
    known = _known(entity, _OPERATIONS.keys())
    if known is None:
        hint = "; a compute is made by begin_create_or_update" if _known(entity, {"Compute"}) else ""
        raise _wrong(
            entity,
            "client.create_or_update takes a job, an environment, a data asset, a model, a component "
            f"or a datastore{hint}",
        )
    return _OPERATIONS[known]


def _translated(entity: Any, method: str) -> Any:
    name = _known(entity, _FIELDS.keys())
    if name is None:
        raise _not_translated(entity, method)
    values = {field: getattr(entity, field, None) for field in _FIELDS[name].split()}
    given = {field: value for field, value in values.items() if value is not None}
    if getattr(entity, "_is_anonymous", False):
        given = {field: value for field, value in given.items() if field not in ("name", "version")}
    made = {field: _translated(value, method) if is_official(value) else value for field, value in given.items()}
    return _class_of(name)(**made)


def _class_of(name: str) -> Callable[..., Any]:
    made: Callable[..., Any] = getattr(import_module("gateway.entities"), name)
    return made


def _known(entity: Any, names: Any) -> str | None:
    """The first name of the entity's classes that is among these."""
    return next((cls.__name__ for cls in type(entity).__mro__ if cls.__name__ in names), None)


def _not_translated(entity: Any, method: str) -> ValidationException:
    kind = type(entity).__name__
    try:
        counterpart = getattr(import_module("gateway.entities"), kind, None)
    except ImportError:
        counterpart = None
    remedy = (
        f"import {kind} from gateway.entities, or load it with gateway's loaders"
        if counterpart
        else "gateway has none; hand it to the MLClient of azure.ai.ml"
    )
    return ValidationException(
        f"client.{method} was given a {kind} of azure.ai.ml, which gateway does not translate: {remedy}.",
        target=ErrorTarget.GENERAL,
    )


def _wrong(value: Any, wanted: str) -> ValidationException:
    if isinstance(value, str) and value.endswith((".yml", ".yaml")):
        remedy = f"; load the file first: gateway.load_job({value!r}) or one of the other loaders"
    else:
        remedy = ""
    return ValidationException(f"{wanted}, not {value!r:.80} (a {type(value).__name__}){remedy}.")
