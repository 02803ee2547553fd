"""Services of a job: the interactive ones that a command asks for, and Studio and Tracking that every job has."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from gateway.entities.resource import DictMixin
from gateway.exceptions import ErrorTarget, ValidationErrorType, ValidationException, kind_of

#: Names of the services in files and entities, and on the wire.
SERVICE_TYPES: Mapping[str, str] = {
    "jupyter_lab": "JupyterLab",
    "ssh": "SSH",
    "tensor_board": "TensorBoard",
    "vs_code": "VSCode",
    "custom": "Custom",
    "Tracking": "Tracking",
    "Studio": "Studio",
    "RayDashboard": "RayDashboard",
}


class JobService(DictMixin):
    """A service of a job.

    Parameters:
        endpoint: its URL.
        type: `jupyter_lab`, `ssh`, `tensor_board` or `vs_code`.
        nodes: `all`, or None for the first node only.
        status: its state, as the service reports it.
        port: its port on the node.
        properties: settings by kind.
        error_message: why it could not be started, as the service reports it (keyword argument).

    Raises:
        ValidationException: another value of `nodes` or `type`.
    """

    kind: ClassVar[str | None] = None

    def __init__(
        self,
        *,
        endpoint: str | None = None,
        type: str | None = None,  # noqa: A002
        nodes: str | None = None,
        status: str | None = None,
        port: int | None = None,
        properties: dict[str, str] | None = None,
        **kwargs: Any,
    ) -> None:
        self.endpoint = endpoint
        self.type = self.kind or type
        self.nodes = nodes
        self.status = status
        self.port = port
        self.properties = properties
        self.error_message: str | None = kwargs.get("error_message")
        if nodes not in ("all", None):
            raise ValidationException(f"services: nodes should be 'all' or None, not {nodes!r}.")
        if self.type and self.type not in SERVICE_TYPES:
            raise ValidationException(f"services: type {self.type!r} is not one of {', '.join(SERVICE_TYPES)}.")

    @property
    def job_service_type(self) -> str | None:
        """Name of the type on the wire."""
        return SERVICE_TYPES.get(self.type) if self.type else None


class InteractiveJobService(JobService):
    """Base of the services of one kind; parameters as in JobService, without the type."""

    def __init__(
        self,
        *,
        endpoint: str | None = None,
        nodes: str | None = None,
        status: str | None = None,
        port: int | None = None,
        properties: dict[str, str] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(endpoint=endpoint, nodes=nodes, status=status, port=port, properties=properties)


class SshJobService(InteractiveJobService):
    """A shell on the nodes of a job.

    Parameters:
        ssh_public_keys: keys that give access.
        endpoint, nodes, status, port, properties: as in JobService.
    """

    kind = "ssh"

    def __init__(
        self,
        *,
        endpoint: str | None = None,
        nodes: str | None = None,
        status: str | None = None,
        port: int | None = None,
        ssh_public_keys: str | None = None,
        properties: dict[str, str] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(endpoint=endpoint, nodes=nodes, status=status, port=port, properties=properties)
        self.ssh_public_keys = ssh_public_keys


class TensorBoardJobService(InteractiveJobService):
    """TensorBoard on the node of a job.

    Parameters:
        log_dir: folder that it reads.
        endpoint, nodes, status, port, properties: as in JobService.
    """

    kind = "tensor_board"

    def __init__(
        self,
        *,
        endpoint: str | None = None,
        nodes: str | None = None,
        status: str | None = None,
        port: int | None = None,
        log_dir: str | None = None,
        properties: dict[str, str] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(endpoint=endpoint, nodes=nodes, status=status, port=port, properties=properties)
        self.log_dir = log_dir


class JupyterLabJobService(InteractiveJobService):
    """JupyterLab on the node of a job; parameters as in JobService."""

    kind = "jupyter_lab"


class VsCodeJobService(InteractiveJobService):
    """VS Code on the node of a job; parameters as in JobService."""

    kind = "vs_code"


def job_services_of(services: Mapping[str, Any] | None) -> dict[str, JobService] | None:
    """The services of a job, where a mapping stands for a plain JobService.

    Raises:
        ValidationException: not a mapping, or an entry that is neither a service nor a mapping.
    """
    if services is None:
        return None
    if not isinstance(services, Mapping):
        raise _wrong(f"services must be a dict of job services, got {type(services).__name__} instead.")
    return {name: _service(name, service) for name, service in services.items()}


def _service(name: str, service: Any) -> JobService:
    if isinstance(service, JobService):
        return service
    if not isinstance(service, Mapping):
        raise _wrong(f"services.{name} must be a dict or a JobService, got {kind_of(service)} instead.")
    # The official SDK drops the type of a service that is given as a dict.
    return JobService(**{key: value for key, value in service.items() if key != "type"})


def _wrong(message: str) -> ValidationException:
    return ValidationException(message, target=ErrorTarget.COMMAND_JOB, error_type=ValidationErrorType.INVALID_VALUE)
