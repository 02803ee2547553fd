"""The transport that writes down what passes it."""

from __future__ import annotations

import os
from pathlib import Path
from threading import Lock

from gateway.transport import cassette
from gateway.transport.cassette import Asked
from gateway.transport.events import LOG
from gateway.transport.messages import ConnectionFault, Request, Response, Transport


class RecordingTransport:
    """Passes requests on and writes each exchange, sanitised, to a cassette; a cassette that exists is gone on with.

    Parameters:
        transport: where requests go.
        path: the cassette.

    Raises:
        gateway.transport.cassette.CassetteError: the file exists and is something else.

    Example:
        client = MLClient(transport=RecordingTransport(NetworkTransport(), "session.cassette.json"))
    """

    def __init__(self, transport: Transport, path: str | os.PathLike[str]) -> None:
        self._transport = transport
        self._path = Path(path)
        self._lock = Lock()
        self._broken = False
        cassette.begin(self._path)

    def send(self, request: Request) -> Response:
        """Send one request, wait for its whole answer, and write both down."""
        try:
            answer = self._transport.send(request)
        except ConnectionFault as fault:
            self._keep(request, fault)
            raise
        self._keep(request, answer)
        return answer

    def _keep(self, request: Request, answer: Response | ConnectionFault) -> None:
        """Write an exchange down; a full disk ends the recording and not the work."""
        asked = Asked.of(request)
        with self._lock:
            if self._broken:
                return
            try:
                cassette.append(self._path, asked, answer)
            except OSError as error:
                self._broken = True
                LOG.warning("the recording ends here: cannot write to %s: %s", self._path, error)

    def close(self) -> None:
        """Give up the connections."""
        self._transport.close()
