"""Shades from the worst trial to the best one."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

_BINS = 8
#: From the worst value to the best one.
_SCALE = ((0.0, (168, 176, 188)), (0.5, (112, 153, 214)), (1.0, (24, 94, 224)))


def shades(goal: str, values: Sequence[float | None]) -> list[float | None]:
    """From 0 for the worst value to 1 for the best one, by rank, so that one outlier does not make all others alike."""
    ranked = sorted({value for value in values if value is not None}, reverse=goal.lower() == "minimize")
    rank = {value: place / max(len(ranked) - 1, 1) for place, value in enumerate(ranked)}
    return [None if value is None else rank[value] if len(ranked) > 1 else 1.0 for value in values]


def binned(shade: Sequence[float | None]) -> list[tuple[int, list[int]]]:
    """Rows of about the same shade, worst first; before them those without one, as bin -1.

    They share a trace: points of one colour cost a browser a third of points with a colour each.
    """
    binned: dict[int, list[int]] = {}
    for row, part in enumerate(shade):
        binned.setdefault(-1 if part is None else min(int(part * _BINS), _BINS - 1), []).append(row)
    return sorted(binned.items())


def shade_of(number: int) -> str:
    """The colour of a bin."""
    if number < 0:
        return "#b4bbc5"
    part = (number + 0.5) / _BINS
    for (low, first), (high, second) in pairwise(_SCALE):
        if part <= high:
            share = (part - low) / (high - low)
            mixed = (round(a + (b - a) * share) for a, b in zip(first, second, strict=True))
            return "#" + "".join(f"{level:02x}" for level in mixed)
    raise ValueError(f"there is no bin {number}")
