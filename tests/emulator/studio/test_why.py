from __future__ import annotations

from typing import Any

import pytest

from emulator.services.context import Emulator
from emulator.storage import jobs
from emulator.studio import why
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
