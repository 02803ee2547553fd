"""The references that point upwards in the layers, found by name when they are first called.

The official SDK puts these on its entities and exceptions, so they are here too: `job.dump()`, `job.validate()`,
`str(node)`, `component(...)` and the error classes that need azure-core. What they do belongs to a layer above. This
module is the whole list; `tests/gateway/test_late.py` checks that every name exists.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gateway.findings import Located

UPWARDS = {
    "dump": "gateway.serialization.yaml",
    "validate": "gateway.serialization.validation",
    "step_of": "gateway.builders.steps",
    "http_error": "gateway.transport.http_errors",
}


def dump(entity: Any, dest: Any, **kwargs: Any) -> None:
    """Write an entity as YAML; see `gateway.serialization.yaml.dump`."""
    import_module(UPWARDS["dump"]).dump(entity, dest, **kwargs)


def validate(job: Any, *, api_version: str) -> list[Located]:
    """Check a job; see `gateway.serialization.validation.validate`."""
    found: list[Located] = import_module(UPWARDS["validate"]).validate(job, api_version=api_version)
    return found


def step_of(component: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """The step that calling a component makes; see `gateway.builders.steps.step_of`."""
    return import_module(UPWARDS["step_of"]).step_of(component, args, kwargs)


def http_error(name: str) -> Any:
    """The error class of this name in `gateway.transport.http_errors`, which imports azure-core."""
    return getattr(import_module(UPWARDS["http_error"]), name)
