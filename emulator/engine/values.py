"""Values of hyperparameters, and how they are written."""

from __future__ import annotations

import json
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
