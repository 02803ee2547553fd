"""A line of small bars for a row of numbers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

_BARS = "▁▂▃▄▅▆▇█"
_UNKNOWN = "·"


def sparkline(values: Sequence[float | None], width: int = 60) -> str:
    """Bars for numbers, the smallest the lowest; what is not a finite number is a dot.

    Parameters:
        values: in their order; None where there is none.
        width: characters at most; beyond that each stands for the mean of several numbers.

    Example:
        >>> sparkline([1, 2, None, 4])
        '▁▃·█'
    """
    shown = _shortened(values, width)
    finite = [value for value in shown if value is not None]
    low, high = min(finite, default=0.0), max(finite, default=0.0)
    return "".join(_bar(value, low, high) for value in shown)


def _bar(value: float | None, low: float, high: float) -> str:
    if value is None:
        return _UNKNOWN
    return _BARS[round((value - low) / (high - low) * (len(_BARS) - 1)) if high > low else 0]


def _shortened(values: Sequence[float | None], width: int) -> list[float | None]:
    """At most `width` finite numbers or None, each the mean of its share."""
    known = [value if value is not None and math.isfinite(value) else None for value in values]
    if len(known) <= width:
        return known
    edges = [round(place * len(known) / width) for place in range(width + 1)]
    return [_mean(known[begin:end]) for begin, end in pairwise(edges)]


def _mean(values: Sequence[float | None]) -> float | None:
    finite = [value for value in values if value is not None]
    return sum(finite) / len(finite) if finite else None
