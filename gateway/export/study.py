"""The trials of a sweep as an Optuna study, for optuna-dashboard and for going on with the search."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from contracts.arm.distributions import Choice, LogUniform, Randint, Uniform, parse_distribution
from gateway.operations.sweep_record import SweepRecord
from gateway.operations.trials import TrialRow

if TYPE_CHECKING:
    from optuna.distributions import BaseDistribution
    from optuna.trial import FrozenTrial


def study(record: SweepRecord, file: Path) -> int:
    """Write the trials of a sweep into a study of its name.

    Parameters:
        record: the sweep.
        file: an SQLite file, made where there is none; it may hold other studies.

    Returns:
        How many trials were written.

    Raises:
        ImportError: optuna is not installed.
        ValueError: the file has a study of that name already.
    """
    try:
        import optuna
    except ImportError:
        raise ImportError("an Optuna study needs optuna: pip install optuna") from None
    direction: Literal["minimize", "maximize"] = "maximize" if record.state.goal == "maximize" else "minimize"
    storage = f"sqlite:///{file.absolute().as_posix()}"
    loud = optuna.logging.get_verbosity()
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    try:
        found = optuna.create_study(storage=storage, study_name=record.state.name, direction=direction)
    except optuna.exceptions.DuplicatedStudyError:
        raise ValueError(f"{file} has a study {record.state.name} already; choose another file") from None
    finally:
        optuna.logging.set_verbosity(loud)
    found.set_user_attr("metric", record.state.metric)
    axes = _distributions(record)
    trials = [_trial(record, trial, axes) for trial in record.state.trials]
    found.add_trials(trials)
    return len(trials)


def _trial(record: SweepRecord, trial: TrialRow, axes: Mapping[str, BaseDistribution]) -> FrozenTrial:
    import optuna
    from optuna.trial import TrialState

    best = record.best_value(trial)
    states = {"Completed": TrialState.COMPLETE, "Canceled": TrialState.PRUNED, "Failed": TrialState.FAIL}
    state = states.get(trial.status, TrialState.FAIL)
    if state is TrialState.COMPLETE and best is None:
        state = TrialState.FAIL  # a completed trial of a study has a value
    values = {n: point.value for n, point in enumerate(record.points(trial), start=1)}
    return optuna.create_trial(
        state=state,
        value=best if state is TrialState.COMPLETE else None,
        params={name: _plain(value) for name, value in trial.parameters.items()},
        distributions={name: axes[name] for name in trial.parameters},
        intermediate_values=values,
        user_attrs={"name": trial.name, "status": trial.status},
    )


def _distributions(record: SweepRecord) -> dict[str, BaseDistribution]:
    """A distribution for each parameter that any trial has: its own in the search space, widened to what was drawn."""
    space = record.properties.get("searchSpace") or {}
    drawn: dict[str, list[Any]] = {}
    for trial in record.state.trials:
        for name, value in trial.parameters.items():
            drawn.setdefault(name, []).append(_plain(value))
    return {name: _distribution(space.get(name), values) for name, values in drawn.items()}


def _distribution(wire: Any, drawn: Sequence[Any]) -> BaseDistribution:
    from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution

    numbers = [value for value in drawn if isinstance(value, int | float) and not isinstance(value, bool)]
    known = _known(wire)
    if isinstance(known, Choice) or len(numbers) < len(drawn):
        listed = [_plain(value) for value in known.values] if isinstance(known, Choice) else []
        return CategoricalDistribution(list(dict.fromkeys([*listed, *drawn])))
    low, high = min(numbers), max(numbers)
    match known:
        case Randint(upper):
            return IntDistribution(min(0, int(low)), max(upper - 1, int(high)))
        case Uniform(least, greatest):
            return FloatDistribution(min(least, low), max(greatest, high))
        case LogUniform(least, greatest) if low > 0:
            return FloatDistribution(min(math.exp(least), low), max(math.exp(greatest), high), log=True)
    return FloatDistribution(low, high)


def _known(wire: Any) -> Any:
    try:
        return parse_distribution(wire)
    except (ValueError, TypeError):
        return None


def _plain(value: Any) -> Any:
    """A value as Optuna takes it: a value that is not a scalar becomes JSON text."""
    return value if value is None or isinstance(value, str | int | float | bool) else json.dumps(value)
