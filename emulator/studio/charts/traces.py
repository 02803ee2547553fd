"""What Plotly's figures of the studio are put together from: traces, axes, notes, in the colours of the charts."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeAlias

from emulator.studio.charts.axis import Axis, axis_of, is_number

Figure: TypeAlias = dict[str, Any]
#: How a trial ended, for the colour of its line: the best one, early-stopped, running, failed, or any other.
Role: TypeAlias = str

COLOURS: Mapping[Role, str] = {
    "other": "#8592a6",
    "running": "#0f9d8a",
    "stopped": "#d97706",
    "failed": "#dc3545",
    "best": "#2f73e0",
    "threshold": "#cf3bb0",
}
NAMES: Mapping[Role, str] = {
    "other": "trials",
    "running": "running",
    "stopped": "stopped early",
    "failed": "failed",
    "best": "best trial",
    "threshold": "policy's threshold",
}
#: About so many powers of ten are written at a logarithmic axis.
_DECADES = 8
#: Whole numbers that reach so far get a tick each; beyond it Plotly's own steps are whole.
_MOST_UNITS = 12


def trace(role: Role, x: Sequence[Any], y: Sequence[Any], **more: Any) -> dict[str, Any]:
    """A trace in the colour and by the name of a role."""
    return {
        "type": "scatter",
        "mode": "lines",
        "name": NAMES[role],
        "meta": role,
        "x": x,
        "y": y,
        **more,
    }


def figure(traces: Sequence[dict[str, Any]], x: str, y: str) -> Figure:
    """A figure with two axes; one without any value says so."""
    made: Figure = {
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
    if all(value is None for one in traces for value in one["y"]):
        _say_nothing_is_there(made["layout"])
    return made


def plain(text: str) -> str:
    """A text as Plotly shows it letter by letter: it takes `<b>` and `<a href>` for markup, `%{x}` for a value."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("%{", "&#37;{")


def stretch(layout: dict[str, Any], values: Iterable[float | None]) -> None:
    """Make the scale of a metric logarithmic where its values are of very different size."""
    layout["yaxis"] |= scale(axis_of("", list(values)))


def note(x: float, y: float, text: str, **more: Any) -> dict[str, Any]:
    """A text at a place, without an arrow."""
    return {"x": x, "y": y, "text": text, "showarrow": False, "font": {"size": 11}, **more}


def scale(axis: Axis) -> dict[str, Any]:
    """The scale of an axis, as Plotly takes it."""
    if axis.categories:
        names = [plain(text) for text in axis.categories]
        return {"type": "category", "categoryorder": "array", "categoryarray": names}
    kind = "log" if axis.logarithmic else "linear"
    if axis.few and axis.whole:
        return {"type": kind, "tickvals": list(axis.few), "ticktext": [f"{value:.6g}" for value in axis.few]}
    if axis.logarithmic:
        return {"type": kind, "dtick": max(1, round(math.log10(axis.high / axis.low) / _DECADES))}
    if axis.whole and axis.high - axis.low <= _MOST_UNITS:
        return {"type": kind, "dtick": 1}
    return {"type": kind}


def plotted(value: Any) -> Any:
    """A value as a coordinate: text letter by letter."""
    return value if value is None or is_number(value) else plain(str(value))


def _say_nothing_is_there(layout: dict[str, Any]) -> None:
    layout["annotations"] = [note(0.5, 0.5, "no trial has a value here", xref="paper", yref="paper")]
    layout["showlegend"] = False
    for axis in (layout["xaxis"], layout["yaxis"]):
        axis |= {"showticklabels": False, "showgrid": False}
