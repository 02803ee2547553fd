"""What all entries of a scenario have in common."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field


class Entry(BaseModel):
    """An entry that has its keys and no others."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


#: Seconds that something takes.
Seconds = Annotated[float, Field(ge=0)]


def pattern(text: str, separator: str | None = None) -> re.Pattern[str]:
    """What a text with wildcards matches, without regard to case.

    Parameters:
        text: `*` stands for anything; with a separator for anything between two of them, and `**` for several.
        separator: of the parts of what is matched: `/` in paths.

    >>> bool(pattern("/jobs/*", "/").fullmatch("/jobs/a/cancel"))
    False
    """
    one = "[^" + re.escape(separator) + "]*" if separator else ".*"
    parts = (".*" if part == "**" else one if part == "*" else re.escape(part) for part in _WILD.split(text))
    return re.compile("".join(parts), re.IGNORECASE | re.DOTALL)


_WILD = re.compile(r"(\*\*?)")
