"""The compute resources of a job."""

from __future__ import annotations

from typing import Any

from gateway.entities.dict_mixin import DictMixin


class JobResourceConfiguration(DictMixin):
    """The compute resources of a job.

    Parameters:
        locations: regions in which it may run.
        instance_count: number of nodes.
        instance_type: size of a node.
        properties: settings of the compute by its kind.
        docker_args: arguments for `docker run`, as one string or as a list.
        shm_size: size of the container's shared memory: `2g`.
        max_instance_count: nodes that an elastic job may grow to.
    """

    def __init__(
        self,
        *,
        locations: list[str] | None = None,
        instance_count: int | None = None,
        instance_type: str | list[str] | None = None,
        properties: dict[str, Any] | None = None,
        docker_args: str | list[str] | None = None,
        shm_size: str | None = None,
        max_instance_count: int | None = None,
        **kwargs: Any,
    ) -> None:
        self.locations = locations
        self.instance_count = instance_count
        self.instance_type = instance_type
        self.shm_size = shm_size
        self.max_instance_count = max_instance_count
        self.docker_args = docker_args
        self.properties = properties

    @property
    def properties(self) -> dict[str, Any]:
        """Settings of the compute by its kind."""
        return self._properties

    @properties.setter
    def properties(self, value: dict[str, Any] | None) -> None:
        if value is not None and not isinstance(value, dict):
            raise TypeError(f"resources.properties must be a dict, not {type(value).__name__}.")
        self._properties = {key: entry for key, entry in (value or {}).items() if not key.startswith("_")}

    def __eq__(self, other: object) -> bool:
        return isinstance(other, JobResourceConfiguration) and self.__dict__ == other.__dict__


class ResourceConfiguration(JobResourceConfiguration):
    """Nodes and their size, without what only some computes know.

    Parameters:
        instance_count, instance_type, properties: as in JobResourceConfiguration.
    """

    def __init__(
        self,
        *,
        instance_count: int | None = None,
        instance_type: str | None = None,
        properties: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(instance_count=instance_count, instance_type=instance_type, properties=properties)
