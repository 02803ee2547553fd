"""YAML in and out: `load_job` and the other loaders read what the official client reads, `dump` writes what it writes.

Deliberate differences: a folder named by `code` may be missing until the job is submitted; a trial may be a component's
file; `search_space` is required; every mistake of a file is reported at once, with file, line, field and remedy.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Iterable, Mapping
from os import PathLike
from typing import IO, TYPE_CHECKING, Any

from gateway.entities.assets import Data
from gateway.entities.command_component import CommandComponent
from gateway.entities.environment import Environment
from gateway.entities.model import Model
from gateway.entities.pipeline_component import PipelineComponent
from gateway.entities.sweep_job import SweepJob
from gateway.exceptions import ErrorTarget, ValidationException
from gateway.serialization.yaml.assets import DATA, MODEL, NAMED_ENVIRONMENT
from gateway.serialization.yaml.command import COMPONENT
from gateway.serialization.yaml.component_kinds import check_kind
from gateway.serialization.yaml.job import job_content, read_job
from gateway.serialization.yaml.overrides import override
from gateway.serialization.yaml.problems import Invalid, InvalidFileError
from gateway.yaml_text import YamlSource, parse, read_text, write

if TYPE_CHECKING:
    from gateway.builders.command import Command
    from gateway.entities.datastore import Datastore

__all__ = [
    "InvalidFileError", "dump", "load_component", "load_data", "load_datastore", "load_environment", "load_job",
    "load_model",
]  # fmt: skip

Overrides = Iterable[Mapping[str, Any]]


def load_job(
    source: YamlSource,
    *,
    relative_origin: str | None = None,
    params_override: list[dict[str, Any]] | None = None,
    **kwargs: Any,
) -> SweepJob | Command:
    """The job that a YAML file describes.

    Parameters:
        source: path of the file, or the open file.
        relative_origin: path of a file in the folder where relative paths start; that of the source when left out.
        params_override: fields to set on top of the file: `[{"limits.max_total_trials": 3}]`.
        kwargs: `path`, the deprecated name of `source`.

    Raises:
        InvalidFileError: unknown, missing or wrong fields, all that there are.
        ValidationException: no such file, no YAML, or another type of job.

    Example:
        >>> job = load_job("sweep.yml", params_override=[{"compute": "azureml:big-cluster"}])  # doctest: +SKIP
    """
    job: SweepJob | Command = _load(read_job, source, relative_origin, params_override, **kwargs)
    return job


def load_component(
    source: YamlSource,
    *,
    relative_origin: str | None = None,
    params_override: list[dict[str, Any]] | None = None,
    **kwargs: Any,
) -> CommandComponent | PipelineComponent:
    """The command or pipeline component that a YAML file describes; see `load_job`."""
    component: CommandComponent | PipelineComponent = _load(
        _read_component, source, relative_origin, params_override, **kwargs
    )
    return component


def load_environment(
    source: YamlSource,
    *,
    relative_origin: str | None = None,
    params_override: list[dict[str, Any]] | None = None,
    **kwargs: Any,
) -> Environment:
    """The environment that a YAML file describes; see `load_job`."""
    environment: Environment = _load(NAMED_ENVIRONMENT.read, source, relative_origin, params_override, **kwargs)
    return environment


def load_data(
    source: YamlSource,
    *,
    relative_origin: str | None = None,
    params_override: list[dict[str, Any]] | None = None,
    **kwargs: Any,
) -> Data:
    """The data asset that a YAML file describes; see `load_job`."""
    data: Data = _load(DATA.read, source, relative_origin, params_override, **kwargs)
    return data


def load_model(
    source: YamlSource,
    *,
    relative_origin: str | None = None,
    params_override: list[dict[str, Any]] | None = None,
    **kwargs: Any,
) -> Model:
    """The model that a YAML file describes; see `load_job`."""
    model: Model = _load(MODEL.read, source, relative_origin, params_override, **kwargs)
    return model


def load_datastore(
    source: YamlSource,
    *,
    relative_origin: str | None = None,
    params_override: list[dict[str, Any]] | None = None,
    **kwargs: Any,
) -> Datastore:
    """The datastore that a YAML file describes; see `load_job`."""
    from gateway.serialization.yaml.datastores import read_datastore

    store: Datastore = _load(read_datastore, source, relative_origin, params_override, **kwargs)
    return store


def dump(entity: Any, dest: str | PathLike[str] | IO[Any], **kwargs: Any) -> None:
    """Write a job, component, environment, data asset or model as YAML.

    Parameters:
        entity: what to write.
        dest: path of a new file, or an open file.
        kwargs: `path`, the deprecated name of `dest`.

    Raises:
        FileExistsError: the path is taken; nothing is overwritten.
        ValidationException: a value that no file can hold, or nowhere to write to.
    """
    dest = _renamed("dest", dest, kwargs)
    try:
        content = _content(entity)
    except Invalid as invalid:
        lines = [problem.text for problem in invalid.problems]
        raise ValidationException("\n".join(lines), target=ErrorTarget.GENERAL) from None
    write(content, dest)


def _read_component(content: Any, folder: str) -> CommandComponent | PipelineComponent:
    check_kind(content, CommandComponent.kind, PipelineComponent.kind)
    component: CommandComponent | PipelineComponent
    if isinstance(content, dict) and content.get("type") == PipelineComponent.kind:
        from gateway.serialization.yaml.pipeline import PIPELINE_COMPONENT

        component = PIPELINE_COMPONENT.read(content, folder)
    else:
        component = COMPONENT.read(content, folder)
    return component


def _content(entity: Any) -> dict[str, Any]:
    if isinstance(entity, PipelineComponent):
        from gateway.serialization.yaml.pipeline import PIPELINE_COMPONENT

        return PIPELINE_COMPONENT.write(entity, str(entity.base_path))
    for cls, schema in ((CommandComponent, COMPONENT), (Environment, NAMED_ENVIRONMENT), (Data, DATA), (Model, MODEL)):
        if isinstance(entity, cls):
            return schema.write(entity, str(entity.base_path))
    return job_content(entity)


def _load(
    read: Callable[[Any, str], Any],
    source: YamlSource,
    relative_origin: str | None,
    params_override: Overrides | None,
    **kwargs: Any,
) -> Any:
    source = _renamed("source", source, kwargs)
    text = read_text(source)
    content = parse(text)
    if relative_origin is None:
        relative_origin = os.fspath(source) if isinstance(source, str | PathLike) else getattr(source, "name", "./")
    override(content, params_override or ())
    try:
        entity = read(content, os.path.dirname(str(relative_origin)) or ".")  # noqa: PTH120
    except Invalid as invalid:
        raise InvalidFileError(text, invalid.problems) from None
    entity._source_path = str(relative_origin)
    return entity


def _renamed(name: str, value: Any, kwargs: dict[str, Any]) -> Any:
    if value is None and "path" in kwargs:
        warnings.warn(f"the 'path' input is deprecated. Please use '{name}' instead.", DeprecationWarning, stacklevel=4)
        return kwargs["path"]
    return value
