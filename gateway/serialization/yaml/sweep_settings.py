"""`objective`, `sampling_algorithm` and `early_termination` of a sweep."""

from __future__ import annotations

from typing import Any

from gateway.entities.sweep_settings import (
    POLICIES,
    SAMPLING_ALGORITHMS,
    EarlyTerminationPolicy,
    Objective,
    SamplingAlgorithm,
)
from gateway.serialization.yaml.fields import INTEGER, TEXT, Field, codecs_of, enum, optional, snake
from gateway.serialization.yaml.schema import ObjectSchema, RegisteredSchemas, TaggedUnion

OBJECTIVE = ObjectSchema(
    Objective,
    {"goal": enum("minimize", "maximize", fold=snake), "primary_metric": TEXT},
    required=["goal", "primary_metric"],
)


def _algorithm_schema(cls: type[SamplingAlgorithm]) -> ObjectSchema:
    return ObjectSchema(cls, codecs_of(cls.fields))


_ALGORITHM = TaggedUnion(RegisteredSchemas(SAMPLING_ALGORITHMS, _algorithm_schema), snake)


def _algorithm_name(value: Any, folder: str) -> Any:
    return enum(*SAMPLING_ALGORITHMS).read(value, folder)


def _read_algorithm(value: Any, folder: str) -> Any:
    return _ALGORITHM.read(value, folder) if isinstance(value, dict) else _algorithm_name(value, folder)


def _write_algorithm(value: Any, folder: str) -> Any:
    return _algorithm_name(value, folder) if isinstance(value, str) else _ALGORITHM.write(value, folder)


SAMPLING_ALGORITHM = Field(_read_algorithm, _write_algorithm)

_PACE = {"evaluation_interval": optional(INTEGER), "delay_evaluation": optional(INTEGER)}


def _policy_schema(cls: type[EarlyTerminationPolicy]) -> ObjectSchema:
    own = {name: codec if name in cls.required else optional(codec) for name, codec in codecs_of(cls.fields).items()}
    return ObjectSchema(cls, {**_PACE, **own}, required=cls.required)


EARLY_TERMINATION = TaggedUnion(RegisteredSchemas(POLICIES, _policy_schema), snake)
