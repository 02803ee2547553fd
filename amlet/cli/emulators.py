"""Finding, starting and reaching emulators on this machine; the one place of the cli that knows how."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from amlet._guard import command_line
from amlet.cli.emulator_extra import require_extra
from amlet.cli.exits import Exit, Refusal
from amlet.cli.output import say
from amlet.cli.project_file import NO_PROJECT, find_project
from contracts.resource_id import WorkspaceId
from gateway.client.connection import Connection
from gateway.transport.auth import AccessToken
from gateway.transport.messages import Request, Transport

if TYPE_CHECKING:
    from emulator.server.home import Record


def find(state_dir: Path | None, *, start: bool = False) -> Record:
    """The running emulator that is meant.

    Parameters:
        state_dir: its state directory; by default the only one that runs.
        start: start one in the background when none runs; it keeps running.

    Raises:
        Refusal: none runs, or several do and none was named.
    """
    from emulator.server import home

    folder = home.home(os.environ)
    record = running(folder, state_dir)
    if record is not None:
        return record
    place = f" with state directory {state_dir}" if state_dir else ""
    if not start:
        raise Refusal(f"no emulator{place} is running; start one with: amlet emulator start --detach", Exit.UNREACHABLE)
    record = start_detached(folder, state_dir or home.default_state_dir(folder))
    say(f"Started an emulator at {record.origin}; it keeps running. Stop it with: amlet emulator stop")
    return record


def running(home: Path, state_dir: Path | None) -> Record | None:
    """The running emulator that is meant, if one runs.

    Raises:
        Refusal: several do, and none was named.
    """
    from emulator.server.home import NoneOrMany, find

    try:
        return find(home, state_dir)
    except NoneOrMany as error:
        raise Refusal(str(error), Exit.USAGE) from None


def start_detached(
    home: Path, state_dir: Path, arguments: list[str] | None = None, project: str | None = None
) -> Record:
    """Start an emulator in the background.

    Parameters:
        arguments: further options of `amlet emulator start`.
        project: what `--project` says; else the file is looked for upwards from the current folder.

    Raises:
        Refusal: it did not come up; the message has the end of its log.
    """
    require_extra()
    found = find_project(project, Path.cwd())
    named = ["--project", str(found.file) if found else NO_PROJECT]
    from emulator.server.launch import LaunchFailed, start_detached

    try:
        return start_detached(command_line(), home, state_dir.absolute(), [*(arguments or []), *named])
    except LaunchFailed as error:
        refused = error.exit_code == Exit.REFUSED
        raise Refusal(str(error), Exit.REFUSED if refused else Exit.ERROR) from None


def connect(record: Record, workspace: WorkspaceId, headers: Mapping[str, str] | None = None) -> Connection:
    """The way to a workspace on an emulator: its address, its authority, its tokens."""
    from gateway.transport.choice import recorded
    from gateway.transport.network import NetworkTransport

    transport = NetworkTransport(record.ca)
    return Connection(
        lambda: workspace,
        EmulatorCredential(record, transport),
        base_url=record.origin,
        transport=recorded(transport, os.environ),
        headers=headers or {},
    )


@dataclass(frozen=True, slots=True)
class _Token:
    token: str
    expires_on: int


@dataclass(frozen=True, slots=True)
class EmulatorCredential:
    """Fetches tokens from an emulator's managed-identity endpoint, which its record opens.

    Parameters:
        record: the emulator.
        transport: where requests go.
    """

    record: Record = field(repr=False)
    transport: Transport

    def get_token(self, *scopes: str, **options: Any) -> AccessToken:
        """A token for the audience of a scope (`https://127.0.0.1:8443/.default`)."""
        query = {"api-version": "2019-08-01", "resource": scopes[0].removesuffix("/.default")}
        secret = {"X-IDENTITY-HEADER": self.record.identity_header}
        answer = self.transport.send(Request("GET", f"{self.record.http_origin}/msi/token", query, secret))
        if not answer.ok:
            raise Refusal(f"the emulator gave no token: {answer.status} {answer.text[:200]}", Exit.UNREACHABLE)
        document = answer.json()
        return _Token(document["access_token"], int(document["expires_on"]))
