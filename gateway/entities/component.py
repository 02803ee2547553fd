"""Components: what steps of a pipeline are made from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gateway import _late as late
from gateway.entities.assets import Asset
from gateway.entities.job_io import Input, Output

#: Name of every component that is defined within a job.
ANONYMOUS_COMPONENT = "azureml_anonymous"


class ComponentSource:
    """Where a component or a step comes from, as it travels in `_source`. Source: the official SDK's constants."""

    BUILDER = "BUILDER"
    DSL = "DSL"
    CLASS = "CLASS"
    YAML_JOB = "YAML.JOB"
    YAML_COMPONENT = "YAML.COMPONENT"
    WORKSPACE_COMPONENT = "REMOTE.WORKSPACE.COMPONENT"
    WORKSPACE_JOB = "REMOTE.WORKSPACE.JOB"
    REGISTRY = "REMOTE.REGISTRY"


class Component(Asset):
    """What has declared inputs and outputs and can be called: a command component or a pipeline component.

    Parameters:
        name, version, description, tags, properties: as in Asset; without name and version it is anonymous.
        display_name: what Studio shows.
        inputs, outputs: declarations by name; a dict stands for an Input or Output.
        is_deterministic: whether the same inputs give the same outputs.
        source: one of ComponentSource.
        schema: `$schema` of its file.
    """

    _print_as_yaml = True
    #: `type` in files and on the wire; of a name that stands for all versions, as the official SDK says it.
    kind: str = "_container"

    def __init__(
        self,
        *,
        name: str | None = None,
        version: str | None = None,
        description: str | None = None,
        tags: dict[str, Any] | None = None,
        properties: dict[str, Any] | None = None,
        display_name: str | None = None,
        inputs: Mapping[str, Any] | None = None,
        outputs: Mapping[str, Any] | None = None,
        is_deterministic: bool | None = None,
        source: str | None = None,
        schema: str | None = None,
        **kwargs: Any,
    ) -> None:
        anonymous = not name and version is None
        kwargs.setdefault("is_anonymous", anonymous)
        super().__init__(
            ANONYMOUS_COMPONENT if anonymous else name,
            "1" if anonymous else version,
            description,
            tags,
            properties,
            **kwargs,
        )
        self.display_name = display_name
        self.is_deterministic = is_deterministic
        self.inputs: dict[str, Input] = {
            key: entry if isinstance(entry, Input) else Input(**entry) for key, entry in (inputs or {}).items()
        }
        self.outputs: dict[str, Output] = {
            key: entry if isinstance(entry, Output) else Output(**entry) for key, entry in (outputs or {}).items()
        }
        self._source = source or ComponentSource.CLASS
        self._schema = schema

    @property
    def type(self) -> str:
        """Kind of the component."""
        return self.kind

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """A step that runs the component with these inputs; within a `@pipeline` function, a step of that pipeline.

        Raises:
            UnexpectedKeywordError: an input that the component does not have.
            ValidationException: positional arguments.
        """
        return late.step_of(self, args, kwargs)


def source_of_id(component_id: str) -> str:
    """Where a component that is given by its id comes from."""
    registry = component_id.startswith("azureml://registries/")
    return ComponentSource.REGISTRY if registry else ComponentSource.WORKSPACE_COMPONENT
