"""How long an answer may take."""

from __future__ import annotations

import time

from gateway.transport.messages import ConnectionFault, Request

#: Seconds to connect, and between two pieces of an answer.
CONNECT = 10.0
PIECE = 60.0

#: Seconds until an answer must be whole.
LONGEST = 600.0


class Deadline:
    """Gives an answer up that trickles in for too long; other limits are only of the pause between two pieces.

    Parameters:
        request: what was asked.
        longest: seconds that its answer may take.
    """

    def __init__(self, request: Request, longest: float) -> None:
        self._request = request
        self._longest = longest
        self._began = time.monotonic()

    def watch(self, chunk: bytes) -> bytes:
        """The piece that has come, if it came in time.

        Raises:
            ConnectionFault: it did not.
        """
        if time.monotonic() - self._began > self._longest:
            raise ConnectionFault(
                f"{self._request.method} {self._request.address}: the answer was not whole after {self._longest:g} s",
                sent=True,
            )
        return chunk
