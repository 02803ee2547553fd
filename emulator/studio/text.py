"""How the pages write times, durations and numbers."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any


def moment(seconds: float | None) -> str:
    """A time of day with its date, in UTC; a dash when there is none yet."""
    return "–" if seconds is None else f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M:%S} UTC"  # noqa: RUF001


def duration(start: float | None, end: float | None) -> str:
    """How long from start to end: `850 ms`, `12.3 s`, `4 min 05 s`, `2 h 10 min`."""
    if start is None or end is None:
        return "–"  # noqa: RUF001
    seconds = max(0.0, end - start)
    if seconds < 1:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest:02d} s" if minutes < 60 else f"{minutes // 60} h {minutes % 60:02d} min"


def number(value: Any) -> str:
    """A value of a metric or a parameter, floats with six significant digits."""
    if value is None:
        return "–"  # noqa: RUF001
    return f"{value:.6g}" if isinstance(value, float) else str(value)
