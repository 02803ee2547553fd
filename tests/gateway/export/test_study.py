"""Trials as an Optuna study, read back by Optuna."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import optuna
import pytest

from gateway.export.study import study
from tests.gateway.export.records import sweep


@pytest.fixture
def made(tmp_path: Path) -> Any:
    assert study(sweep(), tmp_path / "s.db") == 5
    return optuna.load_study(study_name="s", storage=f"sqlite:///{tmp_path / 's.db'}")


def test_each_trial_has_its_state_and_its_best_value(made: optuna.Study) -> None:
    states = optuna.trial.TrialState
    assert [(trial.state, trial.value) for trial in made.trials] == [
        (states.COMPLETE, 0.5),
        (states.COMPLETE, 0.9),
        (states.PRUNED, None),
        (states.FAIL, None),
        (states.FAIL, None),
    ]


def test_the_best_trial_is_the_sweeps(made: optuna.Study) -> None:
    assert made.best_trial.user_attrs["name"] == "s_1"
    assert made.best_trial.params == {"lr": 0.05, "kernel": "rbf", "depth": 1}
    assert made.user_attrs["metric"] == "accuracy"


def test_what_a_trial_logged_are_its_intermediate_values(made: optuna.Study) -> None:
    assert made.trials[1].intermediate_values == {1: 0.2, 2: 0.9, 3: 0.7}


def test_the_search_space_is_optunas(made: optuna.Study) -> None:
    lr, kernel, depth = (made.trials[0].distributions[name] for name in ("lr", "kernel", "depth"))
    assert isinstance(lr, optuna.distributions.FloatDistribution)
    assert lr.log
    assert isinstance(kernel, optuna.distributions.CategoricalDistribution)
    assert kernel.choices == ("rbf", "poly", '{"name": "linear"}')
    assert depth == optuna.distributions.IntDistribution(0, 8)


def test_a_value_outside_of_the_space_widens_it(tmp_path: Path) -> None:
    study(sweep(kernel="sigmoid"), tmp_path / "s.db")
    made = optuna.load_study(study_name="s", storage=f"sqlite:///{tmp_path / 's.db'}")
    kernel = made.trials[0].distributions["kernel"]
    assert isinstance(kernel, optuna.distributions.CategoricalDistribution)
    assert "sigmoid" in kernel.choices


def test_the_search_can_go_on(made: optuna.Study) -> None:
    trial = made.ask(made.trials[0].distributions)
    assert set(trial.params) == {"lr", "kernel", "depth"}


def test_a_study_of_that_name_is_not_overwritten(tmp_path: Path, made: optuna.Study) -> None:
    with pytest.raises(ValueError, match="has a study s already; choose another file"):
        study(sweep(), tmp_path / "s.db")
