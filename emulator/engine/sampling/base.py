"""What a sampling algorithm is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from emulator.engine.values import Point


@dataclass(frozen=True, slots=True)
class Observation:
    """What is known of a trial when the next one is drawn.

    Parameters:
        point: its parameters.
        value: the best value of the primary metric that it logged; None while it runs, or when it logged none.
        ended: whether it has ended; the value of a trial that still runs is not looked at.
    """

    point: Point
    value: float | None = None
    ended: bool = False


class Sampler(Protocol):
    """A sampling algorithm over one search space.

    The law: a suggestion is a function of the space, the algorithm, its seed and the history, whose i-th entry is trial
    i. Nothing else counts: not the time, not the number of concurrent trials, not what this object was asked before. A
    sampler may remember what it worked out, as long as a new one with the same history gives the same suggestion. The
    first n of m suggestions do not depend on m. Samplers are used by one thread at a time.

    Attributes:
        limit: how many suggestions there are, None when there is no end of them. A space is exhausted after so many.
        learns: whether suggestions depend on the history; if not, any history will do, also none.
    """

    limit: int | None
    learns: bool

    def suggest(self, index: int, history: Sequence[Observation]) -> Point:
        """The parameters of trial `index`, 0 <= index < limit.

        Parameters:
            index: number of the trial.
            history: the trials 0 to index - 1.
        """
        ...
