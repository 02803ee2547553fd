"""Values of hyperparameters, and how they are written."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TypeAlias

JSON: TypeAlias = "str | int | float | bool | list[JSON] | dict[str, JSON] | None"

#: The parameters of one trial, in declaration order.
Point: TypeAlias = dict[str, JSON]


def argv_text(value: JSON) -> str:
    """A value as it stands in a trial's command line and environment: `65.0` is `65`, a list or dict compact JSON.

    Recorded runs write floats in full and drop `.0`; booleans (`True`) and null (nothing) are emulator-defined.
    """
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, list | dict):
        return json.dumps(value, separators=(",", ":"))
    return str(value).removesuffix(".0")


def scalar_text(value: str | float | bool) -> str:
    """A scalar of a body where the definitions have text: `true`, `80`, `1.5`, as JSON writes it.

    The official client sends scalars of job files as they are; that the service takes its JSON text is inferred.
    """
    return value if isinstance(value, str) else json.dumps(value)


def scalar_texts(values: Mapping[str, str | float | bool | None] | None) -> dict[str, str]:
    """A bag of scalars as one of texts, without nulls."""
    return {name: scalar_text(value) for name, value in (values or {}).items() if value is not None}
