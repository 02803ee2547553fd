"""The charts of a sweep as plain Plotly figures (`{"data": ..., "layout": ...}`), made from plain rows.

Colours can be read on a light and on a dark ground; whoever shows a figure adds the colours of text and grid. Lines of
many trials share a trace with gaps between them: a browser draws ten traces at once, and not a thousand.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import groupby, pairwise
from typing import Any, Literal, NamedTuple, Protocol, TypeAlias

from emulator.studio.axis import Axis, axis_of, is_number

Figure: TypeAlias = dict[str, Any]
#: How a trial ended, for the colour of its line: the best one, early-stopped, under way, failed, or any other.
Role: TypeAlias = str
#: What curves run along: the number of the value, or the step that the trial gave with it.
Over: TypeAlias = Literal["interval", "step"]

_WIDTH = {"best": 2.6, "threshold": 1.6}
_COLOURS: Mapping[Role, str] = {
    "other": "#8592a6",
    "running": "#0f9d8a",
    "stopped": "#d97706",
    "failed": "#dc3545",
    "best": "#2f73e0",
    "threshold": "#cf3bb0",
}
_NAMES: Mapping[Role, str] = {
    "other": "trials",
    "running": "running",
    "stopped": "stopped early",
    "failed": "failed",
    "best": "best trial",
    "threshold": "policy's threshold",
}
_BINS = 8
_FEW_INTERVALS = 12
#: From the worst value to the best one.
_SCALE = ((0.0, (168, 176, 188)), (0.5, (112, 153, 214)), (1.0, (24, 94, 224)))


class Value(Protocol):
    """The `n`-th value (from 1) that a trial logged, with the step that it gave."""

    @property
    def trial(self) -> int:
        """Which trial."""
        ...

    @property
    def n(self) -> int:
        """Which of its values."""
        ...

    @property
    def step(self) -> int:
        """At which step, in the trial's own counting."""
        ...

    @property
    def value(self) -> float | None:
        """None when it was no number."""
        ...


class Cut(NamedTuple):
    """Where a policy stopped a trial: at which interval, with which best value, against which threshold."""

    trial: int
    interval: int
    value: float
    threshold: float


def curves(
    metric: str,
    values: Iterable[Value],
    roles: Mapping[int, Role],
    cuts: Sequence[Cut],
    thresholds: Mapping[int, float],
    *,
    over: Over = "interval",
) -> Figure:
    """The primary metric of each trial over its intervals, or over the steps that it gave.

    Parameters:
        metric: its name.
        values: by trial, each trial's in order.
        roles: of the trials; `other` where there is none.
        cuts: trials that the policy stopped.
        thresholds: the policy's latest threshold by interval.
        over: `interval` or `step`; over steps, an interval stands where the values have it.
    """
    values = list(values)
    place = _interval if over == "interval" else _step
    place_of = {value.n: place(value) for value in values}
    place_in = {(value.trial, value.n): place(value) for value in values}
    known = sorted(n for n in thresholds if over == "interval" or n in place_of)
    lines: dict[Role, list[Value | None]] = {}
    for trial, own in groupby(values, key=lambda value: value.trial):
        lines.setdefault(roles.get(trial, "other"), []).extend([*own, None])
    traces = [_lines(role, lines[role], place) for role in _COLOURS if role in lines]
    if known:
        traces.append(
            _trace(
                "threshold",
                [place_of.get(n, n) for n in known],
                [thresholds[n] for n in known],
                line={"color": _COLOURS["threshold"], "width": _WIDTH["threshold"], "dash": "dash", "shape": "hv"},
                text=[f"threshold at interval {n}" for n in known],
                hovertemplate="%{text}<br>%{y:.6g}<extra></extra>",
            )
        )
    if cuts:
        traces.append(
            _trace(
                "stopped",
                [place_in.get((cut.trial, cut.interval), place_of.get(cut.interval, cut.interval)) for cut in cuts],
                [cut.value for cut in cuts],
                name="stopped here",
                mode="markers",
                marker={"symbol": "x", "size": 8, "color": _COLOURS["stopped"]},
                customdata=[cut.trial for cut in cuts],
                text=[f"trial {cut.trial} stopped at interval {cut.interval}: "
                      f"threshold {cut.threshold:.6g}" for cut in cuts],
                hovertemplate="%{text}<extra></extra>",
            )
        )  # fmt: skip
    figure = _figure(traces, "interval (values logged)" if over == "interval" else "step", metric)
    if over == "interval" and max((value.n for value in values), default=0) <= _FEW_INTERVALS:
        figure["layout"]["xaxis"]["dtick"] = 1
    return figure


def best_so_far(
    metric: str, goal: str, values: Sequence[tuple[int, float | None]], roles: Mapping[int, Role]
) -> Figure:
    """Each trial's best value, and the best of all trials up to it.

    Parameters:
        metric: its name.
        goal: `minimize` or `maximize` in any letter case.
        values: (trial, its best value), by trial.
        roles: as for `curves`.
    """
    better = min if goal.lower() == "minimize" else max
    known = [(trial, value) for trial, value in values if value is not None]
    best: list[float] = []
    for _, value in known:
        best.append(value if not best else better(best[-1], value))
    grouped: dict[Role, list[tuple[int, float]]] = {}
    for trial, value in known:
        grouped.setdefault(roles.get(trial, "other"), []).append((trial, value))
    dots = [
        _trace(
            role,
            [trial for trial, _ in grouped[role]],
            [value for _, value in grouped[role]],
            mode="markers",
            marker={"size": 6, "color": _COLOURS[role], "opacity": 0.75},
            customdata=[trial for trial, _ in grouped[role]],
            hovertemplate="trial %{customdata}<br>%{y:.6g}<extra></extra>",
        )
        for role in _COLOURS
        if role in grouped
    ]
    line = _trace(
        "best",
        [trial for trial, _ in known],
        best,
        name="best so far",
        line={"color": _COLOURS["best"], "width": 2, "shape": "hv"},
        hovertemplate="best up to trial %{x}<br>%{y:.6g}<extra></extra>",
    )
    return _figure([*dots, line], "trial", metric)


def scatter(
    x: tuple[str, Sequence[Any]], y: tuple[str, Sequence[Any]], trials: Sequence[int], shade: Sequence[float | None]
) -> Figure:
    """Two columns against each other, a dot for each trial.

    Parameters:
        x, y: (name, values by trial).
        trials: their indices.
        shade: of each trial, from 0 (worst) to 1 (best); None without a value.
    """
    dots = [
        _trace(
            "other",
            [_plotted(x[1][row]) for row in rows],
            [_plotted(y[1][row]) for row in rows],
            mode="markers",
            marker={"size": 8, "color": _shade_of(number), "line": {"width": 0}},
            customdata=[trials[row] for row in rows],
            hovertemplate="trial %{customdata}<br>%{x}<br>%{y}<extra></extra>",
        )
        for number, rows in _binned(shade)
    ]
    figure = _figure(dots, x[0], y[0])
    figure["layout"]["showlegend"] = False
    for key, values in (("xaxis", x[1]), ("yaxis", y[1])):
        figure["layout"][key] |= _scale(axis_of("", values))
    return figure


def parallel(
    columns: Sequence[tuple[str, Sequence[Any]]], trials: Sequence[int], shade: Sequence[float | None]
) -> Figure:
    """A line for each trial across one axis for each column; lines of about the same shade share a trace.

    `layout.meta.axes` tells what stands where: a page draws the lines and the axes by itself, faster than Plotly moves
    them, and turns a stretch of an axis into values.

    Parameters:
        columns: (name, values by trial), from left to right.
        trials, shade: as for `scatter`.
    """
    axes = [axis_of(name, values) for name, values in columns]
    traces = [_strands(number, rows, axes, columns, trials) for number, rows in _binned(shade)]
    figure = _figure(traces, "", "")
    marks = [(place, *tick) for place, axis in enumerate(axes) for tick in axis.ticks]
    figure["layout"] |= {
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
                _note(n, 1, plain(axis.name), yanchor="bottom", yshift=12, font={"size": 12, "weight": 600})
                for n, axis in enumerate(axes)
            ),
            *(_note(n, at, plain(text), xanchor="left", xshift=4, yanchor="middle") for n, at, text in marks),
        ],
        "meta": {"axes": [_described(axis) for axis in axes]},
    }
    return figure


def shades(goal: str, values: Sequence[float | None]) -> list[float | None]:
    """From 0 for the worst value to 1 for the best one, by rank, so that one outlier does not make all others alike."""
    ranked = sorted({value for value in values if value is not None}, reverse=goal.lower() == "minimize")
    rank = {value: place / max(len(ranked) - 1, 1) for place, value in enumerate(ranked)}
    return [None if value is None else rank[value] if len(ranked) > 1 else 1.0 for value in values]


def plain(text: str) -> str:
    """A text as Plotly shows it letter by letter: it takes `<b>` and `<a href>` for markup, `%{x}` for a value."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("%{", "&#37;{")


def _interval(value: Value) -> int:
    return value.n


def _step(value: Value) -> int:
    return value.step


def _lines(role: Role, values: Sequence[Value | None], place: Callable[[Value], int]) -> dict[str, Any]:
    return _trace(
        role,
        [value and place(value) for value in values],
        [value and value.value for value in values],
        line={"color": _COLOURS[role] + ("80" if role == "other" else "e6"), "width": _WIDTH.get(role, 1.2)},
        customdata=[value and value.trial for value in values],
        hovertemplate="trial %{customdata}, at %{x}<br>%{y:.6g}<extra></extra>",
    )


def _strands(
    number: int, rows: Sequence[int], axes: Sequence[Axis], columns: Sequence[tuple[str, Sequence[Any]]],
    trials: Sequence[int],
) -> dict[str, Any]:  # fmt: skip
    places: list[float | None] = []
    for row in rows:
        places += [axis.place(column[1][row]) for axis, column in zip(axes, columns, strict=True)]
        places.append(None)
    width = len(axes) + 1
    return _trace(
        "other",
        [*range(len(axes)), None] * len(rows),
        places,
        line={"color": _shade_of(number) + f"{round(90 + 16 * max(number, 0)):02x}", "width": 1.4},
        customdata=[trials[row] for row in rows for _ in range(width)],
        hovertemplate="trial %{customdata}<extra></extra>",
    )


def _trace(role: Role, x: Sequence[Any], y: Sequence[Any], **more: Any) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines",
        "name": _NAMES[role],
        "meta": role,
        "x": x,
        "y": y,
        **more,
    }


def _figure(traces: Sequence[dict[str, Any]], x: str, y: str) -> Figure:
    return {
        "data": list(traces),
        "layout": {
            "xaxis": {"title": {"text": plain(x), "standoff": 10}, "zeroline": False, "exponentformat": "e"},
            "yaxis": {"title": {"text": plain(y), "standoff": 10}, "zeroline": False, "exponentformat": "e"},
            "legend": {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
            "margin": {"l": 64, "r": 20, "t": 44, "b": 60},
            "hovermode": "closest",
            "uirevision": "kept",
        },
    }


def _note(x: float, y: float, text: str, **more: Any) -> dict[str, Any]:
    return {"x": x, "y": y, "text": text, "showarrow": False, "font": {"size": 11}, **more}


def _described(axis: Axis) -> dict[str, Any]:
    return {
        "name": axis.name,
        "low": axis.low,
        "high": axis.high,
        "logarithmic": axis.logarithmic,
        "categories": list(axis.categories),
        "ticks": axis.ticks,
    }


def _scale(axis: Axis) -> dict[str, Any]:
    if axis.categories:
        names = [plain(text) for text in axis.categories]
        return {"type": "category", "categoryorder": "array", "categoryarray": names}
    return {"type": "log", "dtick": 1} if axis.logarithmic else {"type": "linear"}


def _plotted(value: Any) -> Any:
    return value if value is None or is_number(value) else plain(str(value))


def _binned(shade: Sequence[float | None]) -> list[tuple[int, list[int]]]:
    """Rows of about the same shade, worst first; before them those without one, as bin -1.

    They share a trace: points of one colour cost a browser a third of points with a colour each.
    """
    binned: dict[int, list[int]] = {}
    for row, part in enumerate(shade):
        binned.setdefault(-1 if part is None else min(int(part * _BINS), _BINS - 1), []).append(row)
    return sorted(binned.items())


def _shade_of(number: int) -> str:
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
