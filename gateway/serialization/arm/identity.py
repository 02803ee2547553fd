"""Identities of jobs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gateway.entities.identity import (
    AmlTokenConfiguration,
    JobIdentity,
    ManagedIdentityConfiguration,
    UserIdentityConfiguration,
)
from gateway.exceptions import ErrorTarget, JobParsingError, unfit
from gateway.serialization.arm.plain import present

_CLASSES: Mapping[str, type[JobIdentity]] = {
    "Managed": ManagedIdentityConfiguration,
    "UserIdentity": UserIdentityConfiguration,
    "AMLToken": AmlTokenConfiguration,
}
_WIRE_NAMES = {cls: name for name, cls in _CLASSES.items()}


def identity_to_arm(identity: Any) -> dict[str, Any] | None:
    """The identity as it travels.

    Raises:
        ValidationException: it is none of the three identities.
    """
    if not identity:
        return None
    name = _WIRE_NAMES.get(type(identity))
    if name is None:
        classes = ", ".join(f"{cls.__name__}()" for cls in _WIRE_NAMES)
        raise unfit("identity", identity, f"one of {classes}", target=ErrorTarget.IDENTITY)
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
    cls = _CLASSES.get(body.get("identityType", ""))
    if cls is None:
        raise JobParsingError(
            f"identity.identityType: {body.get('identityType')!r} is none of {', '.join(_CLASSES)}.",
            target=ErrorTarget.IDENTITY,
        )
    if cls is not ManagedIdentityConfiguration:
        return cls()
    return ManagedIdentityConfiguration(
        client_id=body.get("clientId"), object_id=body.get("objectId"), resource_id=body.get("resourceId")
    )
