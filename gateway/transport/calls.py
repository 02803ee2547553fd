"""What every call has in common: token, correlation id, retries, errors, pages, long-running operations."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NoReturn
from urllib.parse import urljoin, urlsplit

from gateway.transport.messages import ConnectionFault, Request, Response
from gateway.transport.retry import TRANSIENT, RetryPolicy, retry_after
from gateway.transport.steps import BearerToken, Steps, exchange, wait
from gateway.unique import unique_id

_CLAIMS = re.compile(r'claims="([^"]+)"')
_POLICY = RetryPolicy()

#: Pause between two looks at a long-running operation when the service does not say, in seconds.
POLL_SECONDS = 2.0


def call(request: Request, *, policy: RetryPolicy = _POLICY) -> Steps[Response]:
    """Send a request with its token until an answer is final; errors come back as responses.

    An answer of throttling (429, 503) is tried again for every method, one of the servers' own troubles only when
    sending twice does no harm. A 401 renews the token once.

    Raises:
        gateway.exceptions.ServiceRequestError: no answer came.
    """
    request = request.with_headers({"x-ms-client-request-id": unique_id()})
    renewal: BearerToken | None = None
    for tried in range(1, policy.tries + 1):
        token = yield from _token(request, renewal)
        try:
            response = yield from exchange(
                request.with_headers({"Authorization": f"Bearer {token}"}) if token else request
            )
        except ConnectionFault as fault:
            if tried == policy.tries or (fault.sent and not request.may_resend):
                _give_up(request, fault)
            yield from wait(policy.pause(tried))
            continue
        if response.status == 401 and request.audience and renewal is None and tried < policy.tries:
            challenge = _CLAIMS.search(response.headers.get("www-authenticate", ""))
            renewal = BearerToken(request.audience, claims=challenge and challenge[1], renew=True)
            continue
        refused_unheard = response.status in (429, 503)
        if response.status not in TRANSIENT or not (request.may_resend or refused_unheard) or tried == policy.tries:
            break
        yield from wait(policy.pause(tried, response.headers))
    return response


def _token(request: Request, renewal: BearerToken | None) -> Steps[str | None]:
    if request.audience is None:
        return None
    token: str = yield renewal or BearerToken(request.audience)
    return token


def _give_up(request: Request, fault: ConnectionFault) -> NoReturn:
    from gateway.http_errors import unreachable

    raise unreachable(request, fault) from fault


def send(request: Request, *, accept: tuple[int, ...] = ()) -> Steps[Response]:
    """Call the service and raise what it refuses.

    Parameters:
        request: what to ask.
        accept: error statuses that are answers here (404 when looking whether something exists).

    Raises:
        gateway.exceptions.HttpResponseError: the service refused; its subclass says how.
    """
    response = yield from call(request)
    if not response.ok and response.status not in accept:
        from gateway.http_errors import error_of

        raise error_of(response)
    return response


def read_json(request: Request) -> Steps[Any]:
    """The JSON document that a request answers with."""
    response = yield from send(request)
    try:
        return response.json()
    except ValueError:
        from gateway.http_errors import not_json

        raise not_json(response) from None


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a listing.

    Parameters:
        items: what is on it.
        following: the request for the next page, None on the last one.
    """

    items: list[Any]
    following: Request | None

    def __iter__(self) -> Iterator[Any]:
        return iter(self.items)


def read_page(request: Request) -> Steps[Page]:
    """One page; the link to the next is followed only on the same host, because the token goes along."""
    document = yield from read_json(request)
    link = document.get("nextLink")
    following = None
    if link:
        target = urljoin(request.url, link)
        if urlsplit(target)[:2] != urlsplit(request.url)[:2]:
            from gateway.transport.auth import UntrustedHost

            raise UntrustedHost(
                f"{request.address} continues on another host, {urlsplit(target).netloc}; it is not followed"
            )
        following = Request(request.method, target, headers=request.headers, audience=request.audience)
    return Page(document.get("value") or [], following)


@dataclass(frozen=True, slots=True)
class Operation:
    """A long-running operation under way.

    Parameters:
        request: where to look next; None when it is done.
        pause: seconds to wait before looking.
    """

    request: Request | None
    pause: float = POLL_SECONDS

    @property
    def done(self) -> bool:
        """Whether it has ended."""
        return self.request is None


def begin(request: Request) -> Steps[Operation]:
    """Start a long-running operation (200 and 204 are an end, 202 names the place to look)."""
    response = yield from send(request)
    return _operation(response, request)


def poll(operation: Operation) -> Steps[Operation]:
    """Look once how an operation stands."""
    if operation.request is None:
        return operation
    response = yield from send(operation.request)
    return _operation(response, operation.request)


def _operation(response: Response, asked: Request) -> Operation:
    if response.status != 202:
        return Operation(None)
    place = response.headers.get("location") or response.headers.get("azure-asyncoperation") or asked.url
    asked_pause = retry_after(response.headers)
    pause = POLL_SECONDS if asked_pause is None else asked_pause
    return Operation(Request("GET", urljoin(asked.url, place), audience=asked.audience), pause)
