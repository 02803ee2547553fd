"""Steps: what calling a component makes."""

from __future__ import annotations

from typing import Any

from gateway.builders import scope
from gateway.builders.command import Command
from gateway.builders.node import Node
from gateway.builders.pipeline import Pipeline
from gateway.builders.signature import call_arguments
from gateway.entities.command_component import CommandComponent
from gateway.entities.component import Component
from gateway.entities.pipeline_component import PipelineComponent
from gateway.exceptions import ErrorTarget, invalid_value


def step_of(component: Component, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Node:
    """The step that runs a component with these inputs; a step of the pipeline whose function is running.

    Raises:
        UnexpectedKeywordError: an input that the component does not have.
        ValidationException: positional arguments, or a component of another kind.
    """
    inputs = call_arguments(component, args, kwargs)
    step: Node
    if isinstance(component, CommandComponent):
        step = Command(component=component, inputs=inputs, base_path=component.base_path)
    elif isinstance(component, PipelineComponent):
        step = Pipeline(component=component, inputs=inputs, base_path=component.base_path)
    else:
        raise invalid_value("component", component, "a command component", target=ErrorTarget.COMPONENT)
    scope.register(step)
    return step
