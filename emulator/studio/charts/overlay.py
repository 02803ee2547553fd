"""Jobs over each other in one chart, a colour for each."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

from emulator.studio.charts.axis import axis_of
from emulator.studio.charts.traces import Figure, figure, plain, scale, stretch

#: Can be told apart in light and dark and by people who do not see all colours; from the eleventh on lines are dashed.
PALETTE = (
    *("#2f73e0", "#d97706", "#0f9d8a", "#cf3bb0", "#7c5cd6"),
    *("#b3202c", "#6b8e23", "#8592a6", "#00a0c6", "#a0522d"),
)


def colour_of(place: int) -> str:
    """The colour of the job at a place."""
    return PALETTE[place % len(PALETTE)]


def overlay(
    metric: str, across: str, lines: Sequence[tuple[int, str, Sequence[tuple[int, float | None]]]], *, steps: bool
) -> Figure:
    """One line for each job.

    Parameters:
        metric: what is drawn.
        across: what the lines run along.
        lines: (place among the jobs, name, points in their order).
        steps: whether a value holds until the next one.
    """
    traces = [
        {
            "type": "scatter", "mode": "lines+markers" if len(points) < 2 else "lines", "name": plain(name),
            "meta": "other",
            "x": [at for at, _ in points], "y": [value for _, value in points],
            "line": {"color": colour_of(place), "width": 2, "shape": "hv" if steps else "linear",
                     "dash": "dash" if place >= len(PALETTE) else "solid"},
            "hovertemplate": f"{plain(name)}, at %{{x}}<br>%{{y:.6g}}<extra></extra>",
        }
        for place, name, points in lines
    ]  # fmt: skip
    chart = figure(traces, across, metric)
    stretch(chart["layout"], [value for _, _, points in lines for _, value in points])
    chart["layout"]["xaxis"] |= scale(axis_of("", [at for _, _, points in lines for at, _ in points], False))
    chart["layout"]["xaxis"].pop("tickvals", None)
    return chart


def best_by_trial(goal: str, values: Sequence[tuple[int, float | None]]) -> list[tuple[int, float | None]]:
    """The best value up to each trial that has one.

    Parameters:
        goal: `minimize` or `maximize` in any letter case.
        values: (trial, its best value), by trial.
    """
    known = [(trial, value) for trial, value in values if value is not None]
    minimizes = goal.lower() == "minimize"
    best = accumulate((value for _, value in known), lambda a, b: min(a, b) if minimizes else max(a, b))
    return list(zip([trial for trial, _ in known], best, strict=True))
