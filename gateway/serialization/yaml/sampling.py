"""`sampling_algorithm`: a name, or a mapping with options."""

from __future__ import annotations

from typing import Any

from gateway.entities.sampling_algorithm import SAMPLING_ALGORITHMS
from gateway.serialization.yaml.fields import INTEGER, NUMBER, Field, enum, snake
from gateway.serialization.yaml.noun import Noun, Typed
from gateway.serialization.yaml.problems import Invalid


def _read_logbase(value: Any, folder: str) -> float | str:
    try:
        number: float = NUMBER.read(value, folder)
    except Invalid:
        if isinstance(value, str):
            return value
        raise
    return number


_OPTIONS = {
    "random": {
        "seed": INTEGER,
        "logbase": Field(_read_logbase, lambda value, folder: _read_logbase(value, folder)),
        "rule": enum("random", "sobol", fold=snake),
    }
}
_NAME = enum(*SAMPLING_ALGORITHMS)
_ALGORITHM = Typed({kind: Noun(cls, _OPTIONS.get(kind, {})) for kind, cls in SAMPLING_ALGORITHMS.items()}, snake)


def _read(value: Any, folder: str) -> Any:
    return _ALGORITHM.read(value, folder) if isinstance(value, dict) else _NAME.read(value, folder)


def _write(value: Any, folder: str) -> Any:
    return _NAME.write(value, folder) if isinstance(value, str) else _ALGORITHM.write(value, folder)


SAMPLING_ALGORITHM = Field(_read, _write)
