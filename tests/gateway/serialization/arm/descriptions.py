"""Descriptions of jobs, from which the same job is built in the gateway and in the official SDK."""

from __future__ import annotations

import json
import warnings
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

GATEWAY = ("gateway.sweep", "gateway.entities", "gateway")
SDK = ("azure.ai.ml.sweep", "azure.ai.ml.entities", "azure.ai.ml", "azure.ai.ml.entities._job.parameterized_command")


@dataclass(frozen=True)
class Made:
    """A call of a public name: `Made("Uniform", {"min_value": 0})`; `then` are methods called on the result."""

    name: str
    arguments: dict[str, Any]
    then: tuple[tuple[str, dict[str, Any]], ...] = ()
    positional: tuple[Any, ...] = field(default=())


def build(described: Any, library: tuple[str, ...]) -> Any:
    """What a description means in a library (a tuple of its modules)."""
    if isinstance(described, Made):
        made = _named(described.name, library)(
            *build(described.positional, library), **build(described.arguments, library)
        )
        for method, arguments in described.then:
            made = getattr(made, method)(**build(arguments, library))
        return made
    if isinstance(described, dict):
        return {key: build(value, library) for key, value in described.items()}
    if isinstance(described, list | tuple):
        return type(described)(build(value, library) for value in described)
    return described


def arguments_of(described: Any, seen: Counter[str]) -> None:
    """Count each class x argument that a description exercises."""
    if isinstance(described, Made):
        for owner, arguments in [(described.name, described.arguments)] + [
            (f"{described.name}.{method}", given) for method, given in described.then
        ]:
            seen.update([owner] + [f"{owner}({name})" for name, value in arguments.items() if value is not None])
            arguments_of(list(arguments.values()), seen)
    elif isinstance(described, dict):
        arguments_of(list(described.values()), seen)
    elif isinstance(described, list | tuple):
        for value in described:
            arguments_of(value, seen)


REFUSED = b"refused"


def gateway_bytes(described: Made) -> bytes:
    """The body that the gateway sends for a description, or REFUSED."""
    from gateway import to_arm_json
    from gateway.exceptions import ValidationException

    try:
        return to_arm_json(build(described, GATEWAY))
    except ValidationException:
        return REFUSED


def sdk_bytes(described: Made) -> bytes:
    """The body that the official SDK serialises for a description, or REFUSED."""
    from azure.ai.ml.exceptions import UserErrorException, ValidationException

    try:
        return sdk_json(build(described, SDK))
    except (UserErrorException, ValidationException):
        return REFUSED


def sdk_json(job: Any) -> bytes:
    """The body that the official SDK serialises for one of its jobs."""
    from azure.ai.ml._restclient.arm_ml_service._utils.model_base import SdkJSONEncoder
    from azure.ai.ml.entities import Environment
    from azure.ai.ml.entities._builders import BaseNode

    class Encoder(SdkJSONEncoder):
        def default(self, o: Any) -> Any:
            """An environment as this project sends it unresolved; the official SDK has no form for it."""
            return f"{o.name}:{o.version}" if isinstance(o, Environment) else super().default(o)

    plain = job._to_job() if isinstance(job, BaseNode) else job
    return json.dumps(plain._to_rest_object(), cls=Encoder, exclude_readonly=True).encode()


def sdk_job(body: dict[str, Any]) -> Any:
    """What the official SDK reads out of a body."""
    from azure.ai.ml._restclient.arm_ml_service.models import JobBase
    from azure.ai.ml.entities import Job

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return Job._from_rest_object(JobBase._deserialize(json.loads(json.dumps(body)), []))


def _named(name: str, library: tuple[str, ...]) -> Callable[..., Any]:
    for module in library:
        found = getattr(import_module(module), name, None)
        if callable(found):
            return found  # type: ignore[no-any-return]
    raise LookupError(f"{name} is in none of {library}")
