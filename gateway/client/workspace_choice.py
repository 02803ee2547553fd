"""Which workspace a client works on: what synchronous and asynchronous clients have in common."""

from __future__ import annotations

import os
from functools import cached_property
from pathlib import Path
from typing import Any, Self, cast

from contracts.resource_id import WorkspaceId
from gateway.client import local_emulator, workspace_settings


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
            ValidationException: there is no such file, or it names no workspace. With AMLET_TARGET=emulator there need
                not be one.

        Example:
            client = MLClient.from_config(path="project/config.json")
        """
        if isinstance(credential, str | os.PathLike):
            credential, path = None, credential
        start = Path(path or ".")
        file = start if start.is_file() else workspace_settings.config_file(start, file_name)
        if file is None and path is None and file_name is None and local_emulator.is_target(os.environ):
            return cls._of(credential, local_emulator.workspace_of({}, os.environ, start), options)
        names = workspace_settings.read_config(file or start / (file_name or "config.json"))
        chosen = WorkspaceId(names["subscription_id"], names["resource_group"], names["workspace_name"])
        return cls._of(credential, chosen, options)

    @classmethod
    def emulator(
        cls,
        subscription_id: str | None = None,
        resource_group_name: str | None = None,
        workspace_name: str | None = None,
        *,
        state_dir: str | os.PathLike[str] | None = None,
    ) -> Self:
        """A client of the emulator on this machine, which is started where it does not run, and goes on running.

        Parameters:
            subscription_id, resource_group_name, workspace_name: of the workspace; by default the configured one, else
                the emulator's own.
            state_dir: the emulator with this state directory; by default the one that `amlet --emulator` uses.

        Raises:
            gateway.client.local_emulator.EmulatorUnavailable: it cannot be started.

        Example:
            client = MLClient.emulator()
        """
        names = {
            "subscription_id": subscription_id, "resource_group": resource_group_name, "workspace_name": workspace_name,
        }  # fmt: skip
        chosen = local_emulator.workspace_of(names, os.environ, Path.cwd())
        found = local_emulator.LocalEmulator.found(os.environ, state_dir)
        transport = found.transport
        made: Any = cls._of(found.credential(transport), chosen, {"base_url": found.origin, "transport": transport})
        made.connection.pages = found.pages
        return cast(Self, made)

    @classmethod
    def _of(cls, credential: Any, workspace: WorkspaceId, options: dict[str, Any]) -> Self:
        make: Any = cls
        made: Self = make(credential, workspace.subscription, workspace.resource_group, workspace.name, **options)
        return made

    @cached_property
    def _workspace_id(self) -> WorkspaceId:
        if local_emulator.is_target(os.environ):
            return local_emulator.workspace_of(self._explicit, os.environ, Path.cwd())
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
