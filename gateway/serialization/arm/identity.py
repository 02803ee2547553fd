"""The identity under which a job runs, and who created it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from gateway.entities.identity import (
    AmlTokenConfiguration,
    JobIdentity,
    ManagedIdentityConfiguration,
    UserIdentityConfiguration,
)
from gateway.entities.resource import SystemData
from gateway.exceptions import ErrorTarget, JobParsingError, invalid_value
from gateway.serialization.arm.plain import present

_IDENTITIES: Mapping[str, type[JobIdentity]] = {
    "Managed": ManagedIdentityConfiguration,
    "UserIdentity": UserIdentityConfiguration,
    "AMLToken": AmlTokenConfiguration,
}
_IDENTITY_NAMES = {cls: name for name, cls in _IDENTITIES.items()}


def identity_to_arm(identity: Any) -> dict[str, Any] | None:
    """The identity as it travels.

    Raises:
        ValidationException: it is not one of the three identities.
    """
    if not identity:
        return None
    name = _IDENTITY_NAMES.get(type(identity))
    if name is None:
        classes = ", ".join(f"{cls.__name__}()" for cls in _IDENTITY_NAMES)
        raise invalid_value("identity", identity, f"one of {classes}", target=ErrorTarget.IDENTITY)
    if not isinstance(identity, ManagedIdentityConfiguration):
        return {"identityType": name}
    return present(
        {
            "clientId": identity.client_id,
            "objectId": identity.object_id,
            "resourceId": identity.resource_id,
            "identityType": name,
        }
    )


def identity_from_arm(body: Mapping[str, Any] | None) -> JobIdentity | None:
    """The identity of a body.

    Raises:
        JobParsingError: its type is not known.
    """
    if not body:
        return None
    cls = _IDENTITIES.get(body.get("identityType", ""))
    if cls is None:
        raise JobParsingError(
            f"identity.identityType: {body.get('identityType')!r} is not one of {', '.join(_IDENTITIES)}.",
            target=ErrorTarget.IDENTITY,
        )
    if cls is not ManagedIdentityConfiguration:
        return cls()
    return ManagedIdentityConfiguration(
        client_id=body.get("clientId"), object_id=body.get("objectId"), resource_id=body.get("resourceId")
    )


def system_data_from_arm(body: Mapping[str, Any] | None) -> SystemData | None:
    """Who made a resource and when, with aware times."""
    if not body:
        return None
    return SystemData(
        created_by=body.get("createdBy"),
        created_by_type=body.get("createdByType"),
        created_at=_aware_time(body.get("createdAt")),
        last_modified_by=body.get("lastModifiedBy"),
        last_modified_by_type=body.get("lastModifiedByType"),
        last_modified_at=_aware_time(body.get("lastModifiedAt")),
    )


def _aware_time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
