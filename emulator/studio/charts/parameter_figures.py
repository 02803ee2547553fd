"""What the parameters of a sweep did to its objective, as figures: slices, contours, importance."""

from __future__ import annotations

from typing import Any

from emulator.storage.jobs import Job
from emulator.studio.charts import charts
from emulator.studio.charts.axis import axis_of, logarithmic_of
from emulator.studio.charts.contour import contour
from emulator.studio.charts.importance import importance, importance_bars
from emulator.studio.charts.shading import shades
from emulator.studio.charts.trial_table import TrialTable

_MOST_SLICES = 12


def parameter_figures(sweep: Job, table: TrialTable, x: str, y: str) -> dict[str, Any]:
    """The figures of a sweep's parameters.

    Parameters:
        sweep: the job.
        table: its trials.
        x, y: numeric parameters of the contours; the first two for other names.

    Returns:
        `slices` (a figure for each parameter), `contour` (null with fewer than two numeric parameters), `columns` that
        it can show, `x`, `y`.
    """
    scales = logarithmic_of(sweep.body.get("searchSpace") or {})
    shade = shades(table.goal, table.objective)
    objective = (table.metric, table.objective)
    axes = {name: axis_of(name, table.parameters[name], scales.get(name)) for name in table.parameters}
    numeric = [name for name, axis in axes.items() if not axis.categories and axis.high > axis.low]
    x = x if x in numeric else next((name for name in numeric if name != y), "")
    y = y if y in numeric and y != x else next((name for name in numeric if name != x), "")
    drawn = None
    if x and y:
        columns = zip(table.trial, table.parameters[x], table.parameters[y], table.objective, strict=True)
        points = [(trial, at, up, value) for trial, at, up, value in columns if value is not None]
        drawn = contour(axes[x], axes[y], table.metric, points, minimizes=table.goal.lower() == "minimize")
    return {
        "slices": {
            name: charts.scatter((name, table.parameters[name]), objective, table.trial, shade, scales)
            for name in list(table.parameters)[:_MOST_SLICES]
        },
        "contour": drawn,
        "columns": numeric,
        "x": x,
        "y": y,
    }


def importance_figure(sweep: Job, table: TrialTable) -> dict[str, Any]:
    """`figure`: how much each parameter mattered; null with too few trials. The first one imports Optuna.

    Parameters:
        sweep: the job.
        table: its trials.
    """
    shares = importance(
        table.goal, table.objective, table.parameters, logarithmic_of(sweep.body.get("searchSpace") or {})
    )
    return {"figure": importance_bars(shares) if shares else None}
