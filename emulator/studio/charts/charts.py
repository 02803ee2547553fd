"""The charts of a sweep as plain Plotly figures (`{"data": ..., "layout": ...}`), made from plain rows.

Colours can be read on a light and on a dark ground; the page or report adds the colours of text and grid. Lines of
many trials share a trace with gaps between them: a browser draws ten traces at once, and not a thousand.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import groupby
from types import MappingProxyType
from typing import Any, Literal, NamedTuple, Protocol, TypeAlias

from emulator.studio.charts.axis import axis_of
from emulator.studio.charts.shading import binned, shade_of
from emulator.studio.charts.traces import COLOURS, Figure, Role, figure, plotted, scale, stretch, trace

#: What curves run along: the number of the value, or the step that the trial gave with it.
Over: TypeAlias = Literal["interval", "step"]

_WIDTH = {"best": 2.6, "threshold": 1.6}
_FEW_INTERVALS = 12


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
        """None when it was not a number."""
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
        # None makes the gap between two trials of a trace.
        lines.setdefault(roles.get(trial, "other"), []).extend([*own, None])
    traces = [_lines(role, lines[role], place) for role in COLOURS if role in lines]
    if known:
        traces.append(
            trace(
                "threshold",
                [place_of.get(n, n) for n in known],
                [thresholds[n] for n in known],
                line={"color": COLOURS["threshold"], "width": _WIDTH["threshold"], "dash": "dash", "shape": "hv"},
                text=[f"threshold at interval {n}" for n in known],
                hovertemplate="%{text}<br>%{y:.6g}<extra></extra>",
            )
        )
    if cuts:
        traces.append(
            trace(
                "stopped",
                [place_in.get((cut.trial, cut.interval), place_of.get(cut.interval, cut.interval)) for cut in cuts],
                [cut.value for cut in cuts],
                name="stopped here",
                mode="markers",
                marker={"symbol": "x", "size": 8, "color": COLOURS["stopped"]},
                customdata=[cut.trial for cut in cuts],
                text=[f"trial {cut.trial} stopped at interval {cut.interval}: "
                      f"threshold {cut.threshold:.6g}" for cut in cuts],
                hovertemplate="%{text}<extra></extra>",
            )
        )  # fmt: skip
    chart = figure(traces, "interval (values logged)" if over == "interval" else "step", metric)
    stretch(chart["layout"], [*(value.value for value in values), *(thresholds[n] for n in known)])
    if over == "interval" and max((value.n for value in values), default=0) <= _FEW_INTERVALS:
        chart["layout"]["xaxis"]["dtick"] = 1
    return chart


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
        trace(
            role,
            [trial for trial, _ in grouped[role]],
            [value for _, value in grouped[role]],
            mode="markers",
            marker={"size": 6, "color": COLOURS[role], "opacity": 0.75},
            customdata=[trial for trial, _ in grouped[role]],
            hovertemplate="trial %{customdata}<br>%{y:.6g}<extra></extra>",
        )
        for role in COLOURS
        if role in grouped
    ]
    line = trace(
        "best",
        [trial for trial, _ in known],
        best,
        name="best so far",
        line={"color": COLOURS["best"], "width": 2, "shape": "hv"},
        hovertemplate="best up to trial %{x}<br>%{y:.6g}<extra></extra>",
    )
    chart = figure([*dots, line], "trial", metric)
    stretch(chart["layout"], best + [value for _, value in known])
    if len(known) <= _FEW_INTERVALS:
        chart["layout"]["xaxis"]["dtick"] = 1
    return chart


def scatter(
    x: tuple[str, Sequence[Any]],
    y: tuple[str, Sequence[Any]],
    trials: Sequence[int],
    shade: Sequence[float | None],
    logarithmic: Mapping[str, bool] = MappingProxyType({}),
) -> Figure:
    """Two columns against each other, a dot for each trial.

    Parameters:
        x, y: (name, values by trial).
        trials: their indices.
        shade: of each trial, from 0 (worst) to 1 (best); None without a value.
        logarithmic: what the distributions of parameters say of their axes, by name.
    """
    dots = [
        trace(
            "other",
            [plotted(x[1][row]) for row in rows],
            [plotted(y[1][row]) for row in rows],
            mode="markers",
            marker={"size": 8, "color": shade_of(number), "line": {"width": 0}},
            customdata=[trials[row] for row in rows],
            hovertemplate="trial %{customdata}<br>%{x}<br>%{y}<extra></extra>",
        )
        for number, rows in binned(shade)
    ]
    chart = figure(dots, x[0], y[0])
    chart["layout"]["showlegend"] = False
    chart["layout"]["margin"] |= {"t": 16}
    for key, (name, values) in (("xaxis", x), ("yaxis", y)):
        chart["layout"][key] |= scale(axis_of(name, values, logarithmic.get(name)))
    return chart


def _interval(value: Value) -> int:
    return value.n


def _step(value: Value) -> int:
    return value.step


def _lines(role: Role, values: Sequence[Value | None], place: Callable[[Value], int]) -> dict[str, Any]:
    return trace(
        role,
        [value and place(value) for value in values],
        [value and value.value for value in values],
        line={"color": COLOURS[role] + ("80" if role == "other" else "e6"), "width": _WIDTH.get(role, 1.2)},
        customdata=[value and value.trial for value in values],
        hovertemplate="trial %{customdata}, at %{x}<br>%{y:.6g}<extra></extra>",
    )
