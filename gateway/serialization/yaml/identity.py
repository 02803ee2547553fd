"""`identity` of a job."""

from __future__ import annotations

from typing import Any

from gateway.entities.identity import AmlTokenConfiguration, ManagedIdentityConfiguration, UserIdentityConfiguration
from gateway.serialization.yaml.fields import TEXT, Field, snake
from gateway.serialization.yaml.noun import Noun, Typed


def _managed(msi_resource_id: str | None = None, **ids: Any) -> ManagedIdentityConfiguration:
    return ManagedIdentityConfiguration(resource_id=msi_resource_id, **ids)


_MANAGED = Noun(_managed, dict.fromkeys(("client_id", "object_id", "msi_resource_id"), TEXT))
_IDENTITY = Typed(
    {
        ManagedIdentityConfiguration.kind: _MANAGED,
        "managed": _MANAGED,
        AmlTokenConfiguration.kind: Noun(AmlTokenConfiguration, {}),
        UserIdentityConfiguration.kind: Noun(UserIdentityConfiguration, {}),
    },
    snake,
)


def _write(value: Any, folder: str) -> dict[str, Any]:
    resource_id = getattr(value, "resource_id", None)
    return _IDENTITY.write(value, folder) | ({"msi_resource_id": resource_id} if resource_id else {})


IDENTITY = Field(_IDENTITY.read, _write)
