"""The timeline of a sweep: which of its slots each trial had, and from when to when."""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from typing import NamedTuple


class Span(NamedTuple):
    """From when to when a trial ran, in seconds since the epoch."""

    trial: int
    start: float
    end: float


class Bar(NamedTuple):
    """A trial in the timeline: its slot (from 0), and where it begins and ends as parts of the whole."""

    trial: int
    slot: int
    left: float
    width: float


def bars(spans: Sequence[Span], start: float, end: float) -> list[Bar]:
    """Put trials into as few slots as ran at a time, each into the lowest free one.

    Parameters:
        spans: of the trials that ran.
        start, end: of the whole timeline.
    """
    length = max(end - start, 1e-9)
    busy: list[tuple[float, int]] = []
    free: list[int] = []
    placed = []
    for span in sorted(spans, key=lambda one: (one.start, one.trial)):
        while busy and busy[0][0] <= span.start:
            heapq.heappush(free, heapq.heappop(busy)[1])
        slot = heapq.heappop(free) if free else len(busy)
        heapq.heappush(busy, (span.end, slot))
        placed.append(Bar(span.trial, slot, (span.start - start) / length, max(span.end - span.start, 0) / length))
    return placed
