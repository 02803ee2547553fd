"""Computes: where jobs of a workspace run."""

from __future__ import annotations

from typing import Any

from gateway.entities.resource import Resource
from gateway.exceptions import ErrorTarget, ValidationException


class Compute(Resource):
    """A compute of any type.

    Parameters:
        name, description, tags: as in Resource.
        location: the region; the workspace's when left out.
        resource_id: ARM id of the machine behind an attached compute.
        type, created_on, provisioning_state, provisioning_errors: what the service says of it (keyword arguments).
    """

    _SERVED = Resource._SERVED | {"type", "created_on", "provisioning_state", "provisioning_errors"}
    _type: str | None = None
    _created_on: str | None = None
    _provisioning_state: str | None = None
    _provisioning_errors: str | None = None

    def __init__(
        self,
        name: str,
        location: str | None = None,
        description: str | None = None,
        resource_id: str | None = None,
        tags: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(name, description, tags, None, **kwargs)
        self.location = location
        self.resource_id = resource_id

    @property
    def type(self) -> str | None:
        """Its type in small letters: `amlcompute`."""
        return self._type.lower() if self._type else None

    @property
    def created_on(self) -> str | None:
        """When it was made."""
        return self._created_on

    @property
    def provisioning_state(self) -> str | None:
        """The state of its provisioning: `Succeeded`."""
        return self._provisioning_state

    @property
    def provisioning_errors(self) -> str | None:
        """Why it could not be made."""
        return self._provisioning_errors


class AmlCompute(Compute):
    """A cluster of machines that grows and shrinks with the jobs.

    Parameters:
        name, description, tags, location: as in Compute.
        size: the size of a machine; the service's default when left out.
        min_instances, max_instances: how many machines there may be.
        idle_time_before_scale_down: seconds that an idle machine is kept.
        tier: `dedicated` or `low_priority`.
        ssh_public_access_enabled: whether machines can be reached by SSH; None leaves it to the service.
        enable_node_public_ip: whether machines have public addresses.
        ssh_settings, network_settings, identity: not served; make such a compute with `az ml` or the portal.

    Raises:
        ValidationException: one of the last three is given.
    """

    _type = "AmlCompute"

    def __init__(
        self,
        *,
        name: str,
        description: str | None = None,
        size: str | None = None,
        tags: dict[str, Any] | None = None,
        ssh_public_access_enabled: bool | None = None,
        ssh_settings: Any = None,
        min_instances: int | None = 0,
        max_instances: int | None = 4,
        network_settings: Any = None,
        idle_time_before_scale_down: int | None = 120,
        identity: Any = None,
        tier: str | None = None,
        enable_node_public_ip: bool = True,
        **kwargs: Any,
    ) -> None:
        kept = {"ssh_settings": ssh_settings, "network_settings": network_settings, "identity": identity}
        for field, value in kept.items():
            if value is not None:
                raise ValidationException(
                    f"compute {name}: {field} is not served here; make this compute with azure-ai-ml, az ml or the "
                    "portal, and name it in the job",
                    target=ErrorTarget.GENERAL,
                )
        super().__init__(name, kwargs.pop("location", None), description, None, tags, **kwargs)
        self.size = size
        self.min_instances = min_instances
        self.max_instances = max_instances
        self.idle_time_before_scale_down = idle_time_before_scale_down
        self.tier = tier
        self.ssh_public_access_enabled = ssh_public_access_enabled
        self.enable_node_public_ip = enable_node_public_ip


class ComputeInstance(Compute):
    """One machine of a user; it is read, started and stopped here, and made elsewhere.

    Parameters:
        name, description, tags, location: as in Compute.
        size: the size of the machine.
        state, last_operation: what the service says of it (keyword arguments).
    """

    _SERVED = Compute._SERVED | {"state", "last_operation"}
    _type = "ComputeInstance"
    _state: str | None = None
    _last_operation: dict[str, str] | None = None

    def __init__(
        self,
        *,
        name: str,
        description: str | None = None,
        size: str | None = None,
        tags: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(name, kwargs.pop("location", None), description, None, tags, **kwargs)
        self.size = size

    @property
    def state(self) -> str | None:
        """`Running`, `Stopped` ..."""
        return self._state

    @property
    def last_operation(self) -> dict[str, str] | None:
        """What was done with it last."""
        return self._last_operation
