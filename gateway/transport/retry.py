"""When a request is sent again, and after how long. Pure."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

#: Answers that say "not now": timeout, throttling and the servers' own troubles.
TRANSIENT = frozenset({408, 429, 500, 502, 503, 504})


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How patient the client is.

    Parameters:
        tries: how often a request is sent at most.
        first: seconds before the second try; doubled each time, with jitter.
        longest: seconds that one pause lasts at most when the service does not say how long.
        total: seconds after which no further try begins; a service that asks for more is given up.
    """

    tries: int = 5
    first: float = 0.5
    longest: float = 60.0
    total: float = 300.0

    def allows(self, tried: int, seconds: float) -> bool:
        """Whether there is another try after so many tries, and so many seconds after the first began."""
        return tried < self.tries and seconds <= self.total

    def pause(self, tried: int, headers: Mapping[str, str] | None = None) -> float:
        """Seconds to wait after `tried` tries; what the service asked for counts first."""
        asked = retry_after(headers or {})
        if asked is not None:
            return asked
        ceiling = min(self.first * 2.0 ** (tried - 1), self.longest)
        return ceiling * random.uniform(0.5, 1.0)  # noqa: S311 - jitter, no secret


def retry_after(headers: Mapping[str, str]) -> float | None:
    """The seconds that an answer asks to wait (`retry-after-ms`, `x-ms-retry-after-ms`, `Retry-After`), if it does."""
    for name in ("retry-after-ms", "x-ms-retry-after-ms"):
        if headers.get(name, "").isdigit():
            return int(headers[name]) / 1000
    text = headers.get("retry-after", "")
    if not text:
        return None
    try:
        return max(0.0, float(text))
    except ValueError:
        pass
    from email.utils import parsedate_to_datetime

    try:
        # By the service's own clock where it says what that shows: ours may be wrong.
        since = parsedate_to_datetime(headers["date"]) if "date" in headers else datetime.now(UTC)
        return max(0.0, (parsedate_to_datetime(text) - since).total_seconds())
    except (ValueError, TypeError):
        return None
