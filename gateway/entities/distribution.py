"""How the processes of a command are spread over nodes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from gateway.entities.resource import FieldType, FieldTypes
from gateway.exceptions import ValidationException


class DistributionConfiguration:
    """Base of the distributions; use one of the classes below."""

    #: Its name in files; on the wire it is the name of the class without `Distribution`.
    kind: ClassVar[str]
    #: The fields of a file, beside `type`.
    fields: ClassVar[FieldTypes] = {}

    def __init__(self, **kwargs: Any) -> None:
        self.type: str | None = getattr(self, "kind", None)

    def __eq__(self, other: object) -> bool:
        return self.__dict__ == other.__dict__ if isinstance(other, DistributionConfiguration) else NotImplemented

    def __repr__(self) -> str:
        options = (f"{name}={value!r}" for name, value in self.__dict__.items() if name != "type")
        return f"{type(self).__name__}({', '.join(options)})"


class MpiDistribution(DistributionConfiguration):
    """Processes started by MPI.

    Parameters:
        process_count_per_instance: processes on each node.
    """

    kind = "mpi"
    fields: ClassVar[FieldTypes] = {"process_count_per_instance": FieldType.INTEGER}

    def __init__(self, *, process_count_per_instance: int | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.process_count_per_instance = process_count_per_instance


class PyTorchDistribution(DistributionConfiguration):
    """Processes started as PyTorch expects them.

    Parameters:
        process_count_per_instance: processes on each node.
    """

    kind = "pytorch"
    fields: ClassVar[FieldTypes] = {"process_count_per_instance": FieldType.INTEGER}

    def __init__(self, *, process_count_per_instance: int | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.process_count_per_instance = process_count_per_instance


class TensorFlowDistribution(DistributionConfiguration):
    """Workers and parameter servers of TensorFlow.

    Parameters:
        parameter_server_count: number of parameter servers.
        worker_count: number of workers; the instance count when left out.
    """

    kind = "tensorflow"
    fields: ClassVar[FieldTypes] = {"parameter_server_count": FieldType.INTEGER, "worker_count": FieldType.INTEGER}

    def __init__(
        self, *, parameter_server_count: int | None = 0, worker_count: int | None = None, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.parameter_server_count = parameter_server_count
        self.worker_count = worker_count


class RayDistribution(DistributionConfiguration):
    """A Ray cluster on the nodes of the job.

    Parameters:
        port: port of the head node.
        address: address of the head node.
        include_dashboard: whether the dashboard is started.
        dashboard_port: port of the dashboard.
        head_node_additional_args: more arguments for `ray start` on the head node.
        worker_node_additional_args: more arguments for `ray start` on the workers.
    """

    kind = "ray"
    fields: ClassVar[FieldTypes] = {
        "port": FieldType.INTEGER,
        "address": FieldType.TEXT,
        "include_dashboard": FieldType.BOOLEAN,
        "dashboard_port": FieldType.INTEGER,
        "head_node_additional_args": FieldType.TEXT,
        "worker_node_additional_args": FieldType.TEXT,
    }

    def __init__(
        self,
        *,
        port: int | None = None,
        address: str | None = None,
        include_dashboard: bool | None = None,
        dashboard_port: int | None = None,
        head_node_additional_args: str | None = None,
        worker_node_additional_args: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.port = port
        self.address = address
        self.include_dashboard = include_dashboard
        self.dashboard_port = dashboard_port
        self.head_node_additional_args = head_node_additional_args
        self.worker_node_additional_args = worker_node_additional_args


#: Every distribution by its name in files; a new one is registered here, and bodies and files follow.
DISTRIBUTION_CONFIGURATIONS: dict[str, type[DistributionConfiguration]] = {
    cls.kind: cls for cls in (MpiDistribution, PyTorchDistribution, TensorFlowDistribution, RayDistribution)
}


def distribution_of(value: Mapping[str, Any]) -> DistributionConfiguration:
    """The distribution that a mapping such as `{"type": "mpi", "process_count_per_instance": 2}` means.

    Raises:
        ValidationException: its `type` is missing or unknown.
    """
    options = dict(value)
    name = options.pop("type", None)
    cls = DISTRIBUTION_CONFIGURATIONS.get(str(name).lower())
    if cls is None:
        known = ", ".join(DISTRIBUTION_CONFIGURATIONS)
        raise ValidationException(f"distribution.type: {name!r} is not known; it is one of {known}.")
    return cls(**options)
