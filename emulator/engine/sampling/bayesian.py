"""Bayesian sampling: a model of the metric over the search space proposes where to look next.

Documented: only `choice`, `uniform` and `quniform`. Recorded (80 trials of a space of 196 points): no point twice, and
about ten trials that look purely random at the beginning. The service's model is not known; Optuna's
tree-structured Parzen estimator (Bergstra et al. 2011; Watanabe 2023) is emulator-defined, as is its Gaussian process,
the setting `bayesian_optimiser = "gp"`.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from typing import Any, Literal

import numpy as np
import optuna
from optuna.distributions import BaseDistribution, CategoricalDistribution, FloatDistribution, IntDistribution
from optuna.samplers import BaseSampler
from optuna.study import StudyDirection
from optuna.trial import FrozenTrial, TrialState

from emulator.engine.objective import Goal
from emulator.engine.sampling.base import Observation
from emulator.engine.sampling.coordinates import (
    Axis,
    Category,
    Coordinates,
    Real,
    Whole,
    axes_of,
    coordinates_of,
    point_at,
)
from emulator.engine.sampling.random import PseudoRandomRows
from emulator.engine.sampling.uniform import UniformSampler
from emulator.engine.search_space import SearchSpace
from emulator.engine.values import Point

_PROPOSALS = 8  # proposals of the model before an unseen point of a finite space is drawn at random
_DRAWS = 64  # random draws before the unseen points are listed
_MASK = 2**64 - 1  # seeds of numpy are not negative

optuna.logging.set_verbosity(optuna.logging.WARNING)


class BayesianSampler:
    """Proposals of an Optuna sampler.

    The study that it looks at is rebuilt from the history whenever the two disagree, and each proposal has a generator
    of its own, seeded by the seed and the trial's index: a proposal depends on nothing else. Running trials count as
    bad ones (constant liar), so that concurrent trials keep apart.

    Parameters:
        space: what is searched.
        seed: of all randomness.
        goal: of the primary metric.
        optimiser: `tpe` or `gp`.
        warm_up: number of random trials before the first proposal.

    Raises:
        ImportError: gp without torch.
        ValueError: a distribution that Bayesian sampling does not support.
    """

    learns = True

    def __init__(
        self,
        space: SearchSpace,
        seed: int,
        goal: Goal,
        *,
        optimiser: Literal["tpe", "gp"] = "tpe",
        warm_up: int = 10,
    ) -> None:
        if optimiser == "gp" and find_spec("torch") is None:
            raise ImportError("bayesian_optimiser = 'gp' needs torch: pip install torch, or use 'tpe'")
        self.limit = space.size
        self._space = space
        self._seed = seed
        self._goal = goal
        self._optimiser = optimiser
        self._warm_up = warm_up
        self._random = UniformSampler(space, PseudoRandomRows(space.width, seed))
        axes = axes_of(space)
        self._distributions = {name: _distribution(axis) for name, axis in axes.items() if not _is_fixed(axis)}
        self._fixed = {name: 0 if isinstance(axis, Category) else axis.low for name, axis in axes.items()}
        self._study = self._new_study()
        self._told: list[Observation] = []

    def suggest(self, index: int, history: Sequence[Observation]) -> Point:
        if index < self._warm_up:
            return self._random.suggest(index)
        # A replay knows later trials too; a proposal must not depend on them, or it would not be the one made before.
        history = history[:index]
        self._tell(history)
        # As texts: to Python 1, 1.0 and True are equal, to a command line they are not.
        seen = {repr(observation.point) for observation in history} if self.limit else set()
        # A model that has seen no value can only guess, and would look at unfinished points as bad ones.
        informed = any(_state(observation) is TrialState.COMPLETE for observation in history)
        model = self._model(index)

        def propose(study: optuna.Study, trial: FrozenTrial) -> Coordinates:
            for _ in range(_PROPOSALS if informed else 0):
                proposed = model.sample_relative(study, trial, self._distributions)
                point = point_at(self._space, self._fixed | proposed)
                if repr(point) not in seen:
                    return self._coordinates(point)
            return self._coordinates(self._random_point(index, seen))

        self._study.sampler = _Scripted(propose, self._distributions)
        coordinates = self._study.ask(self._distributions).params
        point = point_at(self._space, self._fixed | coordinates)
        # `ask` has put the trial into the study as running; without this the next call would rebuild the study.
        self._told.append(Observation(point))
        return point

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
            params=self._coordinates(observation.point),
            distributions=self._distributions,
        )

    def _coordinates(self, point: Point) -> Coordinates:
        coordinates = coordinates_of(self._space, point)
        return {name: coordinates[name] for name in self._distributions}

    def _random_point(self, index: int, seen: set[str]) -> Point:
        """A random point that is not among those seen."""
        numbers = np.random.default_rng([self._seed & _MASK, index])
        for _ in range(_DRAWS):
            point = self._space.point(numbers.random(self._space.width).tolist())
            if repr(point) not in seen:
                return point
        # Nearly every point was seen: chance would need too long to find the rest.
        places = (self._space.at(place) for place in range(self.limit or 0))
        left = [point for point in places if repr(point) not in seen]
        return left[int(numbers.integers(len(left)))] if left else point

    def _model(self, index: int) -> BaseSampler:
        seed = int(np.random.SeedSequence([self._seed & _MASK, index]).generate_state(1)[0])
        with warnings.catch_warnings():
            # What was experimental in Optuna 4 is the default in Optuna 5.
            warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
            if self._optimiser == "gp":
                return optuna.samplers.GPSampler(seed=seed, n_startup_trials=0)
            return optuna.samplers.TPESampler(seed=seed, n_startup_trials=0, multivariate=True, constant_liar=True)

    def _new_study(self) -> optuna.Study:
        direction = StudyDirection.MAXIMIZE if self._goal is Goal.MAXIMIZE else StudyDirection.MINIMIZE
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


def _is_fixed(axis: Axis) -> bool:
    return axis.count == 1 if isinstance(axis, Category) else axis.low == axis.high


def _state(observation: Observation) -> TrialState:
    """A trial that ended without a value tells the model nothing."""
    if not observation.ended:
        return TrialState.RUNNING
    return TrialState.FAIL if observation.value is None else TrialState.COMPLETE
