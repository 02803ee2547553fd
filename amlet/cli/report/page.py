"""A sweep as one HTML file that needs nothing else: charts, trials, reasons, document; to attach to a CI run."""

from __future__ import annotations

import base64
import hashlib
import json
import math
from collections.abc import Sequence
from importlib import resources
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from amlet.cli.exits import Refusal
from amlet.cli.output import is_simulated, shown
from amlet.cli.progress.views import counts_text
from emulator.storage.trials import Value
from emulator.studio.charts import charts
from emulator.studio.charts.parallel import parallel
from emulator.studio.charts.shading import shades
from emulator.studio.charts.traces import Figure, Role
from gateway.operations.sweep_record import SweepRecord

_FOLDER = resources.files("amlet.cli.report") / "templates"


def page(record: SweepRecord, explanation: Sequence[str]) -> str:
    """The file's text.

    Parameters:
        record: the sweep.
        explanation: lines that say why it went as it did; none where no record was kept.

    Raises:
        Refusal: plotly is not installed.
    """
    import jinja2

    figures = _figures(record)
    plotly, draw = _plotly(), (_FOLDER / "report.js").read_text(encoding="utf-8")
    names = list(dict.fromkeys(name for trial in record.state.trials for name in trial.parameters))
    template = jinja2.Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True).from_string(
        (_FOLDER / "report.html").read_text(encoding="utf-8")
    )
    best = record.best_value(record.state.best) if record.state.best else None
    return template.render(
        state=record.state,
        simulated=is_simulated(record.document),
        counts=counts_text(record.state),
        best=None if best is None else f"{best:.6g}",
        charts=[(name, f"chart-{number}") for number, name in enumerate(figures)],
        names=names,
        rows=_rows(record, names),
        explanation=explanation,
        document=json.dumps(_without_keys(record.document), indent=2, ensure_ascii=False),
        figures=_data({f"chart-{number}": figure for number, figure in enumerate(figures.values())}),
        plotly=plotly,
        draw=draw,
        hashes=f"{_hash(plotly)} {_hash(draw)}",
        style=(_FOLDER / "report.css").read_text(encoding="utf-8"),
    )


def _figures(record: SweepRecord) -> dict[str, Figure]:
    """The charts of the studio, by their titles."""
    state = record.state
    trials = [trial.number for trial in state.trials]
    best = [record.best_value(trial) for trial in state.trials]
    roles: dict[int, Role] = {trial.number: "failed" for trial in state.trials if trial.status == "Failed"}
    roles |= {trial.number: "stopped" for trial in state.trials if trial.status == "Canceled"}
    if state.best:
        roles[state.best.number] = "best"
    values = [
        Value(trial.number, n, point.step, point.value if math.isfinite(point.value) else None)
        for trial in state.trials
        for n, point in enumerate(record.points(trial), start=1)
    ]
    names = list(dict.fromkeys(name for trial in state.trials for name in trial.parameters))
    columns: list[tuple[str, Sequence[Any]]] = [
        *((name, [trial.parameters.get(name) for trial in state.trials]) for name in names),
        (state.metric, best),
    ]
    found = {
        f"{state.metric} of each trial": charts.curves(state.metric, values, roles, (), {}),
        "Best so far": charts.best_so_far(state.metric, state.goal, list(zip(trials, best, strict=True)), roles),
    }
    if names and trials:
        found["Parallel coordinates"] = parallel(columns, trials, shades(state.goal, best))
    return found


def _rows(record: SweepRecord, names: Sequence[str]) -> list[dict[str, Any]]:
    return [
        {
            "number": trial.number,
            "status": trial.status,
            "value": "–" if (value := record.best_value(trial)) is None else f"{value:.6g}",  # noqa: RUF001
            "cells": [shown(trial.parameters.get(name)) for name in names],
        }
        for trial in record.state.trials
    ]


def _without_keys(document: Any) -> Any:
    """The document without the links of services: those of an emulator hold its page key."""
    properties = {**(document.get("properties") or {})}
    properties.pop("services", None)
    return {**document, "properties": properties}


def _data(content: Any) -> str:
    """JSON that cannot end the script it stands in."""
    return json.dumps(content, allow_nan=False, default=str).replace("<", "\\u003c")


def _plotly() -> str:
    found = find_spec("plotly")
    if found is None or found.origin is None:
        raise Refusal("a report with charts needs plotly: pip install 'amlet[emulator]'; or take --format md")
    return Path(found.origin).with_name("package_data").joinpath("plotly.min.js").read_text(encoding="utf-8")


def _hash(script: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"
