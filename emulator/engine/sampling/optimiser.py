"""What proposes where to look next, and the choice among those that are installed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Literal, Protocol, TypeAlias

from emulator.engine.objective import Goal
from emulator.engine.sampling.base import Observation
from emulator.engine.sampling.coordinates import Axis, Coordinates
from emulator.engine.values import Point

#: Takes a function that draws one proposal after the other, and returns the coordinates that are going to be tried.
Choose: TypeAlias = Callable[[Callable[[], Coordinates]], Coordinates]

OptimiserName: TypeAlias = Literal["gp", "tpe", "egobox"]

#: The package that an optimiser needs beside those of amlet, and how it is installed.
_NEEDS: Mapping[OptimiserName, tuple[str, str]] = {"egobox": ("egobox", "pip install 'amlet[egobox]'")}


@dataclass(frozen=True, slots=True)
class Problem:
    """What is optimised.

    Parameters:
        axes: by name; none of them has one value only.
        conditions: `conditions_of` the space, for these axes.
        coordinates: those of a point, on these axes.
        point: the point at such coordinates.
        seed: of all randomness, not negative.
        goal: of the primary metric.
    """

    axes: Mapping[str, Axis]
    conditions: Mapping[str, tuple[str, int]]
    coordinates: Callable[[Point], Coordinates]
    point: Callable[[Coordinates], Point]
    seed: int
    goal: Goal


class Optimiser(Protocol):
    """Proposes coordinates that the history makes promising.

    The law of samplers holds: a proposal is a function of the problem, the index and the history. An optimiser may keep
    what it worked out, as long as a new one proposes the same.
    """

    def propose(self, index: int, history: Sequence[Observation], choose: Choose) -> Coordinates:
        """The coordinates of trial `index`.

        Parameters:
            index: number of the trial.
            history: the trials 0 to index - 1; at least one of them has ended with a value.
            choose: what decides among proposals.
        """
        ...


def missing(name: OptimiserName) -> str | None:
    """What has to be installed for an optimiser, or None when nothing has to be."""
    package, remedy = _NEEDS.get(name, (None, ""))
    return remedy if package and find_spec(package) is None else None


def optimiser_of(name: OptimiserName, problem: Problem) -> Optimiser:
    """A new optimiser; the tree-structured Parzen estimator in place of one that is not installed.

    The libraries behind them are slow to import: each is loaded with the first optimiser that needs it.
    """
    if name == "gp":
        from emulator.engine.sampling.gaussian_process import GaussianProcess

        return GaussianProcess(problem)
    if name == "egobox" and missing(name) is None:
        from emulator.engine.sampling.egor import EgorProcess

        return EgorProcess(problem)
    from emulator.engine.sampling.parzen import ParzenEstimator

    return ParzenEstimator(problem)
