"""The objective over two numeric parameters, as smoothed contours with the trials upon them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from emulator.studio.charts.axis import Axis
from emulator.studio.charts.traces import Figure, figure, scale, trace

_CELLS = 32
#: Standard deviation of the smoothing, as a part of an axis.
_WIDTH = 0.09
#: Where the trials nearby weigh less than this, nothing is drawn: nothing is known there.
_LEAST_WEIGHT = 0.05
_WORST_TO_BEST = ((0.0, "#d9dde4"), (0.5, "#8fb0e3"), (1.0, "#1a5fd0"))
_BEST_TO_WORST = tuple((1 - at, colour) for at, colour in reversed(_WORST_TO_BEST))


def contour(x: Axis, y: Axis, metric: str, points: Sequence[tuple[int, Any, Any, float]], *, minimizes: bool) -> Figure:
    """A map of the objective.

    Between the trials it is an average of those nearby, weighted by a Gaussian of the distance along the axes; it
    is an aid to the eye, and not a model that any sampling algorithm uses.

    Parameters:
        x, y: axes of numbers.
        metric: name of the objective.
        points: (trial, value on x, value on y, objective).
        minimizes: whether less is better.
    """
    placed = [(trial, at, up, px, py, value) for trial, at, up, value in points
              if (px := x.place(at)) is not None and (py := y.place(up)) is not None]  # fmt: skip
    traces: list[dict[str, Any]] = []
    if placed and x.high > x.low and y.high > y.low:
        traces.append(
            {
                "type": "contour", "name": metric, "meta": "other", "ncontours": 16,
                "x": [x.value(n / (_CELLS - 1)) for n in range(_CELLS)],
                "y": [y.value(n / (_CELLS - 1)) for n in range(_CELLS)],
                "z": _smoothed([one[3:] for one in placed]),
                "colorscale": _BEST_TO_WORST if minimizes else _WORST_TO_BEST,
                "line": {"width": 0.5}, "connectgaps": False, "showscale": False,
                "hovertemplate": "about %{z:.6g}<extra></extra>",
            }
        )  # fmt: skip
    traces.append(
        trace(
            "other",
            [one[1] for one in placed],
            [one[2] for one in placed],
            mode="markers",
            marker={"size": 6, "color": "#1c2330", "line": {"width": 1, "color": "#ffffff"}},
            customdata=[one[0] for one in placed],
            text=[f"{one[5]:.6g}" for one in placed],
            hovertemplate="trial %{customdata}: %{text}<br>%{x}<br>%{y}<extra></extra>",
        )
    )
    chart = figure(traces, x.name, y.name)
    chart["layout"]["showlegend"] = False
    chart["layout"]["margin"] |= {"t": 16}
    chart["layout"]["xaxis"] |= scale(x)
    chart["layout"]["yaxis"] |= scale(y)
    return chart


def _smoothed(placed: Sequence[tuple[float, float, float]]) -> list[list[float | None]]:
    """The value in each cell, row by row from below; None where no trial is near.

    Parameters:
        placed: (place on x, place on y, objective).
    """
    import numpy as np

    px, py, values = (np.array(column) for column in zip(*placed, strict=True))
    cells = np.linspace(0.0, 1.0, _CELLS)
    along = np.exp(-0.5 * ((cells[:, None] - px) / _WIDTH) ** 2)
    up = np.exp(-0.5 * ((cells[:, None] - py) / _WIDTH) ** 2)
    weight = up @ along.T
    level = (up * values) @ along.T / np.maximum(weight, 1e-300)
    return [
        [float(value) if heavy >= _LEAST_WEIGHT else None for value, heavy in zip(row, weights, strict=True)]
        for row, weights in zip(level, weight, strict=True)
    ]
