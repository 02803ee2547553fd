"""Parallel coordinates: a line for each trial across one axis for each column."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from emulator.studio.charts.axis import Axis, axis_of
from emulator.studio.charts.shading import binned, shade_of
from emulator.studio.charts.traces import Figure, figure, note, plain, trace


def parallel(
    columns: Sequence[tuple[str, Sequence[Any]]],
    trials: Sequence[int],
    shade: Sequence[float | None],
    logarithmic: Mapping[str, bool] = MappingProxyType({}),
) -> Figure:
    """A line for each trial across one axis for each column; lines of about the same shade share a trace.

    `layout.meta.axes` tells what stands where: a page draws the lines and the axes by itself, faster than Plotly moves
    them, and turns a stretch of an axis into values.

    Parameters:
        columns: (name, values by trial), from left to right.
        trials, shade, logarithmic: as for `scatter`.
    """
    axes = [axis_of(name, values, logarithmic.get(name)) for name, values in columns]
    traces = [_strands(number, rows, axes, columns, trials) for number, rows in binned(shade)]
    chart = figure(traces, "", "")
    marks = [(place, *tick) for place, axis in enumerate(axes) for tick in axis.ticks]
    chart["layout"] |= {
        "showlegend": False,
        "dragmode": False,
        "margin": {"l": 40, "r": 40, "t": 48, "b": 16},
        "xaxis": {"visible": False, "range": [-0.1, max(len(axes) - 1, 1) + 0.1], "fixedrange": True},
        "yaxis": {"visible": False, "range": [-0.04, 1.04], "fixedrange": True},
        "shapes": [
            {"type": "line", "x0": n, "x1": n, "y0": 0, "y1": 1, "line": {"color": "#8592a6", "width": 1}}
            for n in range(len(axes))
        ],
        "annotations": [
            *(
                note(n, 1, plain(axis.name), yanchor="bottom", yshift=12, font={"size": 12, "weight": 600})
                for n, axis in enumerate(axes)
            ),
            *(note(n, at, plain(text), xanchor="left", xshift=4, yanchor="middle") for n, at, text in marks),
        ],
        "meta": {"axes": [_described(axis) for axis in axes]},
    }
    return chart


def _strands(
    number: int, rows: Sequence[int], axes: Sequence[Axis], columns: Sequence[tuple[str, Sequence[Any]]],
    trials: Sequence[int],
) -> dict[str, Any]:  # fmt: skip
    places: list[float | None] = []
    for row in rows:
        places += [axis.place(column[1][row]) for axis, column in zip(axes, columns, strict=True)]
        places.append(None)
    width = len(axes) + 1
    return trace(
        "other",
        [*range(len(axes)), None] * len(rows),
        places,
        line={"color": shade_of(number) + f"{round(90 + 16 * max(number, 0)):02x}", "width": 1.4},
        customdata=[trials[row] for row in rows for _ in range(width)],
        hovertemplate="trial %{customdata}<extra></extra>",
    )


def _described(axis: Axis) -> dict[str, Any]:
    return {
        "name": axis.name,
        "low": axis.low,
        "high": axis.high,
        "logarithmic": axis.logarithmic,
        "categories": list(axis.categories),
        "ticks": axis.ticks,
    }
