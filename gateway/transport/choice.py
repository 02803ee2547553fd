"""Whether a session is recorded or replayed, as the environment says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from gateway.transport.messages import Transport

if TYPE_CHECKING:
    from gateway.transport.replay import ReplayTransport

#: Names the cassette to which every client of this process records.
RECORD = "AMLET_RECORD"

#: Names the cassette from which every client of this process is answered.
REPLAY = "AMLET_REPLAY"


def recorded(transport: Transport, environ: Mapping[str, str]) -> Transport:
    """The transport itself, or what records it when `AMLET_RECORD` names a file."""
    path = environ.get(RECORD)
    if not path:
        return transport
    from gateway.transport.recording import RecordingTransport

    return RecordingTransport(transport, path)


def replayed(environ: Mapping[str, str]) -> ReplayTransport | None:
    """What answers in the network's place when `AMLET_REPLAY` names a cassette.

    Raises:
        gateway.transport.cassette.CassetteError: the file is none.
    """
    path = environ.get(REPLAY)
    if not path:
        return None
    from gateway.transport.replay import ReplayTransport

    return ReplayTransport.open(path)
