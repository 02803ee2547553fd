"""A sweep in the terminal: the best value of each trial as a dot, and the best so far as a line."""

from __future__ import annotations

import math
from collections.abc import Sequence

_DOT, _LINE, _BOTH = "·", "─", "●"


def best_so_far_plot(values: Sequence[float | None], goal: str, *, width: int = 64, height: int = 12) -> str:
    """The chart, with the values of its first and last row at the left and the numbers of the trials below.

    Parameters:
        values: the best value of each trial, in the order of sampling; None where it logged none.
        goal: `minimize` or `maximize`.
        width: columns of the chart; where there are more trials, several share one.
        height: rows.

    Example:
        print(best_so_far_plot([0.5, 0.7, None, 0.6], "maximize"))
    """
    known = [(place, value) for place, value in enumerate(values) if value is not None and math.isfinite(value)]
    if not known:
        return "no trial has logged a value yet"
    low, high = min(value for _, value in known), max(value for _, value in known)
    rows = [[" "] * width for _ in range(height)]

    def column(place: int) -> int:
        return place * (width - 1) // max(1, len(values) - 1)

    def row(value: float) -> int:
        return height - 1 - (round((value - low) / (high - low) * (height - 1)) if high > low else 0)

    for place, value in known:
        rows[row(value)][column(place)] = _DOT
    _draw_line(rows, [(column(place), row(value)) for place, value in _best(known, goal)])
    return "\n".join(_labelled(rows, low, high, len(values)))


def _best(known: Sequence[tuple[int, float]], goal: str) -> list[tuple[int, float]]:
    """The best value up to each trial that logged one."""
    better = min if goal == "minimize" else max
    found: list[tuple[int, float]] = []
    for place, value in known:
        found.append((place, better(found[-1][1], value) if found else value))
    return found


def _draw_line(rows: list[list[str]], points: Sequence[tuple[int, int]]) -> None:
    """A line through the columns from the first point on, at the row of the latest point."""
    at = dict(points)
    current = points[0][1]
    for column in range(points[0][0], len(rows[0])):
        current = at.get(column, current)
        rows[current][column] = _BOTH if rows[current][column] == _DOT else _LINE


def _labelled(rows: Sequence[Sequence[str]], low: float, high: float, count: int) -> list[str]:
    labels = {len(rows) - 1: f"{low:.6g}"} | ({0: f"{high:.6g}"} if high > low else {})
    margin = max(map(len, labels.values()))
    lines = [f"{labels.get(number, ''):>{margin}} ┤{''.join(row).rstrip()}" for number, row in enumerate(rows)]
    numbers = f"0{count - 1:>{len(rows[0]) - 1}}" if count > 1 else "0"
    return [*lines, f"{'':>{margin}} └{'─' * len(rows[0])}", f"{'':>{margin}}  {numbers}  trial"]
