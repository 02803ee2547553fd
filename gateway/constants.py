"""Names of asset types, delivery modes, job types and distribution types, as `azure.ai.ml.constants` has them."""

from __future__ import annotations


class AssetTypes:
    """What an input or output may be."""

    URI_FILE = "uri_file"
    URI_FOLDER = "uri_folder"
    MLTABLE = "mltable"
    MLFLOW_MODEL = "mlflow_model"
    TRITON_MODEL = "triton_model"
    CUSTOM_MODEL = "custom_model"


class InputOutputModes:
    """How an input reaches the trial, or an output leaves it."""

    MOUNT = "mount"
    DOWNLOAD = "download"
    UPLOAD = "upload"
    RO_MOUNT = "ro_mount"
    RW_MOUNT = "rw_mount"
    EVAL_MOUNT = "eval_mount"
    EVAL_DOWNLOAD = "eval_download"
    DIRECT = "direct"


class InputTypes:
    """Types of the literal inputs of a component."""

    INTEGER = "integer"
    NUMBER = "number"
    STRING = "string"
    BOOLEAN = "boolean"


class JobType:
    """Kinds of jobs that the gateway knows."""

    COMMAND = "command"
    SWEEP = "sweep"
    PIPELINE = "pipeline"
    BASE = "base"


class DistributionType:
    """Frameworks that a command may be distributed with."""

    MPI = "mpi"
    TENSORFLOW = "tensorflow"
    PYTORCH = "pytorch"
    RAY = "ray"


class ListViewType:
    """Which jobs a list shows."""

    ACTIVE_ONLY = "ActiveOnly"
    ARCHIVED_ONLY = "ArchivedOnly"
    ALL = "All"


__all__ = ["AssetTypes", "DistributionType", "InputOutputModes", "InputTypes", "JobType", "ListViewType"]
