"""Optuna's tree-structured Parzen estimator (Bergstra et al. 2011; Watanabe 2023)."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import optuna
from optuna.distributions import BaseDistribution, CategoricalDistribution, FloatDistribution, IntDistribution
from optuna.samplers import BaseSampler
from optuna.study import StudyDirection
from optuna.trial import FrozenTrial, TrialState

from emulator.engine.objective import Goal
from emulator.engine.sampling.base import Observation
from emulator.engine.sampling.coordinates import Axis, Category, Coordinates, Real, Whole
from emulator.engine.sampling.optimiser import Choose, Problem

optuna.logging.set_verbosity(optuna.logging.WARNING)


class ParzenEstimator:
    """Proposals of Optuna's sampler.

    The study that it looks at is rebuilt from the history whenever the two disagree, and each proposal has a generator
    of its own, seeded by the seed and the trial's index: a proposal depends on nothing else. Running trials count as
    bad ones (constant liar), so that concurrent trials keep apart.

    Parameters:
        problem: what is optimised.
    """

    def __init__(self, problem: Problem) -> None:
        self._problem = problem
        self._distributions = {name: _distribution(axis) for name, axis in problem.axes.items()}
        self._study = self._new_study()
        self._told: list[Observation] = []

    def propose(self, index: int, history: Sequence[Observation], choose: Choose) -> Coordinates:
        """See `Optimiser`."""
        self._tell(history)
        model = self._model(index)

        def proposed(study: optuna.Study, trial: FrozenTrial) -> Coordinates:
            return choose(lambda: model.sample_relative(study, trial, self._distributions))

        self._study.sampler = _Scripted(proposed, self._distributions)
        coordinates: Coordinates = self._study.ask(self._distributions).params
        # `ask` has put the trial into the study as running; without this the next call would rebuild the study.
        self._told.append(Observation(self._problem.point(coordinates)))
        return coordinates

    def _tell(self, history: Sequence[Observation]) -> None:
        """Bring the study to this history; from the beginning when it knows something else."""
        known = zip(self._told, history, strict=False)
        if len(self._told) > len(history) or any(
            old.point != new.point or (old.ended and old != new) for old, new in known
        ):
            self._study, self._told = self._new_study(), []
        for number, observation in enumerate(history):
            if number >= len(self._told):
                self._study.add_trial(self._trial(observation))
                self._told.append(observation)
            elif observation.ended and not self._told[number].ended:
                self._study.tell(number, observation.value, _state(observation))
                self._told[number] = observation

    def _trial(self, observation: Observation) -> FrozenTrial:
        state = _state(observation)
        return optuna.trial.create_trial(
            state=state,
            value=observation.value if state is TrialState.COMPLETE else None,
            params=self._problem.coordinates(observation.point),
            distributions=self._distributions,
        )

    def _model(self, index: int) -> BaseSampler:
        seed = int(np.random.SeedSequence([self._problem.seed, index]).generate_state(1)[0])
        with warnings.catch_warnings():
            # What was experimental in Optuna 4 is the default in Optuna 5.
            warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
            return optuna.samplers.TPESampler(seed=seed, n_startup_trials=0, multivariate=True, constant_liar=True)

    def _new_study(self) -> optuna.Study:
        maximizes = self._problem.goal is Goal.MAXIMIZE
        direction = StudyDirection.MAXIMIZE if maximizes else StudyDirection.MINIMIZE
        return optuna.create_study(direction=direction, sampler=optuna.samplers.RandomSampler())


class _Scripted(BaseSampler):
    """A sampler whose next proposal is what a function says, in a search space known beforehand."""

    def __init__(
        self,
        propose: Callable[[optuna.Study, FrozenTrial], Coordinates],
        space: dict[str, BaseDistribution],
    ) -> None:
        self._propose = propose
        self._space = space

    def infer_relative_search_space(self, study: optuna.Study, trial: FrozenTrial) -> dict[str, BaseDistribution]:
        return self._space

    def sample_relative(
        self, study: optuna.Study, trial: FrozenTrial, search_space: dict[str, BaseDistribution]
    ) -> dict[str, Any]:
        return self._propose(study, trial)

    def sample_independent(
        self, study: optuna.Study, trial: FrozenTrial, param_name: str, param_distribution: BaseDistribution
    ) -> Any:
        raise AssertionError(f"no value was proposed for {param_name}")


def _distribution(axis: Axis) -> BaseDistribution:
    match axis:
        case Category(count):
            return CategoricalDistribution(range(count))
        case Whole(low, high):
            return IntDistribution(low, high)
        case Real(low, high):
            return FloatDistribution(low, high)


def _state(observation: Observation) -> TrialState:
    """A trial that ended without a value tells the model nothing."""
    if not observation.ended:
        return TrialState.RUNNING
    return TrialState.FAIL if observation.value is None else TrialState.COMPLETE
