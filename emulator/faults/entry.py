"""What all entries of a scenario have in common."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field


class Entry(BaseModel):
    """An entry that has its keys and no others."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


#: Seconds that something takes.
Seconds = Annotated[float, Field(ge=0)]
