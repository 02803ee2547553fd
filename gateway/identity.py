"""The identities under which a job may run."""

from __future__ import annotations

from gateway.entities.identity import (
    AmlTokenConfiguration,
    ManagedIdentityConfiguration,
    UserIdentityConfiguration,
)

__all__ = ["AmlTokenConfiguration", "ManagedIdentityConfiguration", "UserIdentityConfiguration"]
