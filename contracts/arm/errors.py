"""The ARM error envelope."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from contracts.arm.base import ArmModel


class AdditionalInfo(ArmModel):
    """A typed remark on an error: `ComponentName`, `Correlation`, `Location`, `Time`, `InnerError` ..."""

    type: str
    info: Any


class ErrorDetail(ArmModel):
    """One error.

    Parameters:
        code: `UserError`, `NotFound`, `ResourceNotFound`, `AuthorizationFailed` ...
        message: what happened, for people.
        target: the field or resource it is about.
    """

    code: str
    message: str
    target: str | None = None
    details: list[ErrorDetail] = Field(default_factory=list)
    additional_info: list[AdditionalInfo] = Field(default_factory=list)
