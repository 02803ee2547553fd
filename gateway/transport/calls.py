"""What every call has in common: tokens, correlation id, retries, errors, JSON, pages."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urljoin, urlsplit

from gateway.transport.messages import ConnectionFault, Request, Response, unique_id
from gateway.transport.retry import TRANSIENT, RetryPolicy
from gateway.transport.steps import BearerToken, Steps, exchange, now, wait

_CLAIMS = re.compile(r'claims="([^"]+)"')
_POLICY = RetryPolicy()

#: Throttling: the service has not processed the request, so any may be sent again.
_UNHEARD = frozenset({429, 503})

#: Methods whose answer may be a page: it is what was asked for.
_READS = frozenset({"GET", "HEAD"})


def call(request: Request, *, policy: RetryPolicy = _POLICY) -> Steps[Response]:
    """Send a request with its tokens until an answer is final; errors come back as responses.

    An answer of throttling (429, 503) is tried again for every method, a timeout (408) or a server error
    only when sending twice does no harm. A 401 renews the tokens once.

    Raises:
        gateway.exceptions.ServiceRequestError: no answer came.
        gateway.exceptions.ClientAuthenticationError: the credential gave no token.
    """
    # Once, before the first try: all tries of a call have one id, by which errors and recordings name it.
    request = request.with_headers({"x-ms-client-request-id": unique_id()})
    began = yield from now()
    renewed = False
    tokens: dict[str, str] = yield from _tokens(request)
    tried = 0
    while True:
        tried += 1
        try:
            response = yield from exchange(request.with_headers(tokens))
        except ConnectionFault as fault:
            pause = policy.pause(tried)
            spent = (yield from now()) - began
            # A POST that may have arrived is not sent again: the service may be carrying it out.
            if not policy.allows(tried, spent + pause) or (fault.sent and not request.may_resend):
                from gateway.transport.http_errors import unreachable

                raise unreachable(request, fault, tried) from fault
            yield from wait(pause, f"no answer from {request.address}")
            continue
        # Once: when a new token is refused as well, it is not its age.
        if response.status == 401 and tokens and not renewed:
            tokens = yield from _tokens(request, tokens, response.headers)
            renewed = True
            continue
        if response.status not in TRANSIENT or not (request.may_resend or response.status in _UNHEARD):
            break
        pause = policy.pause(tried, response.headers)
        spent = (yield from now()) - began
        if not policy.allows(tried, spent + pause):
            break
        yield from wait(pause, f"{request.address} answered {response.status}")
    # Without the tokens: an answer is kept in errors, and may be printed.
    return replace(response, request=request)


def _tokens(
    request: Request, refused: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None
) -> Steps[dict[str, str]]:
    """The header fields with the request's tokens; other ones than those that were refused."""
    claims = _claims(headers or {})
    before = refused or {}
    fields: dict[str, str] = {}
    if request.audience is not None:
        known = before.get("Authorization", "").removeprefix("Bearer ") or None
        fields["Authorization"] = f"Bearer {yield from _token(request, BearerToken(request.audience, claims, known))}"
    if request.user_audience is not None:
        wanted = BearerToken(request.user_audience, None, before.get("x-azureml-token"))
        fields["x-azureml-token"] = yield from _token(request, wanted)
    return fields


def _token(request: Request, wanted: BearerToken) -> Steps[str]:
    try:
        token: str = yield wanted
    except Exception as error:
        from gateway.transport.http_errors import no_token

        made = no_token(request, wanted.audience, error)
        if made is None:
            raise
        raise made from error
    return token


def _claims(headers: Mapping[str, str]) -> str | None:
    """What a claims challenge asks for, as JSON. Source: azure-core's policy for bearer challenges."""
    found = _CLAIMS.search(headers.get("www-authenticate", ""))
    if not found:
        return None
    try:
        return base64.urlsafe_b64decode(found[1] + "=" * (-len(found[1]) % 4)).decode()
    except ValueError:
        return None


def send(request: Request, *, accept: tuple[int, ...] = ()) -> Steps[Response]:
    """Call the service and raise what it refuses.

    Parameters:
        request: what to ask.
        accept: error statuses that are answers here (404 when looking whether something exists).

    Raises:
        gateway.exceptions.HttpResponseError: the service refused; its subclass says how.
        gateway.exceptions.ServiceRequestError: no answer came.
    """
    response = yield from call(request)
    if not response.ok and response.status not in accept:
        from gateway.transport.http_errors import error_of

        raise error_of(response)
    if response.ok and request.method not in _READS and "html" in response.headers.get("content-type", ""):
        from gateway.transport.http_errors import unreadable

        raise unreadable(response)  # a page of a proxy: nothing was changed
    return response


def read_json(request: Request) -> Steps[Any]:
    """The JSON document that a request answers with; one that arrives cut off is asked for once more.

    Raises:
        gateway.exceptions.HttpResponseError: the answer is not JSON.
    """
    return (yield from send_for_json(request)).json()


def send_for_json(request: Request, *, accept: tuple[int, ...] = ()) -> Steps[Response]:
    """The answer to a request, which is a JSON document unless its status is one of `accept`.

    Raises:
        gateway.exceptions.HttpResponseError: the service refused, or answered with something else.
    """
    response = yield from send(request, accept=accept)
    # Not for a page of a proxy, which would come again; JSON that ends in the middle was cut off on its way.
    if response.ok and not _is_document(response) and request.may_resend and _claims_json(response):
        response = yield from send(request, accept=accept)
    if response.ok and not _is_document(response):
        from gateway.transport.http_errors import unreadable

        raise unreadable(response)
    return response


def _is_document(response: Response) -> bool:
    try:
        return isinstance(response.json(), dict | list)
    except ValueError:
        return False


def _claims_json(response: Response) -> bool:
    return "json" in response.headers.get("content-type", "") or response.body.lstrip()[:1] in (b"{", b"[")


@dataclass(frozen=True, slots=True)
class ArmPage:
    """One page of a listing.

    Parameters:
        items: what is on it.
        following: the request for the next page, None on the last one.
    """

    items: list[Any]
    following: Request | None

    def __iter__(self) -> Iterator[Any]:
        return iter(self.items)


def read_page(request: Request) -> Steps[ArmPage]:
    """One page; the link to the next is followed only on the same host, because the token goes along.

    Raises:
        gateway.transport.trust.UntrustedHost: it leads elsewhere.
    """
    document = yield from read_json(request)
    link = document.get("nextLink")
    following = None
    if link:
        target = urljoin(request.url, link)
        if urlsplit(target)[:2] != urlsplit(request.url)[:2]:
            from gateway.transport.trust import UntrustedHost

            raise UntrustedHost(
                f"{request.address} continues on another host, {urlsplit(target).netloc}; it is not followed"
            )
        following = Request(request.method, target, headers=request.headers, audience=request.audience)
    return ArmPage(document.get("value") or [], following)
