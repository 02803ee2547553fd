"""The bodies of control requests that nothing else uses; apart from the routes, because pydantic is slow to import."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from emulator.simulation.time_control import HORIZON

Span = Annotated[float, Field(ge=0, le=100 * HORIZON)]


class ClockChange(BaseModel):
    """`POST /_amlet/clock`: what happens to time; the keys are carried out in this order.

    Parameters:
        frozen: whether time passes only when it is told to; else everything that runs goes to its end whenever a client
            looks.
        advance: seconds to move on; what is due on the way happens.
        settle: let time pass until nothing is left that will happen.
        limit: with `settle`: at most so many seconds.
    """

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)

    frozen: bool | None = None
    advance: Span | None = None
    settle: bool = False
    limit: Span = HORIZON

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.frozen is None and self.advance is None and not self.settle:
            raise ValueError("nothing would happen; give one of frozen, advance or settle")
        return self


class SnapshotName(BaseModel):
    """`POST /_amlet/snapshot` and `/_amlet/restore`: which snapshot is meant.

    Parameters:
        name: letters, digits, dots, dashes and underscores, at most 64.
    """

    model_config = ConfigDict(extra="forbid")

    name: str
