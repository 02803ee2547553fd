"""`services` of a job."""

from __future__ import annotations

from typing import Any

from gateway.entities.job_service import (
    JobService,
    JupyterLabJobService,
    SshJobService,
    TensorBoardJobService,
    VsCodeJobService,
)
from gateway.serialization.yaml.fields import INTEGER, MAPPING, TEXT, Codec, Field, mapping_of
from gateway.serialization.yaml.noun import Noun

_SERVED = ("$schema", "endpoint", "status", "error_message")
_COMMON = {"type": TEXT, "port": INTEGER, "nodes": TEXT, "properties": MAPPING}


def _noun(cls: type[JobService], **own: Codec) -> Noun:
    def make(type: Any = None, **options: Any) -> JobService:  # noqa: A002
        return cls(**options)

    return Noun(make, {**_COMMON, **own}, ignored=_SERVED)


_SSH = _noun(SshJobService, ssh_public_keys=TEXT)
_TENSOR_BOARD = _noun(TensorBoardJobService, log_dir=TEXT)
_BY_TYPE = {
    "ssh": _SSH,
    "tensor_board": _TENSOR_BOARD,
    "vs_code": _noun(VsCodeJobService),
    "jupyter_lab": _noun(JupyterLabJobService),
}
_OTHER = _noun(JobService)
_WRITTEN = Noun(JobService, {**_SSH.fields, **_TENSOR_BOARD.fields, "endpoint": TEXT, "status": TEXT})


def _read(value: Any, folder: str) -> JobService:
    """The official schema tries ssh, then TensorBoard, when there is no type."""
    fields = value if isinstance(value, dict) else {}
    if "type" in fields:
        noun = _BY_TYPE.get(str(fields["type"]).lower(), _OTHER)
    else:
        noun = _TENSOR_BOARD if "log_dir" in fields else _SSH
    service: JobService = noun.read(value, folder)
    return service


SERVICES = mapping_of(Field(_read, _WRITTEN.write))
