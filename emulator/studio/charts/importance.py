"""How much each hyperparameter mattered, by PED-ANOVA (Watanabe et al. 2023) as Optuna has it."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from typing import Any

from emulator.studio.charts.axis import is_number, shown
from emulator.studio.charts.traces import COLOURS, Figure, figure, plain, trace

#: With fewer trials the best tenth of them is a trial or two, and says nothing.
LEAST_TRIALS = 10


def importance(
    goal: str,
    objective: Sequence[float | None],
    parameters: Mapping[str, Sequence[Any]],
    logarithmic: Mapping[str, bool],
) -> dict[str, float]:
    """The share of each parameter in what sets the best tenth of the trials apart, greatest first; sums up to 1.

    Left out is a parameter that had one value only, or that not every trial has. Empty with fewer than `LEAST_TRIALS`
    trials that have a value.

    Parameters:
        goal: `minimize` or `maximize` in any letter case.
        objective: the best value of each trial.
        parameters: by name, the value of each trial.
        logarithmic: whether a parameter is looked at in log space; those of its distribution.
    """
    rows = [row for row, value in enumerate(objective) if value is not None]
    known = {name: [values[row] for row in rows] for name, values in parameters.items()}
    known = {name: values for name, values in known.items() if None not in values and len(set(map(repr, values))) > 1}
    if len(rows) < LEAST_TRIALS or not known:
        return {}
    import optuna
    from optuna.importance import PedAnovaImportanceEvaluator
    from optuna.study import StudyDirection

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    columns = {name: _column(values, logarithmic.get(name, False)) for name, values in known.items()}
    direction = StudyDirection.MINIMIZE if goal.lower() == "minimize" else StudyDirection.MAXIMIZE
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that it is experimental in Optuna 4, and what it says of few trials
        study = optuna.create_study(direction=direction)
        study.add_trials(
            optuna.trial.create_trial(
                value=objective[row],
                params={name: values[place] for name, (values, _) in columns.items()},
                distributions={name: distribution for name, (_, distribution) in columns.items()},
            )
            for place, row in enumerate(rows)
        )
        found = optuna.importance.get_param_importances(study, evaluator=PedAnovaImportanceEvaluator())
    return dict(sorted(found.items(), key=lambda one: -one[1]))


def importance_bars(shares: Mapping[str, float]) -> Figure:
    """The shares as horizontal bars, the greatest uppermost."""
    upwards = list(shares.items())[::-1]
    names, values = [plain(name) for name, _ in upwards], [share for _, share in upwards]
    bars = trace("best", values, names, type="bar", orientation="h", marker={"color": COLOURS["best"]},
                 text=[f"{value:.0%}" for value in values], hovertemplate="%{y}: %{x:.1%}<extra></extra>")  # fmt: skip
    del bars["mode"]
    chart = figure([bars], "share", "")
    chart["layout"]["showlegend"] = False
    chart["layout"]["margin"] |= {"t": 16}
    chart["layout"]["xaxis"] |= {"range": [0, 1], "tickformat": ".0%"}
    chart["layout"]["yaxis"] |= {"type": "category"}
    return chart


def _column(values: Sequence[Any], logarithmic: bool) -> tuple[list[Any], Any]:
    """The values as Optuna takes them, with the distribution that it looks at them by."""
    from optuna.distributions import CategoricalDistribution, FloatDistribution

    if not all(is_number(value) for value in values):
        texts = [shown(value) for value in values]
        return texts, CategoricalDistribution(sorted(set(texts)))
    numbers = [float(value) for value in values]
    return numbers, FloatDistribution(min(numbers), max(numbers), log=logarithmic and min(numbers) > 0)
