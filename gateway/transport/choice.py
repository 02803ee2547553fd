"""Whether a session is recorded, as the environment says."""

from __future__ import annotations

from collections.abc import Mapping

from gateway.transport.messages import Transport

#: Names the cassette to which every client of this process records.
RECORD = "AMLET_RECORD"


def recorded(transport: Transport, environ: Mapping[str, str]) -> Transport:
    """The transport itself, or what records it when `AMLET_RECORD` names a file."""
    path = environ.get(RECORD)
    if not path:
        return transport
    from gateway.transport.recording import RecordingTransport

    return RecordingTransport(transport, path)
