"""`identity`, `services`, `limits`, `queue_settings` and `resources` of a job."""

from __future__ import annotations

from typing import Any

from gateway.entities.identity import AmlTokenConfiguration, ManagedIdentityConfiguration, UserIdentityConfiguration
from gateway.entities.job_service import (
    JobService,
    JupyterLabJobService,
    SshJobService,
    TensorBoardJobService,
    VsCodeJobService,
)
from gateway.entities.job_settings import CommandJobLimits, JobResourceConfiguration, QueueSettings, SweepJobLimits
from gateway.serialization.yaml.fields import (
    ANY,
    INTEGER,
    MAPPING,
    TEXT,
    TEXT_OR_LIST,
    Codec,
    Field,
    enum,
    list_of,
    mapping_of,
    snake,
)
from gateway.serialization.yaml.renamed_keys import RENAMED_LIMITS
from gateway.serialization.yaml.schema import ObjectSchema, TaggedUnion


def _managed(msi_resource_id: str | None = None, **ids: Any) -> ManagedIdentityConfiguration:
    return ManagedIdentityConfiguration(resource_id=msi_resource_id, **ids)


_MANAGED = ObjectSchema(_managed, dict.fromkeys(("client_id", "object_id", "msi_resource_id"), TEXT))
_IDENTITY = TaggedUnion(
    {
        ManagedIdentityConfiguration.kind: _MANAGED,
        "managed": _MANAGED,
        AmlTokenConfiguration.kind: ObjectSchema(AmlTokenConfiguration, {}),
        UserIdentityConfiguration.kind: ObjectSchema(UserIdentityConfiguration, {}),
    },
    snake,
)


def _write_identity(value: Any, folder: str) -> dict[str, Any]:
    resource_id = getattr(value, "resource_id", None)
    return _IDENTITY.write(value, folder) | ({"msi_resource_id": resource_id} if resource_id else {})


IDENTITY = Field(_IDENTITY.read, _write_identity)


_SERVED_OF_SERVICES = ("$schema", "endpoint", "status", "error_message")
_SERVICE_FIELDS = {"type": TEXT, "port": INTEGER, "nodes": TEXT, "properties": MAPPING}


def _service(cls: type[JobService], **own: Codec) -> ObjectSchema:
    def make(type: Any = None, **options: Any) -> JobService:  # noqa: A002
        return cls(**options)

    return ObjectSchema(make, {**_SERVICE_FIELDS, **own}, ignored=_SERVED_OF_SERVICES)


_SSH = _service(SshJobService, ssh_public_keys=TEXT)
_TENSOR_BOARD = _service(TensorBoardJobService, log_dir=TEXT)
_SERVICES_BY_TYPE = {
    "ssh": _SSH,
    "tensor_board": _TENSOR_BOARD,
    "vs_code": _service(VsCodeJobService),
    "jupyter_lab": _service(JupyterLabJobService),
}
_OTHER_SERVICE = _service(JobService)
_WRITTEN_SERVICE = ObjectSchema(JobService, {**_SSH.fields, **_TENSOR_BOARD.fields, "endpoint": TEXT, "status": TEXT})


def _read_service(value: Any, folder: str) -> JobService:
    """The official schema tries ssh, then TensorBoard, when there is no type."""
    fields = value if isinstance(value, dict) else {}
    if "type" in fields:
        schema = _SERVICES_BY_TYPE.get(str(fields["type"]).lower(), _OTHER_SERVICE)
    else:
        schema = _TENSOR_BOARD if "log_dir" in fields else _SSH
    service: JobService = schema.read(value, folder)
    return service


SERVICES = mapping_of(Field(_read_service, _WRITTEN_SERVICE.write))


SWEEP_LIMITS = ObjectSchema(
    SweepJobLimits,
    dict.fromkeys(("max_total_trials", "max_concurrent_trials", "timeout", "trial_timeout"), INTEGER),
    required=["max_total_trials"],
    renamed_keys=RENAMED_LIMITS,
)
COMMAND_LIMITS = ObjectSchema(CommandJobLimits, {"timeout": INTEGER}, renamed_keys=RENAMED_LIMITS)


QUEUE_SETTINGS = ObjectSchema(
    QueueSettings,
    {"job_tier": enum("spot", "basic", "standard", "premium", "null"), "priority": enum("low", "medium", "high")},
)


RESOURCES = ObjectSchema(
    JobResourceConfiguration,
    {
        "instance_count": INTEGER,
        "instance_type": TEXT,
        "locations": list_of(TEXT),
        "max_instance_count": INTEGER,
        "shm_size": TEXT,
        "docker_args": TEXT_OR_LIST,
        "properties": mapping_of(ANY),
    },
)
