"""Identities that a job runs under."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from contracts.arm.base import ArmModel


class AmlToken(ArmModel):
    """The workspace's own token."""

    identity_type: Literal["AMLToken"] = "AMLToken"


class ManagedIdentity(ArmModel):
    """A managed identity, system-assigned when no id is given."""

    identity_type: Literal["Managed"] = "Managed"
    client_id: str | None = None
    object_id: str | None = None
    resource_id: str | None = None


class UserIdentity(ArmModel):
    """The submitting user."""

    identity_type: Literal["UserIdentity"] = "UserIdentity"


IdentityConfiguration: TypeAlias = Annotated[
    AmlToken | ManagedIdentity | UserIdentity, Field(discriminator="identity_type")
]
