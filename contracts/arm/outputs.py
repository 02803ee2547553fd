"""Outputs of a job."""

from __future__ import annotations

from typing import Literal

from contracts.arm.base import ArmModel


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
