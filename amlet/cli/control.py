"""Client of a running emulator's control interface: everything below `/_amlet/`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from amlet.cli import emulators
from amlet.cli.emulators import credential
from amlet.cli.exits import Exit, Refusal
from contracts.resource_id import WorkspaceId
from gateway.transport.messages import Request, Response

if TYPE_CHECKING:
    from emulator.server.home import Record

_SNAPSHOT_SUFFIX = ".amlet.zip"

#: A restore stops all trials first, which may take their grace time.
_PATIENCE = 600.0


class Control:
    """Controls one emulator.

    Parameters:
        record: the emulator.
    """

    def __init__(self, record: Record) -> None:
        from gateway.transport.network import NetworkTransport

        self.record = record
        self._transport = NetworkTransport(record.ca)
        self._credential = credential(record, self._transport)
        self._token: str | None = None

    def ask(self, method: str, path: str, body: Any = None, query: Mapping[str, str] | None = None) -> Any:
        """The JSON of an answer; None where there is none.

        Parameters:
            path: below `/_amlet/`: `faults/verify`.

        Raises:
            Refusal: the emulator refuses, with its reason.
        """
        answer = self._send(method, path, body, query or {})
        if answer.status == 401:  # virtual time may have passed since
            self._token = None
            answer = self._send(method, path, body, query or {})
        if not answer.ok:
            raise Refusal(_why(answer), Exit.REFUSED)
        return json.loads(answer.body) if answer.body else None

    def _send(self, method: str, path: str, body: Any, query: Mapping[str, str]) -> Response:
        if self._token is None:
            self._token = self._credential.get_token(f"{self.record.origin}/.default").token
        headers = {"Authorization": f"Bearer {self._token}", "Content-Type": "application/json"}
        content = None if body is None else json.dumps(body).encode()
        url = f"{self.record.origin}/_amlet/{path}"
        return self._transport.send(Request(method, url, query, headers, content, timeout=_PATIENCE))


def running_emulator(state_dir: Path | None) -> Control:
    """The control of the running emulator that is meant; see `emulators.find`."""
    return Control(emulators.find(state_dir))


def snapshot_file(control: Control, name: str) -> Path:
    """The file of a snapshot; the emulator runs on this machine."""
    return Path(control.record.state_dir) / "snapshots" / f"{name}{_SNAPSHOT_SUFFIX}"


def record_path(workspace: WorkspaceId, name: str) -> str:
    """The path of a job's exported record, below `/_amlet/`."""
    return f"{str(workspace).removeprefix('/')}/jobs/{quote(name, safe='')}/record"


def _why(answer: Response) -> str:
    try:
        return str(json.loads(answer.body)["error"]["message"])
    except (ValueError, KeyError, TypeError):
        return f"the emulator answers {answer.status}"
