"""Inputs and outputs of a job."""

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


class JobOutput(ArmModel):
    """A folder or file that the job writes, collected when it ends.

    Parameters:
        uri: where it goes; the workspace's default place when absent.
        mode: `ReadWriteMount`, `Upload` or `Direct`.
        asset_name: registers it under this name.
    """

    job_output_type: Literal["uri_file", "uri_folder", "mltable", "mlflow_model", "custom_model", "triton_model"]
    uri: str | None = None
    mode: str | None = None
    asset_name: str | None = None
    asset_version: str | None = None
    path_on_compute: str | None = None
    description: str | None = None
