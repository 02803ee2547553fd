"""The environment that a job names, in whatever way."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from contracts.resource_id import ResourceId, is_arm_id

_REGISTRY = re.compile(
    r"^azureml://registries/(?P<registry>[^/]+)/environments/(?P<name>[^/]+)"
    r"(?:/(?:versions/(?P<version>[^/]+)|labels/[^/]+))?/?$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class EnvironmentName:
    """An environment.

    Parameters:
        name: without version.
        version: None for the latest one.
        registry: that it is in; None for the workspace.
    """

    name: str
    version: str | None = None
    registry: str | None = None

    def __str__(self) -> str:
        return f"{self.name}:{self.version}" if self.version else self.name

    @classmethod
    @lru_cache(maxsize=256)  # each job names one, and there are few
    def parse(cls, text: str) -> EnvironmentName:
        """Read an ARM id, `azureml:name:1`, `name@latest`, a bare name, or the URI of a registry's asset."""
        if found := _REGISTRY.match(text):
            return cls(found["name"], found["version"], found["registry"])
        if is_arm_id(text):
            identity = ResourceId.parse(text)
            return cls(identity.name, identity.version)
        name, at, _ = text.removeprefix("azureml:").partition("@")
        name, _, version = name.partition(":")
        return cls(name, None if at else version or None)
