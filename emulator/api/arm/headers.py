"""The headers that every answer of the control plane carries. Source: recorded answers."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import lru_cache

from emulator.clock import Clock

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


@lru_cache(maxsize=2)
def _stamp(second: int) -> str:
    return time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(second))
