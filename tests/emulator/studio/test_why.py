from __future__ import annotations

from typing import Any

import pytest

from emulator.services.context import Emulator
from emulator.storage import jobs
from emulator.studio import why
from emulator.studio.charts.trial_table import trial_table
from tests.emulator.studio import states


@pytest.fixture
def sweep_of(emulator: Emulator) -> Any:
    """A sweep of 24 trials, four at a time, with a sampling algorithm."""

    def make(**algorithm: Any) -> jobs.Job:
        states.write(emulator.store, states.sweep, "calm_fox", 1000.0, algorithm=algorithm)
        found = jobs.find(emulator.store.reader(), states.WORKSPACE, "calm_fox")
        assert found is not None
        return found

    return make


@pytest.mark.parametrize(
    ("algorithm", "trial", "reason"),
    [
        ({"samplingAlgorithmType": "Grid"}, 3, "combination 4"),
        ({"samplingAlgorithmType": "Random", "seed": 7}, 0, "random point 1"),
        ({"samplingAlgorithmType": "Random", "rule": "Sobol", "seed": 7}, 2, "point 3 of the sequence"),
        ({"samplingAlgorithmType": "Bayesian"}, 9, "random point 10 of 10"),
        ({"samplingAlgorithmType": "Bayesian"}, 10, "knowing 6 trials"),
    ],
)
def test_a_trial_is_told_why_it_has_its_parameters(
    emulator: Emulator, sweep_of: Any, algorithm: dict[str, Any], trial: int, reason: str
) -> None:
    assert reason in why.drawn(emulator.store.reader(), sweep_of(**algorithm), trial, 10)


def test_a_model_that_knows_nothing_is_no_reason(emulator: Emulator, sweep_of: Any) -> None:
    sweep = sweep_of(samplingAlgorithmType="Bayesian")
    assert "the model knew nothing" in why.drawn(emulator.store.reader(), sweep, 3, 2)


def test_the_warm_up_of_bayesian_sampling_is_told(sweep_of: Any) -> None:
    assert "the first 10 at random" in why.sampling(sweep_of(samplingAlgorithmType="Bayesian"), 10)


def told(name: str, status: str, **more: Any) -> dict[str, Any]:
    """A trial of an explanation."""
    outcome = {"status": status, "message": more.pop("message", "")}
    kept = {"decision": None, "stop_cause": None, "best": 0.5, "reason": "", "log_tail": []}
    return {"name": name, "outcome": outcome, **kept, **more}


def test_trials_that_ended_alike_share_a_reason_and_early_stopping_tells_what_it_saved(
    emulator: Emulator, sweep_of: Any
) -> None:
    table = trial_table(emulator.store.reader(), sweep_of())
    lasted = [(table.ended[row] or 0) - (table.started[row] or 0) for row in range(3)]
    trials = [
        told("calm_fox_0", "Completed"),
        told("calm_fox_1", "Canceled", decision={"policy": "Bandit"}, reason="below"),
        told("calm_fox_2", "Failed", message="exit code 1\nmore", log_tail=["out of memory"]),
        told("calm_fox_3", "Failed", message="exit code 1"),
        told("calm_fox_4", "Completed", best=None),
    ]
    failed, stopped, silent = why.grouped({"trials": trials, "lines": []}, table)
    assert (failed.reason, failed.saved) == ("Failed: exit code 1", None)
    assert failed.trials == [("calm_fox_2", "", "out of memory"), ("calm_fox_3", "", "")]
    assert stopped.reason == "Stopped early by Bandit"
    usual = sorted([lasted[0], (table.ended[4] or 0) - (table.started[4] or 0)])
    assert stopped.saved == pytest.approx(max(0.0, sum(usual) / 2 - lasted[1]))
    assert silent.reason == "Completed without logging the primary metric"


def test_the_summary_of_a_sweep_leaves_out_what_is_about_one_trial() -> None:
    lines = ["The sweep ended Completed.", "a_1 Failed: exit code 1", "    out of memory"]
    assert why.summary({"trials": [{"name": "a_1"}], "lines": lines}) == ["The sweep ended Completed."]
