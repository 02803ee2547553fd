"""What a session reports of its requests: to the logger `gateway.transport`, and to a callback.

No URL's query, no header field and no body is in it, so nothing secret is.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass

from gateway.transport.messages import ConnectionFault, Request, Response

#: Exchanges at DEBUG, pauses before another try at INFO, long ones at WARNING.
LOG = logging.getLogger("gateway.transport")

#: Seconds from which a pause is worth a warning.
_LONG = 5.0


@dataclass(frozen=True, slots=True)
class Exchanged:
    """One request and what came of it.

    Parameters:
        method, address: what was asked, without the query.
        status: of the answer; None when none came.
        seconds: how long it took.
        correlation_id: the client's id of the call; the same for each try.
        request_id: the service's id of it.
        fault: why no answer came.
    """

    method: str
    address: str
    status: int | None
    seconds: float
    correlation_id: str | None = None
    request_id: str | None = None
    fault: str | None = None

    def __str__(self) -> str:
        outcome = self.fault if self.status is None else str(self.status)
        ids = " ".join(name for name in (self.correlation_id, self.request_id) if name)
        return f"{self.method} {self.address} -> {outcome} in {self.seconds * 1000:.0f} ms" + (
            f" [{ids}]" if ids else ""
        )


OnExchange = Callable[[Exchanged], None]


def report(
    on_exchange: OnExchange | None, request: Request, answer: Response | ConnectionFault, seconds: float
) -> None:
    """Report a finished exchange.

    Parameters:
        on_exchange: the callback besides the logger.
        request: what was asked.
        answer: what came.
        seconds: how long it took.
    """
    # An event costs more than many requests to a local emulator should; most sessions have no listener.
    if on_exchange is None and not LOG.isEnabledFor(logging.DEBUG):
        return
    answered = isinstance(answer, Response)
    event = Exchanged(
        request.method,
        request.address,
        answer.status if isinstance(answer, Response) else None,
        seconds,
        request.correlation_id,
        answer.request_id if isinstance(answer, Response) else None,
        None if answered else str(answer),
    )
    LOG.debug("%s", event)
    if on_exchange is not None:
        on_exchange(event)


def report_pause(seconds: float, reason: str) -> None:
    """Log a pause before another try; one without a reason is not logged."""
    if reason:
        level = logging.WARNING if seconds >= _LONG else logging.INFO
        LOG.log(level, "%s; the next try is in %.1f s", reason, seconds)
