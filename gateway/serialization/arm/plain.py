"""Plain JSON out of what people put into entities."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from enum import Enum
from functools import lru_cache
from typing import Any

from contracts.duration import format_duration
from gateway.exceptions import ValidationErrorType, ValidationException, invalid_value

#: Types that are JSON as they are.
PLAIN = frozenset({str, int, float, bool, type(None)})
#: Of these `present` takes what it is given: scalars, and what another translation has made.
_AS_IT_IS = frozenset({str, int, float, bool, dict})

#: Hours, minutes and seconds of a duration: the official SDK writes them with two digits, outside of limits.
_TIME_PART = re.compile(r"(?<!\d)\d+(?=[HMS.])")

_CAPITAL = re.compile("(?<!^)([A-Z])")


def plain(value: Any, where: str) -> Any:
    """The value as JSON has it: enums by their value, decimals as numbers, times as ISO-8601 text.

    Parameters:
        value: anything.
        where: the field it stands in, for the error message.

    Raises:
        ValidationException: JSON has no form for it.
    """
    if type(value) in PLAIN:
        return value
    if isinstance(value, Mapping):
        return plain_mapping(value, where)
    if isinstance(value, list | tuple):
        return [plain(entry, f"{where}[{place}]") for place, entry in enumerate(value)]
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, str | int | float):
        return value
    return _scalar(value, where)


def plain_mapping(value: Mapping[Any, Any], where: str) -> dict[Any, Any]:
    """A copy of a mapping with its values as JSON has them; parameters and errors as of `plain`."""
    if type(value) is not dict and not isinstance(value, Mapping):
        raise invalid_value(where, value, "a dict")
    if PLAIN.issuperset(map(type, value.values())):
        return dict(value)
    return {key: plain(entry, f"{where}.{key}") for key, entry in value.items()}


def present(fields: dict[str, Any]) -> dict[str, Any]:
    """The fields that are not None, as JSON has them: the official SDK leaves the others out of a body.

    Raises:
        ValidationException: JSON has no form for one.
    """
    body = {}
    for key, value in fields.items():
        if type(value) in _AS_IT_IS:
            body[key] = value
        elif value is not None:
            body[key] = plain(value, key)
    return body


@lru_cache(maxsize=256)
def camel(name: str) -> str:
    """`delay_evaluation` as the wire writes it: `delayEvaluation`."""
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)


@lru_cache(maxsize=256)
def snake(name: str) -> str:
    """`delayEvaluation` as steps of a pipeline write it: `delay_evaluation`."""
    return _CAPITAL.sub(r"_\1", name).lower()


def snake_keys(body: Mapping[str, Any]) -> dict[str, Any]:
    """The same with keys in snake_case, at this level only."""
    return {snake(key): value for key, value in body.items()}


def _scalar(value: Any, where: str) -> Any:
    import base64
    from datetime import UTC, date, datetime, timedelta

    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, datetime):
        aware = value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
        return aware.isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, timedelta):
        return _TIME_PART.sub(lambda part: part[0].zfill(2), format_duration(value.total_seconds()))
    if isinstance(value, bytes | bytearray):
        return base64.b64encode(value).decode()
    remedy = ": give its .tolist()" if hasattr(value, "tolist") else ""
    raise ValidationException(
        f"{where}: {value!r} of type {type(value).__name__} cannot be sent; JSON values only{remedy}.",
        error_type=ValidationErrorType.CANNOT_SERIALIZE,
    )
