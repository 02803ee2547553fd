"""Which workspace a client works on: what synchronous and asynchronous clients have in common."""

from __future__ import annotations

import os
from functools import cached_property
from pathlib import Path
from typing import Any, Self

from contracts.resource_id import WorkspaceId
from gateway.client import workspace_settings


class WorkspaceChoice:
    """A workspace that is named in parts by arguments, environment and files; determined when it is first needed.

    Parameters:
        subscription_id, resource_group_name, workspace_name: what was said explicitly.
    """

    def __init__(
        self, subscription_id: str | None, resource_group_name: str | None, workspace_name: str | None
    ) -> None:
        self._explicit = {
            "subscription_id": subscription_id,
            "resource_group": resource_group_name,
            "workspace_name": workspace_name,
        }

    @classmethod
    def from_config(
        cls,
        credential: Any = None,
        *,
        path: str | os.PathLike[str] | None = None,
        file_name: str | None = None,
        **options: Any,
    ) -> Self:
        """A client of the workspace that a `config.json` names.

        Parameters:
            credential: as in MLClient; a path in its place is the path.
            path: the file, or the folder where the search begins; by default the current one. It goes upwards.
            file_name: what the file is called; by default `config.json` or `project.json`.
            options: the keyword arguments of MLClient.

        Raises:
            ValidationException: there is no such file, or it names no workspace.

        Example:
            client = MLClient.from_config(path="project/config.json")
        """
        if isinstance(credential, str | os.PathLike):
            credential, path = None, credential
        start = Path(path or ".")
        file = start if start.is_file() else workspace_settings.config_file(start, file_name)
        names = workspace_settings.read_config(file or start / (file_name or "config.json"))
        make: Any = cls
        made: Self = make(
            credential, names["subscription_id"], names["resource_group"], names["workspace_name"], **options
        )
        return made

    @cached_property
    def _workspace_id(self) -> WorkspaceId:
        return workspace_settings.find(self._explicit, os.environ, Path.cwd()).workspace()

    def _find_workspace(self) -> WorkspaceId:
        return self._workspace_id

    @property
    def subscription_id(self) -> str:
        """The workspace's subscription."""
        return self._workspace_id.subscription

    @property
    def resource_group_name(self) -> str:
        """The workspace's resource group."""
        return self._workspace_id.resource_group

    @property
    def workspace_name(self) -> str:
        """The workspace's name."""
        return self._workspace_id.name

    def __repr__(self) -> str:
        names = ", ".join(f"{name}={value!r}" for name, value in self._explicit.items() if value)
        return f"{type(self).__name__}({names})"
