"""The identity under which a job runs on its compute."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from gateway.entities.resource import DictMixin
from gateway.exceptions import ErrorTarget, ValidationException


class JobIdentity(DictMixin):
    """Base of the identities; use one of the classes below."""

    kind: ClassVar[str]

    def __init__(self) -> None:
        self.type = self.kind


class ManagedIdentityConfiguration(JobIdentity):
    """A managed identity of the compute.

    Parameters:
        client_id: client id of the identity; the compute's own when none of the ids is given.
        resource_id: its ARM id.
        object_id: its object id.
        principal_id: its principal id; jobs do not send it.
    """

    kind = "managed_identity"

    def __init__(
        self,
        *,
        client_id: str | None = None,
        resource_id: str | None = None,
        object_id: str | None = None,
        principal_id: str | None = None,
    ) -> None:
        super().__init__()
        self.client_id = client_id
        self.resource_id = resource_id
        self.object_id = object_id
        self.principal_id = principal_id

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, ManagedIdentityConfiguration):
            return NotImplemented
        return self.client_id == other.client_id and self.resource_id == other.resource_id


class UserIdentityConfiguration(JobIdentity):
    """The user who submits the job."""

    kind = "user_identity"


class AmlTokenConfiguration(JobIdentity):
    """The job's own token, which may only do what the job needs."""

    kind = "aml_token"


_ALIASES = {"managed": ManagedIdentityConfiguration, "amltoken": AmlTokenConfiguration}


def identity_of(value: Mapping[str, Any]) -> JobIdentity:
    """The identity that a mapping such as `{"type": "managed", "client_id": "..."}` means.

    Raises:
        ValidationException: its `type` is missing or unknown, or it has a key that the type does not know.
    """
    options = dict(value)
    name = options.pop("type", None)
    known = {cls.kind: cls for cls in JobIdentity.__subclasses__()} | _ALIASES
    cls = known.get(str(name).lower())
    if cls is None:
        raise ValidationException(
            f"identity.type: {name!r} is not known; it is one of {', '.join(known)}.", target=ErrorTarget.IDENTITY
        )
    if "msi_resource_id" in options:
        options["resource_id"] = options.pop("msi_resource_id")
    try:
        return cls(**options)
    except TypeError as error:
        raise ValidationException(f"identity: {error}", target=ErrorTarget.IDENTITY) from error
