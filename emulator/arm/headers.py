"""The headers that every answer of the control plane carries. Source: recorded answers."""

from __future__ import annotations

import time

from starlette.types import Message, Send

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


def with_arm_headers(
    send: Send, *, method: str, correlation: str, region: str, now: float, extra: list[tuple[bytes, bytes]]
) -> Send:
    """A `send` that adds ARM's headers to the answer.

    Parameters:
        correlation: id of the request.
        now: the clock when the request came in, seconds since the epoch.
        extra: further headers, warnings for instance.
    """
    begun = time.perf_counter()

    async def send_with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            remaining = (
                (b"x-ms-ratelimit-remaining-subscription-reads", _READS_LEFT)
                if method in {"GET", "HEAD"}
                else (b"x-ms-ratelimit-remaining-subscription-writes", _WRITES_LEFT)
            )
            identity = correlation.encode()
            stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(now))
            took = f"{time.perf_counter() - begun:.3f}".encode()
            message["headers"] = [
                *message["headers"],
                *_FIXED,
                remaining,
                (b"x-ms-correlation-request-id", identity),
                (b"x-ms-request-id", identity),
                (b"x-ms-routing-request-id", f"{region.upper()}:{stamp}:{correlation}".encode()),
                (b"x-ms-response-type", b"standard" if message["status"] < 400 else b"error"),
                (b"x-request-time", took),
                *extra,
            ]
        await send(message)

    return send_with_headers
