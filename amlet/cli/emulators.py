"""Finding, starting and reaching emulators on this machine; the one place of the cli that knows how."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from amlet._guard import command_line
from amlet.cli.emulator_extra import require_extra
from amlet.cli.exits import Exit, Refusal
from amlet.cli.output import say
from amlet.cli.project_file import NO_PROJECT, find_project
from contracts.resource_id import WorkspaceId
from gateway.client.connection import Connection
from gateway.exceptions import MlException
from gateway.transport.messages import Request, Transport

if TYPE_CHECKING:
    from emulator.server.home import Record
    from gateway.client.local_emulator import EmulatorCredential

_PROBE = 5.0  # seconds in which an emulator says whether it takes work


def find(state_dir: Path | None, *, start: bool = False) -> Record:
    """The running emulator that is meant.

    Parameters:
        state_dir: its state directory; by default the default one. An emulator of another is never taken.
        start: start one in the background when none runs; it keeps running.

    Raises:
        Refusal: none runs.
    """
    from emulator.server import home

    folder = home.home(os.environ)
    record = home.find(folder, state_dir)
    if record is not None:
        return record
    if not start:
        raise Refusal(_none_runs(folder, state_dir), Exit.UNREACHABLE)
    record, started = find_or_start(folder, state_dir or home.default_state_dir(folder))
    if started:
        stop = f"amlet emulator stop{f' --state-dir {state_dir}' if state_dir else ''}"
        say(f"Started an emulator at {record.origin}; it keeps running. Stop it with: {stop}")
    return record


def find_or_start(
    home: Path, state_dir: Path, arguments: list[str] | None = None, project: str | None = None
) -> tuple[Record, bool]:
    """The running emulator of a state directory, and whether it was started now; of commands at once one starts it.

    Parameters:
        arguments, project: as in `start_detached`.

    Raises:
        Refusal: it did not come up.
    """
    from amlet.cli.shared_emulator import one_at_a_time
    from emulator.server.home import find

    try:
        with one_at_a_time(home, state_dir):
            record = find(home, state_dir)
            return (record, False) if record else (start_detached(home, state_dir, arguments, project), True)
    except TimeoutError as error:
        raise Refusal(f"{error}; see its emulator.log", Exit.UNREACHABLE) from None


def _none_runs(home: Path, state_dir: Path | None) -> str:
    from emulator.server.home import default_state_dir, running

    place = state_dir or default_state_dir(home)
    flag = f" --state-dir {state_dir}" if state_dir else ""
    said = f"no emulator with state directory {place} is running; start one with: amlet emulator start --detach{flag}"
    others = [f"\n  --state-dir {record.state_dir}  ({record.origin})" for record in running(home)]
    return said + ("\nRunning with other state directories:" + "".join(others) if others else "")


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
    from emulator.server.ports import remembered

    kept = remembered(state_dir)
    try:
        record = start_detached(command_line(), home, state_dir.absolute(), [*(arguments or []), *named])
    except LaunchFailed as error:
        refused = error.exit_code == Exit.REFUSED
        raise Refusal(str(error), Exit.REFUSED if refused else Exit.ERROR) from None
    chosen = {"--port", "--http-port"} & set(arguments or ())
    if kept and not chosen and kept != (record.https_port, record.http_port):
        say(
            f"Ports: of {kept[0]} and {kept[1]}, those of the last start, not both are free; the emulator answers at "
            f"{record.origin} and {record.http_origin}, and earlier links and tracking addresses may not lead to it"
        )
    return record


def connect(record: Record, workspace: WorkspaceId, headers: Mapping[str, str] | None = None) -> Connection:
    """A connection to a workspace on an emulator: its address, its authority, its tokens."""
    from gateway.transport.choice import recorded
    from gateway.transport.network import NetworkTransport

    transport = NetworkTransport(record.ca)
    return Connection(
        lambda: workspace,
        credential(record, transport),
        base_url=record.origin,
        transport=recorded(transport, os.environ),
        headers=headers or {},
        pages=record.http_origin,
    )


def trouble(record: Record) -> str | None:
    """Why an emulator takes no work now (its disk is full, for example); None when it does."""
    from gateway.transport.network import NetworkTransport

    url = f"{record.origin}/_amlet/ready"
    try:
        with closing(NetworkTransport(record.ca)) as transport:
            answer = transport.send(Request("GET", url, {}, {}, timeout=_PROBE))
        return None if answer.ok else str(answer.json()["error"]["message"])
    except (OSError, ValueError, KeyError, TypeError, MlException) as error:
        return f"it does not answer: {error}"


def credential(record: Record, transport: Transport) -> EmulatorCredential:
    """Where tokens for an emulator come from: its endpoint of managed identities, which its record opens.

    Parameters:
        record: the emulator.
        transport: where requests go.
    """
    from gateway.client.local_emulator import EmulatorCredential

    return EmulatorCredential(f"{record.http_origin}/msi/token", record.identity_header, transport)
