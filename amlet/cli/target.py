"""Where a command goes: an emulator or a workspace, never the cloud by accident."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from amlet.cli.exits import Exit, Refusal
from contracts.home_folder import home, target_file
from contracts.resource_id import LOCAL_WORKSPACE, WorkspaceId
from gateway.client import workspace_settings
from gateway.client.connection import Connection
from gateway.client.local_emulator import stored_target
from gateway.client.workspace_settings import WorkspaceSettings
from gateway.exceptions import ValidationException
from gateway.transport.choice import REPLAY

if TYPE_CHECKING:
    from emulator.server.home import Record


class TargetKind(StrEnum):
    """The two kinds of target."""

    EMULATOR = "emulator"
    WORKSPACE = "workspace"


@dataclass(frozen=True, slots=True)
class TargetOptions:
    """What the options of a command say about its target.

    Parameters:
        emulator: `--emulator` was given.
        state_dir: the emulator with this state directory.
        workspace_name, resource_group, subscription: the workspace.
        verbose: whether credentials write what they try.
    """

    emulator: bool = False
    state_dir: Path | None = None
    workspace_name: str | None = None
    resource_group: str | None = None
    subscription: str | None = None
    verbose: bool = False

    @property
    def named_workspace(self) -> WorkspaceId | None:
        """The workspace that is named or configured, if one is."""
        settings = workspace_settings.find(self.explicit, os.environ, Path.cwd())
        return None if settings.missing else settings.workspace()

    @property
    def explicit(self) -> dict[str, str | None]:
        """The names as workspace settings have them."""
        return {
            "subscription_id": self.subscription,
            "resource_group": self.resource_group,
            "workspace_name": self.workspace_name,
        }


@dataclass(frozen=True, slots=True)
class Target:
    """A target that was chosen.

    Parameters:
        kind: which kind.
        workspace: the workspace, there.
        reason: what it was chosen by.
        state_dir: state directory of the emulator that is meant, if one was named.
        recording: the cassette that answers in the place of a workspace, if one does.
        verbose: whether credentials write what they try.
    """

    kind: TargetKind
    workspace: WorkspaceId
    reason: str
    state_dir: Path | None = None
    recording: str | None = None
    verbose: bool = False

    @property
    def is_emulator(self) -> bool:
        """Whether it is an emulator."""
        return self.kind is TargetKind.EMULATOR

    @property
    def line(self) -> str:
        """What a command says of it before anything else."""
        if self.recording:
            return f"Target: the recording {self.recording}, by {self.reason}; no service is asked"
        group, subscription = self.workspace.resource_group, self.workspace.subscription
        place = f"{self.workspace.name} (resource group {group}, subscription {subscription})"
        return f"Target: {self._emulator if self.is_emulator else ''}workspace {place}, by {self.reason}"

    @property
    def is_simulated(self) -> bool:
        """Whether it is an emulator that runs with virtual time."""
        record = self._record
        return record is not None and record.simulated

    def link(self, address: str) -> str:
        """The address of a page as people open it: of an emulator the plain one, of which no browser warns.

        Parameters:
            address: as the service has it.
        """
        record = self._record
        return address.replace(record.origin, record.http_origin, 1) if record else address

    @property
    def _record(self) -> Record | None:
        from emulator.server.home import find

        return find(home(os.environ), self.state_dir) if self.is_emulator else None

    @property
    def _emulator(self) -> str:
        """Which emulator it is: where it answers, or that it does not run, and its state directory."""
        from emulator.server.home import default_state_dir

        folder, record = home(os.environ), self._record
        where = record.origin if record else "(not running)"
        state_dir = record.state_dir if record else (self.state_dir or default_state_dir(folder)).absolute()
        return f"emulator {where}, state directory {state_dir}{simulated_note(record)}, "

    @property
    def flags(self) -> str:
        """The options that choose it again, for commands that are shown to people; empty when none are needed."""
        if self.state_dir:
            return f" --state-dir {self.state_dir}"
        if self.reason == "argument":
            place = self.workspace
            return f" -w {place.name} -g {place.resource_group} --subscription {place.subscription}"
        return " --emulator" if self.reason == "--emulator" else ""

    def connect(self, *, start: bool = False, headers: Mapping[str, str] | None = None) -> Connection:
        """A connection to the target.

        Parameters:
            start: start an emulator when none runs.
            headers: header fields for every request, sent to emulators only.

        Raises:
            Refusal: no emulator runs.
        """
        if not self.is_emulator:
            import logging

            # DefaultAzureCredential warns of each credential that it tries in vain.
            if not self.verbose:
                logging.getLogger("azure.identity").setLevel(logging.CRITICAL)
            return Connection(lambda: self.workspace)
        from amlet.cli import emulators

        return emulators.connect(emulators.find(self.state_dir, start=start), self.workspace, headers or {})


def simulated_note(record: Record | None) -> str:
    """What is said of an emulator whose trials are simulated; nothing of another."""
    return " - SIMULATED: virtual time, invented metrics, no command runs" if record and record.simulated else ""


def choose_kind(
    wanted: TargetOptions, settings: WorkspaceSettings, environ: Mapping[str, str]
) -> tuple[TargetKind, str]:
    """The kind of target and the reason for it.

    In order: `--emulator` or `--state-dir`; AMLET_TARGET; `amlet target use`; a workspace that is configured.

    Raises:
        Refusal: nothing says where to go.
    """
    # What is typed for this command wins over what is set for the shell, and that over what is kept in a file.
    if wanted.emulator or wanted.state_dir:
        return TargetKind.EMULATOR, "--emulator" if wanted.emulator else "--state-dir"
    for value, source in ((environ.get("AMLET_TARGET"), "AMLET_TARGET"), (stored_kind(environ), "amlet target use")):
        if value:
            if value not in list(TargetKind):
                raise Refusal(f"{source} is {value!r}; expected {' or '.join(TargetKind)}", Exit.USAGE)
            return TargetKind(value), source
    if not settings.missing:
        return TargetKind.WORKSPACE, settings.workspace_name.source if settings.workspace_name else "configuration"
    raise Refusal(
        "no target: give --emulator, or name a workspace "
        f"(missing: {', '.join(settings.missing)}), or set a default with AMLET_TARGET or `amlet target use emulator`",
        Exit.USAGE,
    )


def choose(wanted: TargetOptions) -> Target:
    """Choose the target of a command.

    Raises:
        Refusal: nothing says where to go.
    """
    settings = workspace_settings.find(wanted.explicit, os.environ, Path.cwd())
    # Before all else: what is replayed reaches no service, whatever is configured.
    recording = os.environ.get(REPLAY)
    if recording:
        named = LOCAL_WORKSPACE if settings.missing else settings.workspace()
        return Target(TargetKind.WORKSPACE, named, REPLAY, recording=recording, verbose=wanted.verbose)
    kind, reason = choose_kind(wanted, settings, os.environ)
    local = kind is TargetKind.EMULATOR and bool(settings.missing)
    return Target(
        kind, LOCAL_WORKSPACE if local else settings.workspace(), reason, wanted.state_dir, verbose=wanted.verbose
    )


def stored_kind(environ: Mapping[str, str]) -> str | None:
    """What `amlet target use` stored, if it did.

    Raises:
        Refusal: its file is damaged.
    """
    try:
        return stored_target(environ)
    except ValidationException as error:
        raise Refusal(str(error)) from None


def store_kind(kind: TargetKind, environ: Mapping[str, str]) -> Path:
    """Make a kind of target the default."""
    from emulator.files import write_whole

    path = target_file(environ)
    write_whole(path, f"{json.dumps({'target': kind.value})}\n".encode())
    return path
