"""Inputs of a job."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from contracts.arm.base import ArmModel


class LiteralJobInput(ArmModel):
    """A value that goes into the command; the official client sends every literal as text."""

    job_input_type: Literal["literal"] = "literal"
    value: str | int | float | bool | None = None
    description: str | None = None


class AssetJobInput(ArmModel):
    """Data or a model, by its URI or ARM id.

    Parameters:
        mode: `ReadOnlyMount`, `ReadWriteMount`, `Download`, `Direct`, `EvalMount` or `EvalDownload`.
    """

    job_input_type: Literal["uri_file", "uri_folder", "mltable", "mlflow_model", "custom_model", "triton_model"]
    uri: str
    mode: str | None = None
    path_on_compute: str | None = None
    description: str | None = None


JobInput: TypeAlias = Annotated[LiteralJobInput | AssetJobInput, Field(discriminator="job_input_type")]
