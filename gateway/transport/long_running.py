"""Long-running operations: begun by a request and polled at the address in its answer until they end."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

from gateway.transport.calls import send
from gateway.transport.messages import Request, Response
from gateway.transport.retry import retry_after
from gateway.transport.steps import Steps, now, wait

#: Pause between two looks when the service does not say, in seconds.
POLL_SECONDS = 2.0

_SUCCEEDED = ("succeeded", "completed")
_FAILED = ("failed", "canceled", "cancelled")


@dataclass(frozen=True, slots=True)
class Operation:
    """A long-running operation that has begun.

    Parameters:
        request: where to look next; None when it is done.
        pause: seconds to wait before looking.
        by_status: whether the place answers with a status document (`Azure-AsyncOperation`) and not with the status
            code alone (`Location`).
    """

    request: Request | None
    pause: float = POLL_SECONDS
    by_status: bool = False

    @property
    def done(self) -> bool:
        """Whether it has ended."""
        return self.request is None


def begin(request: Request) -> Steps[Operation]:
    """Start a long-running operation.

    202, or any success that names an `Azure-AsyncOperation`, begins one; any other success is its end.

    Raises:
        gateway.exceptions.HttpResponseError: the service refused.

    Source: the Azure REST API guidelines on asynchronous operations.
    """
    response = yield from send(request)
    by_status = response.headers.get("azure-asyncoperation") or response.headers.get("operation-location")
    if response.status != 202 and not by_status:
        return Operation(None)
    place = by_status or response.headers.get("location") or request.url
    look = Request("GET", urljoin(request.url, place), audience=request.audience)
    return Operation(look, _pause(response), by_status=bool(by_status))


def poll(operation: Operation) -> Steps[Operation]:
    """Read the state of an operation once.

    Raises:
        gateway.exceptions.HttpResponseError: it has failed or was canceled, or the service refuses to say.
    """
    if operation.request is None:
        return operation
    response = yield from send(operation.request)
    if operation.by_status:
        status = _status(response).lower()
        if status in _FAILED:
            from gateway.transport.http_errors import operation_failed

            raise operation_failed(response, status)
        ended = status in _SUCCEEDED or (not status and response.status != 202)
    else:
        ended = response.status != 202
    if ended:
        return Operation(None)
    moved = response.headers.get("azure-asyncoperation") if operation.by_status else response.headers.get("location")
    url = urljoin(operation.request.url, moved) if moved else operation.request.url
    return Operation(
        Request("GET", url, audience=operation.request.audience), _pause(response), by_status=operation.by_status
    )


def until_done(operation: Operation, timeout: float | None = None) -> Steps[Operation]:
    """Poll an operation until it has ended, or for so many seconds; returns its state then.

    Raises:
        gateway.exceptions.HttpResponseError: it has failed or was canceled.
    """
    began, longest, waited = (yield from now()), math.inf if timeout is None else timeout, 0.0
    while not operation.done:
        # The clock does not advance in a replay, so the seconds that were waited count as well.
        left = longest - max(waited, (yield from now()) - began)
        if left <= 0:
            break
        pause = min(operation.pause, left)
        yield from wait(pause)
        waited += pause
        operation = yield from poll(operation)
    return operation


def _pause(response: Response) -> float:
    asked = retry_after(response.headers)
    return POLL_SECONDS if asked is None else asked


def _status(response: Response) -> str:
    try:
        document: Any = response.json()
    except ValueError:
        return ""
    return str(document.get("status") or "") if isinstance(document, dict) else ""
