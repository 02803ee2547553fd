"""Pipeline jobs: a graph of steps with inputs and outputs of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gateway.builders.ports import NodeInputs, NodeOutputs, PipelineInput, PipelineOutput
from gateway.constants import JobType
from gateway.entities.component import ComponentSource
from gateway.entities.identity import JobIdentity, identity_of
from gateway.entities.job import Job
from gateway.entities.job_io import Input, Output
from gateway.entities.pipeline_component import PipelineComponent
from gateway.entities.pipeline_settings import PipelineJobSettings, settings_of
from gateway.entities.resource import Coerced, copied


class PipelineJob(Job):
    """A graph of steps; usually made by a function with `@pipeline`, or read from a file.

    Parameters:
        component: the pipeline component, or the id of a registered one; its steps are the job's.
        inputs: inputs by name: Input objects or literal values.
        outputs: outputs by name.
        jobs: the steps by name, where there is no component.
        settings: default compute and datastore, what happens when a step fails.
        identity: the identity under which steps run.
        name, display_name, description, tags, properties, experiment_name, compute: as in Job.
    """

    _type = JobType.PIPELINE
    _print_as_yaml = True
    _inputs_of_node: NodeInputs
    _outputs_of_node: NodeOutputs
    identity = Coerced(identity_of, "The identity under which steps run.")

    def __init__(
        self,
        *,
        component: PipelineComponent | str | None = None,
        inputs: Mapping[str, Any] | None = None,
        outputs: Mapping[str, Any] | None = None,
        name: str | None = None,
        description: str | None = None,
        display_name: str | None = None,
        experiment_name: str | None = None,
        jobs: Mapping[str, Any] | None = None,
        settings: PipelineJobSettings | dict[str, Any] | None = None,
        identity: JobIdentity | dict[str, Any] | None = None,
        compute: str | None = None,
        tags: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        kwargs.pop("type", None)
        source = kwargs.pop("_source", ComponentSource.CLASS)
        if component is None:
            component = PipelineComponent(
                jobs=jobs,
                description=description,
                display_name=display_name,
                base_path=kwargs.get("base_path"),
                source=source,
            )
        if isinstance(component, PipelineComponent):
            description = component.description if description is None else description
            display_name = component.display_name if display_name is None else display_name
        super().__init__(
            name=name,
            display_name=display_name,
            description=description,
            tags=tags,
            experiment_name=experiment_name,
            compute=compute,
            **kwargs,
        )
        self.component = component
        self._jobs = dict(jobs or {}) if isinstance(component, str) else {}
        self._inputs_of_node = _inputs(component, inputs or {})
        self._outputs_of_node = _outputs(component, outputs or {}, self)
        self.settings = settings
        self.identity = identity

    @property
    def jobs(self) -> dict[str, Any]:
        """The steps by name."""
        return self.component.jobs if isinstance(self.component, PipelineComponent) else self._jobs

    @property
    def inputs(self) -> NodeInputs:
        """Inputs by name."""
        return self._inputs_of_node

    @property
    def outputs(self) -> NodeOutputs:
        """Outputs by name."""
        return self._outputs_of_node

    @property
    def settings(self) -> PipelineJobSettings:
        """Default compute and datastore, what happens when a step fails."""
        return self._settings

    @settings.setter
    def settings(self, value: PipelineJobSettings | dict[str, Any] | None) -> None:
        self._settings = settings_of(value)


def _declared(component: PipelineComponent | str) -> bool:
    """Whether a component says what its inputs and outputs are: one of a function or of a component's file."""
    return isinstance(component, PipelineComponent) and component._source in (
        ComponentSource.DSL,
        ComponentSource.YAML_COMPONENT,
    )


def _inputs(component: PipelineComponent | str, given: Mapping[str, Any]) -> NodeInputs:
    """Those with a value: the service takes others for the text `None`."""
    metas: Mapping[str, Input | None] = dict.fromkeys(given)
    if isinstance(component, PipelineComponent) and _declared(component):
        metas = component.inputs
    ports = {}
    for name, meta in metas.items():
        data = given.get(name, meta and meta.default)
        port = PipelineInput(name, meta, Input(**data) if isinstance(data, dict) else data)
        if port.data is not None:
            ports[name] = port
    return NodeInputs(ports)


def _outputs(component: PipelineComponent | str, given: Mapping[str, Any], owner: PipelineJob) -> NodeOutputs:
    ports = {}
    if isinstance(component, PipelineComponent) and _declared(component):
        for name, meta in component.outputs.items():
            bound = component._bound_outputs.get(name)
            if bound is None:
                ports[name] = PipelineOutput(name, meta, copied(meta), owner)
            else:
                ports[name] = PipelineOutput(name, bound.meta, copied(bound.data), owner)
        given = {name: value for name, value in given.items() if value}
    for name, value in given.items():
        if isinstance(value, PipelineOutput):
            ports[name] = PipelineOutput(name, value.meta, copied(value.data), owner)  # type: ignore[arg-type]
        else:
            data = Output(**value) if isinstance(value, dict) else value
            ports[name] = PipelineOutput(name, data if isinstance(data, Output) else None, data, owner)
    return NodeOutputs(ports)
