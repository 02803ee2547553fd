"""`search_space`: parameters by name, each with its distribution."""

from __future__ import annotations

from typing import Any

from gateway.entities.search_space import DISTRIBUTIONS, SweepDistribution
from gateway.serialization.yaml.fields import (
    EXACT_NUMBER,
    INTEGER,
    Codec,
    Field,
    list_of,
    mapping_of,
    read_exact_number,
    write_exact_number,
)
from gateway.serialization.yaml.problems import Invalid, wrong
from gateway.serialization.yaml.schema import ObjectSchema, RegisteredSchemas, TaggedUnion


def _read_value(value: Any, folder: str) -> Any:
    """A value of a choice: text, a number, or a conditional space."""
    if isinstance(value, dict):
        return _SPACE.read(value, folder)
    if isinstance(value, bool):
        raise wrong(value, "a number or a string", "Put it in quotes.")
    return value if isinstance(value, str) else read_exact_number(value, folder)


def _write_value(value: Any, folder: str) -> Any:
    return _SPACE.write(value, folder) if isinstance(value, dict) else _write_plain(value, folder)


def _write_plain(value: Any, folder: str) -> Any:
    """Text, a number or null; the official SDK writes true as 1, as no file can hold it here."""
    return value if value is None or type(value) is str else write_exact_number(value, folder)


def _read_inner(value: Any, folder: str) -> Any:
    """A value of a conditional space: a distribution, a number (also when written as text), or other text."""
    if isinstance(value, dict):
        return DISTRIBUTION.read(value, folder)
    try:
        return read_exact_number(value, folder)
    except Invalid:
        if isinstance(value, str):
            return value
        raise wrong(value, "a number, a string or a distribution") from None


def _write_inner(value: Any, folder: str) -> Any:
    if isinstance(value, SweepDistribution):
        return DISTRIBUTION.write(value, folder)
    try:
        return write_exact_number(value, folder) if value is not None else None
    except Invalid:
        if type(value) is str:
            return value
        raise


def _argument(name: str) -> Codec:
    if name == "values":
        return list_of(Field(_read_value, _write_value))
    return INTEGER if name == "upper" else EXACT_NUMBER


_SPACE = mapping_of(Field(_read_inner, _write_inner))


def _distribution_schema(cls: type[SweepDistribution]) -> ObjectSchema:
    required = [name for name in cls.arguments if name != "values"]
    return ObjectSchema(cls, {name: _argument(name) for name in cls.arguments}, required=required)


DISTRIBUTION = TaggedUnion(RegisteredSchemas(DISTRIBUTIONS, _distribution_schema))
SEARCH_SPACE = mapping_of(DISTRIBUTION)
