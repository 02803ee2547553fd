"""What every request and every answer of the control plane has: an api-version, and ARM's headers.

Any well-formed api-version is served; one that is newer than all that is known gets a warning. Source of the headers:
recorded answers.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request

from contracts.api_version import DEFAULT_API_VERSION, date_of
from emulator.clock import Clock
from emulator.services.context import Emulator
from emulator.services.page_token import SKIP_TOKEN, page_of, without_token
from emulator.services.refusal import Refusal

#: The newest version of Microsoft.MachineLearningServices whose definitions the answers were checked with.
NEWEST = "2025-12-01"

#: What ARM says is left of 12,000 reads and 1,200 writes an hour (documented); nothing is counted here.
_READS_LEFT = b"11999"
_WRITES_LEFT = b"1199"
_FIXED = [
    (b"cache-control", b"no-cache"),
    (b"pragma", b"no-cache"),
    (b"expires", b"-1"),
    (b"x-content-type-options", b"nosniff"),
    (b"strict-transport-security", b"max-age=31536000; includeSubDomains"),
    (b"request-context", b"appId=cid-v1:amlet"),
    (b"x-aml-cluster", b"amlet"),
]

#: The headers that belong on an answer with a status.
HeadersOf = Callable[[int], list[tuple[bytes, bytes]]]

_log = logging.getLogger(__name__)


class ApiVersions:
    """Checks the `api-version` of requests and remembers which it has warned of."""

    def __init__(self) -> None:
        self._checked: dict[str, str | None] = {}

    def check(self, version: str | None) -> str:
        """The version, when it is well-formed.

        Raises:
            Refusal: it is missing or malformed, with ARM's codes.
        """
        if version in self._checked:
            return version
        if not version:
            raise Refusal(
                400,
                "MissingApiVersionParameter",
                "The api-version query parameter (?api-version=) is required for all requests.",
            )
        try:
            published = date_of(version)
        except ValueError:
            raise Refusal(
                400,
                "InvalidApiVersionParameter",
                f"The api-version '{version}' is invalid. Use a date such as '{NEWEST}' or '{DEFAULT_API_VERSION}'.",
            ) from None
        # Bounded, since versions come from whoever asks.
        if len(self._checked) < 1000:
            self._checked[version] = warning = _warning(version) if published > NEWEST else None
            if warning:
                _log.warning("%s", warning)
        return version

    def warning(self, version: str) -> str | None:
        """What a caller should know about a version that was checked."""
        return self._checked.get(version)


def _warning(version: str) -> str:
    return f"api-version {version} is newer than {NEWEST}, the newest that is known here; it is served alike"


def arm_headers(
    *, method: str, correlation: str, region: str, clock: Clock, extra: list[tuple[bytes, bytes]]
) -> HeadersOf:
    """ARM's headers for the answer to a request that just came in.

    Parameters:
        correlation: id of the request.
        clock: read now, and when it is answered.
        extra: further headers, warnings for instance; looked at when it is answered.
    """
    begun = clock.now()

    def of_status(status: int) -> list[tuple[bytes, bytes]]:
        remaining = (
            (b"x-ms-ratelimit-remaining-subscription-reads", _READS_LEFT)
            if method in {"GET", "HEAD"}
            else (b"x-ms-ratelimit-remaining-subscription-writes", _WRITES_LEFT)
        )
        identity = correlation.encode()
        took = f"{max(0.0, clock.now() - begun):.3f}".encode()
        return [
            *_FIXED,
            remaining,
            (b"x-ms-correlation-request-id", identity),
            (b"x-ms-request-id", identity),
            (b"x-ms-routing-request-id", f"{region.upper()}:{_stamp(int(begun))}:{correlation}".encode()),
            (b"x-ms-response-type", b"standard" if status < 400 else b"error"),
            (b"x-request-time", took),
            *extra,
        ]

    return of_status


def history_headers(*, clock: Clock) -> HeadersOf:
    """The headers of run history for the answer to a request that just came in. Source: recorded.

    Parameters:
        clock: read now, and when it is answered.
    """
    begun = clock.now()

    def of_status(status: int) -> list[tuple[bytes, bytes]]:
        return [
            (b"strict-transport-security", b"max-age=31536000; includeSubDomains; preload"),
            (b"x-content-type-options", b"nosniff"),
            (b"x-ms-response-type", b"standard" if status < 400 else b"error"),
            (b"x-request-time", f"{max(0.0, clock.now() - begun):.3f}".encode()),
        ]

    return of_status


def next_link(emulator: Emulator, request: Request, following: Mapping[str, str]) -> str:
    """The address of the next page of a list: the same query, but for the parameters that say where the page goes on.

    Parameters:
        following: these parameters.
    """
    kept = [(key, value) for key, value in without_token(request.query_params.multi_items()) if key not in following]
    query = urlencode([*kept, *following.items()])
    return f"{emulator.place.https_origin}{request.url.path}?{query}"


def paged(emulator: Emulator, request: Request, found: Sequence[dict[str, Any]], size: int) -> dict[str, Any]:
    """The page of a short list that a request asks for, as a body; the last one has no nextLink.

    Parameters:
        found: every document, in its order.
        size: of a page.
    """
    page, token = page_of(found, request.query_params, size, lambda document: str(document["name"]))
    return {"value": page} | ({} if token is None else {"nextLink": next_link(emulator, request, {SKIP_TOKEN: token})})


def location(emulator: Emulator, request: Request) -> dict[str, str]:
    """The Location of what a PUT made or changed: its own URL, with its whole query. Source: recorded."""
    query = f"?{request.url.query}" if request.url.query else ""
    return {"Location": f"{emulator.place.https_origin}{request.scope['path']}{query}"}


@lru_cache(maxsize=2)
def _stamp(second: int) -> str:
    return time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(second))
