"""Services of jobs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gateway.entities.job_service import (
    SERVICE_TYPES,
    JobService,
    JupyterLabJobService,
    SshJobService,
    TensorBoardJobService,
    VsCodeJobService,
)
from gateway.exceptions import ErrorTarget, invalid_value
from gateway.serialization.arm.plain import plain_mapping, present

_NAMES = {wire: name for name, wire in SERVICE_TYPES.items()}
_CLASSES: Mapping[str | None, type[JobService]] = {
    SERVICE_TYPES[str(cls.kind)]: cls
    for cls in (JupyterLabJobService, SshJobService, TensorBoardJobService, VsCodeJobService)
}


def services_to_arm(services: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """The services as they travel.

    Raises:
        ValidationException: an entry is not a job service.
    """
    if services is None:
        return None
    if not isinstance(services, Mapping):
        raise invalid_value("services", services, "a dict of services by name", target=ErrorTarget.COMMAND_JOB)
    return {name: _service_to_arm(name, service) for name, service in services.items()}


def services_from_arm(body: Mapping[str, Any] | None) -> dict[str, JobService] | None:
    """The services of a body, by name."""
    if body is None:
        return None
    return {name: _service_from_arm(service) for name, service in body.items() if service is not None}


def _service_to_arm(name: str, service: Any) -> dict[str, Any]:
    if not isinstance(service, JobService):
        remedy = "a JobService such as SshJobService()"
        raise invalid_value(f"services.{name}", service, remedy, target=ErrorTarget.COMMAND_JOB)
    properties = service.properties
    if isinstance(service, SshJobService) and service.ssh_public_keys:
        properties = {**(properties or {}), "sshPublicKeys": service.ssh_public_keys}
    if isinstance(service, TensorBoardJobService) and service.log_dir:
        properties = {**(properties or {}), "logDir": service.log_dir}
    return present(
        {
            "endpoint": service.endpoint,
            "jobServiceType": service.job_service_type,
            "nodes": {"nodesValueType": "All"} if service.nodes else None,
            "port": service.port,
            "properties": None if properties is None else plain_mapping(properties, f"services.{name}.properties"),
        }
    )


def _service_from_arm(body: Mapping[str, Any]) -> JobService:
    kind = body.get("jobServiceType")
    properties = body.get("properties")
    service = _CLASSES.get(kind, JobService)(
        endpoint=body.get("endpoint"),
        type=_NAMES.get(kind or ""),
        nodes="all" if body.get("nodes") else None,
        status=body.get("status"),
        port=body.get("port"),
        properties=properties,
    )
    service.error_message = body.get("errorMessage")
    if isinstance(service, SshJobService):
        service.ssh_public_keys = (properties or {}).get("sshPublicKeys")
    if isinstance(service, TensorBoardJobService):
        service.log_dir = (properties or {}).get("logDir")
    return service
