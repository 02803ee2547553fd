"""How the pages write times, durations, sizes and numbers."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from typing import Any

_NEAR = 10.0
_NONE = "–"  # noqa: RUF001


def moment(seconds: float | None) -> str:
    """A time of day with its date, in UTC; a dash when there is none yet."""
    return _NONE if seconds is None else f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M:%S} UTC"


def machine_time(seconds: float) -> str:
    """A time as `<time datetime>` has it."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds")


def ago(seconds: float, now: float) -> str:
    """How long ago something was: `just now`, `5 min ago`, `3 h ago`, `2 days ago`; the date from a month on.

    A time to come, as a virtual clock has them, is written in full.
    """
    past = now - seconds
    if past < -_NEAR:
        return moment(seconds)
    if past < _NEAR:
        return "just now"
    if past < 60:
        return f"{past:.0f} s ago"
    if past < 3600:
        return f"{past // 60:.0f} min ago"
    if past < 86400:
        return f"{past // 3600:.0f} h ago"
    days = int(past // 86400)
    if days < 31:
        return f"{days} day{'s' if days > 1 else ''} ago"
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d}"


def duration(start: float | None, end: float | None) -> str:
    """How long from start to end: `850 ms`, `12.3 s`, `4 min 05 s`, `2 h 10 min`, `3 d 04 h`."""
    if start is None or end is None:
        return _NONE
    seconds = max(0.0, end - start)
    if seconds < 1:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest:02d} s"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02d} min" if hours < 24 else f"{hours // 24} d {hours % 24:02d} h"


def size(count: int) -> str:
    """A number of bytes: `812 B`, `3.4 kB`, `12 MB`."""
    value = float(count)
    for unit in ("B", "kB", "MB", "GB"):
        if value < 999.5 or unit == "GB":
            return f"{value:.0f} {unit}" if unit == "B" or value >= 10 else f"{value:.1f} {unit}"
        value /= 1000
    raise AssertionError("the last unit takes everything")


def number(value: Any) -> str:
    """A value of a metric or a parameter, floats with six significant digits, whole ones without a point."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return _NONE
    if not isinstance(value, float):
        return str(value)
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else f"{value:.6g}"
