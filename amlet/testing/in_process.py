"""An emulator in this process: its state in memory, its application called without a port, its time virtual."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any

from amlet.testing.handle import EmulatorHandle
from emulator.faults.plan import ConnectionBroken
from gateway.transport.messages import ConnectionFault, Request, Response, Transport

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
        super().__init__(origin=origin, **options)

    async def __call__(self, scope: MutableMapping[str, Any], receive: Any, send: Any) -> None:
        """Answer as an ASGI application."""
        await self._instance(scope, receive, send)

    def nearest(self, method: str, path: str) -> list[str]:
        """The operations that come nearest to a request, the likeliest first."""
        from emulator.api.lazy_routes import every_route
        from emulator.api.nearest import nearest

        return [str(operation) for operation in nearest(every_route(self._instance.app.routes), method, path)]

    def exchange(self, request: Request) -> Response:
        """See `EmulatorHandle`."""
        try:
            return super().exchange(request)
        except ConnectionBroken as error:
            raise ConnectionFault(f"{request.method} {request.address}: {error}", sent=True) from error

    def _connect(self) -> Transport:
        from gateway.transport.in_process import InProcessTransport

        return InProcessTransport(self)
