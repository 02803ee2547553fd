"""Settings of steps whose values are inputs of the pipeline: in bodies and files they are the bindings."""

from __future__ import annotations

from typing import Any

from gateway.builders.ports import PipelineInput
from gateway.entities.resource import copied


def text_of(value: Any) -> Any:
    """An input of the pipeline as the binding that it is; every other value as it is."""
    return str(value) if isinstance(value, PipelineInput) else value


def bound(settings: Any) -> Any:
    """Settings, such as limits, in which the inputs of the pipeline are the bindings that they are."""
    if settings is None or not any(map(_is_bound, vars(settings).values())):
        return settings
    settings = copied(settings)
    for key, value in vars(settings).items():
        vars(settings)[key] = [text_of(entry) for entry in value] if isinstance(value, list) else text_of(value)
    return settings


def _is_bound(value: Any) -> bool:
    return isinstance(value, PipelineInput) or (isinstance(value, list) and any(map(_is_bound, value)))
