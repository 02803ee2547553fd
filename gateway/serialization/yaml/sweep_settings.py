"""`objective`, `sampling_algorithm` and `early_termination` of a sweep."""

from __future__ import annotations

from typing import Any

from gateway.entities.sweep_settings import (
    SAMPLING_ALGORITHMS,
    BanditPolicy,
    MedianStoppingPolicy,
    Objective,
    TruncationSelectionPolicy,
)
from gateway.serialization.yaml.fields import INTEGER, NUMBER, TEXT, Field, enum, optional, snake
from gateway.serialization.yaml.problems import Invalid
from gateway.serialization.yaml.schema import ObjectSchema, TaggedUnion

OBJECTIVE = ObjectSchema(
    Objective,
    {"goal": enum("minimize", "maximize", fold=snake), "primary_metric": TEXT},
    required=["goal", "primary_metric"],
)


def _read_logbase(value: Any, folder: str) -> float | str:
    try:
        number: float = NUMBER.read(value, folder)
    except Invalid:
        if isinstance(value, str):
            return value
        raise
    return number


_ALGORITHM_OPTIONS = {
    "random": {
        "seed": INTEGER,
        "logbase": Field(_read_logbase, lambda value, folder: _read_logbase(value, folder)),
        "rule": enum("random", "sobol", fold=snake),
    }
}
_ALGORITHM_NAME = enum(*SAMPLING_ALGORITHMS)
_ALGORITHM = TaggedUnion(
    {kind: ObjectSchema(cls, _ALGORITHM_OPTIONS.get(kind, {})) for kind, cls in SAMPLING_ALGORITHMS.items()}, snake
)


def _read_algorithm(value: Any, folder: str) -> Any:
    return _ALGORITHM.read(value, folder) if isinstance(value, dict) else _ALGORITHM_NAME.read(value, folder)


def _write_algorithm(value: Any, folder: str) -> Any:
    return _ALGORITHM_NAME.write(value, folder) if isinstance(value, str) else _ALGORITHM.write(value, folder)


SAMPLING_ALGORITHM = Field(_read_algorithm, _write_algorithm)


_PACE = {"evaluation_interval": optional(INTEGER), "delay_evaluation": optional(INTEGER)}

EARLY_TERMINATION = TaggedUnion(
    {
        BanditPolicy.kind: ObjectSchema(
            BanditPolicy, {**_PACE, "slack_factor": optional(NUMBER), "slack_amount": optional(NUMBER)}
        ),
        MedianStoppingPolicy.kind: ObjectSchema(MedianStoppingPolicy, _PACE),
        TruncationSelectionPolicy.kind: ObjectSchema(
            TruncationSelectionPolicy, {**_PACE, "truncation_percentage": INTEGER}, required=["truncation_percentage"]
        ),
    },
    snake,
)
