"""Pipeline nodes: a pipeline as a step of another one."""

from __future__ import annotations

from typing import Any

from gateway.builders.node import Node
from gateway.builders.pipeline_job import PipelineJob
from gateway.constants import JobType
from gateway.entities.pipeline_component import PipelineComponent
from gateway.entities.pipeline_settings import PipelineJobSettings, settings_of
from gateway.entities.resource import copied
from gateway.exceptions import ErrorTarget, invalid_value


class Pipeline(Node):
    """A pipeline as a step of another one; its settings count only when it is submitted as a job of its own.

    Parameters:
        component: the pipeline component, or the id of a registered one.
        settings: as in PipelineJob.
        inputs, outputs, name, display_name, description, tags, properties, compute: as in Node (keyword arguments).
    """

    _type = JobType.PIPELINE

    def __init__(
        self,
        *,
        component: PipelineComponent | str,
        settings: PipelineJobSettings | dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        if not isinstance(component, str | PipelineComponent):
            raise invalid_value("component", component, "a pipeline component or its id", target=ErrorTarget.PIPELINE)
        kwargs.pop("type", None)
        super().__init__(component=component, **kwargs)
        self.settings = settings
        if isinstance(component, PipelineComponent):
            for name, bound in component._bound_outputs.items():
                if bound.data and self.outputs[name].data is None:
                    self.outputs[name].data = copied(bound.data)

    @property
    def component(self) -> PipelineComponent | str:
        """The pipeline component, or the id of a registered one."""
        component: PipelineComponent | str = self._component
        return component

    @property
    def settings(self) -> PipelineJobSettings:
        """Settings for when it is submitted as a job of its own."""
        return self._settings

    @settings.setter
    def settings(self, value: PipelineJobSettings | dict[str, Any] | None) -> None:
        self._settings = settings_of(value)

    def to_job(self) -> PipelineJob:
        """The pipeline job that runs the component."""
        return PipelineJob(
            name=self.name,
            display_name=self.display_name,
            description=self.description,
            tags=self.tags,
            properties=self.properties,
            inputs={name: value for name, value in self._job_inputs.items() if value},
            outputs=self._job_outputs,
            component=self._component,
            settings=self.settings,
            base_path=self.base_path,
        )
