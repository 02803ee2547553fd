"""Records of the emulators that run on this machine, in the home folder (AMLET_HOME).

Needs nothing but the standard library, so that a client can look for an emulator without loading one.
"""

from __future__ import annotations

import json
import os
import signal
import time
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from emulator.files import default_state_dir as default_state_dir
from emulator.files import home as home
from emulator.files import write_whole
from emulator.server.state_lock import StateLock


@dataclass(frozen=True, slots=True)
class Record:
    """One running emulator, as written down in `emulators/<id>.json`, which only its owner can read.

    Parameters:
        id: of the record.
        pid: of the process.
        https_port, http_port: where it answers.
        state_dir: its state directory.
        ca: certificate of its authority; what clients have to trust.
        identity_header: opens its managed-identity endpoint, where tokens can be had.
        client_secret: what a client shows at its token endpoint.
        takes_secret: its setting `client_secret`.
        started: seconds since the epoch.
        version: of amlet.
        simulated: whether its time is virtual and its trials are simulated.
        workers: where it listens for other hosts; None where it does not.
    """

    id: str
    pid: int
    https_port: int
    http_port: int
    state_dir: str
    ca: str
    identity_header: str
    client_secret: str
    takes_secret: str
    started: float
    version: str
    simulated: bool
    workers: str | None = None

    @property
    def origin(self) -> str:
        """Its HTTPS origin."""
        return f"https://127.0.0.1:{self.https_port}"

    @property
    def http_origin(self) -> str:
        """Its plain origin."""
        return f"http://127.0.0.1:{self.http_port}"

    @property
    def is_running(self) -> bool:
        """Whether its process still holds its state directory."""
        return StateLock(Path(self.state_dir)).holder() == self.id


def add(home_dir: Path, record: Record) -> None:
    """Write a record down; it appears whole or not at all."""
    path = _path(home_dir, record.id)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    write_whole(path, json.dumps(asdict(record)).encode(), mode=0o600)


def remove(home_dir: Path, identity: str) -> None:
    """Take a record away; one that is not there is fine."""
    _path(home_dir, identity).unlink(missing_ok=True)


def running(home_dir: Path) -> list[Record]:
    """The emulators that run, oldest first; records of others are taken away."""
    found = []
    for path in sorted((home_dir / "emulators").glob("*.json")):
        record = _read(path)
        if record is not None and record.is_running:
            found.append(record)
        else:
            path.unlink(missing_ok=True)
    return sorted(found, key=lambda record: record.started)


def find(home_dir: Path, state_dir: Path | None = None) -> Record | None:
    """The running emulator that is meant; None when it does not run.

    Parameters:
        state_dir: the one with that state directory, else the one with the default directory; never another.
    """
    wanted = (state_dir or default_state_dir(home_dir)).resolve()
    return next((record for record in running(home_dir) if Path(record.state_dir).resolve() == wanted), None)


def stop(record: Record, timeout: float = 30.0) -> bool:
    """Ask an emulator to end, and wait until it has.

    Parameters:
        timeout: seconds to wait.

    Returns:
        Whether it has ended.
    """
    deadline = time.monotonic() + timeout
    if record.is_running:
        os.kill(record.pid, signal.SIGTERM)
    while record.is_running:
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def _path(home_dir: Path, identity: str) -> Path:
    return home_dir / "emulators" / f"{identity}.json"


def _read(path: Path) -> Record | None:
    try:
        values = json.loads(path.read_text())
        return Record(**{field.name: values[field.name] for field in fields(Record) if field.name in values})
    except (OSError, ValueError, KeyError, TypeError):
        return None
