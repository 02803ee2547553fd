"""An emulator in this process: its state in memory, its application called without a port, its time virtual."""

from __future__ import annotations

from collections.abc import MutableMapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from emulator.faults import ConnectionBroken
from emulator.testing.handle import EmulatorHandle
from emulator.testing.house import House
from gateway.transport.messages import ConnectionFault, Request, Response

if TYPE_CHECKING:
    from gateway.transport.in_process import InProcessTransport

#: Nothing listens there: what does not go through this process fails at once instead of finding another emulator.
ORIGIN = "https://127.0.0.1:1"


class InProcessEmulator(EmulatorHandle):
    """One emulator for tests, in this process; an ASGI application.

    With the executor `process` the first trial opens a port of 127.0.0.1, to log to.

    Parameters:
        options: as in `EmulatorHandle`.

    Example:
        with InProcessEmulator(objective=lambda lr: 1 - lr) as emulator:
            job = emulator.client().jobs.create_or_update(sweep)
            emulator.client().jobs.stream(job.name)  # ends at once
    """

    def __init__(self, *, origin: str = ORIGIN, **options: Any) -> None:
        self._sender: InProcessTransport | None = None
        super().__init__(origin=origin, **options)

    @property
    def transport(self) -> EmulatorTransport:
        """A transport of the gateway that leads here."""
        return EmulatorTransport(self)

    def reset(self) -> None:
        """Begin anew: no job, no blob, no fault, the time of the beginning. Clients and settings stay as they are."""
        self._house.close()
        self._house = House(self._plan)

    def close(self) -> None:
        """End what runs, and leave no thread, port or file behind; doing it again is harmless."""
        super().close()
        if self._sender is not None:
            self._sender.close()
            self._sender = None

    async def __call__(self, scope: MutableMapping[str, Any], receive: Any, send: Any) -> None:
        """Answer as an ASGI application."""
        await self._house(scope, receive, send)

    def exchange(self, request: Request) -> Response:
        """Send a request of the gateway's transports and wait for its whole answer.

        Raises:
            ConnectionFault: a planned fault broke the connection.
            RuntimeError: this emulator is closed.
        """
        if not self._house.is_open:
            raise RuntimeError("this emulator is closed: its test has ended")
        if self._sender is None:
            from gateway.transport.in_process import InProcessTransport

            self._sender = InProcessTransport(self)
        try:
            return self._sender.send(request)
        except ConnectionBroken as error:
            raise ConnectionFault(f"{request.method} {request.address}: {error}", sent=True) from error


@dataclass(frozen=True, slots=True)
class EmulatorTransport:
    """A `gateway.transport.messages.Transport` to an emulator in this process; closing it closes nothing else.

    Parameters:
        to: the emulator.
    """

    to: InProcessEmulator

    def send(self, request: Request) -> Response:
        """Send one request and wait for its whole answer."""
        return self.to.exchange(request)

    def close(self) -> None:
        """The emulator stays."""
