"""The ten distributions of a search space, each as the map from a uniform number to a value.

A distribution is its quantile function: `value(u)` turns a number u in [0, 1) into a value. Pseudo-random and Sobol
numbers go through the same maps, so that every sampling rule draws from the same definitions.

Definitions: docs page how-to-tune-hyperparameters and the parameter expressions of the v1 SDK. The bounds of log
distributions are in log space. Quantised values are `round(x / q) * q`, not clipped to the bounds, halves rounded to
even (emulator-defined), and floats, as recorded runs of the service have them (`65.0`); `values.argv_text` gives the
form in which they reach a command line. What cannot be drawn from is refused by `contracts.rules`, not here.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from statistics import NormalDist
from typing import Any, Protocol

from contracts.arm import distributions as wire
from emulator.engine.values import JSON

_STANDARD_NORMAL = NormalDist()
_SMALLEST = 2.0**-54  # half the step of a 53-bit uniform number: keeps the normal quantile finite at u = 0


class Distribution(Protocol):
    """A distribution of one hyperparameter."""

    @property
    def size(self) -> int | None:
        """How many distinct values it has; None when there is no end of them."""
        ...

    def value(self, u: float) -> JSON:
        """The value at the quantile u, 0 <= u < 1."""
        ...

    def at(self, place: int) -> JSON:
        """The distinct value at a place, 0 <= place < size, in declaration or ascending order."""
        ...


@dataclass(frozen=True)
class Choice:
    """One of the listed values, all equally likely; a value listed twice is one value, twice as likely."""

    values: tuple[JSON, ...]
    distinct: tuple[JSON, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        # By their texts: to Python 1, 1.0 and True are one value, to a trial's command line they are three.
        object.__setattr__(self, "distinct", tuple({repr(value): value for value in self.values}.values()))

    @property
    def size(self) -> int:
        return len(self.distinct)

    def value(self, u: float) -> JSON:
        return self.values[int(u * len(self.values))]

    def at(self, place: int) -> JSON:
        return self.distinct[place]


@dataclass(frozen=True)
class RandInt:
    """An integer in [0, upper)."""

    upper: int

    @property
    def size(self) -> int:
        return self.upper

    def value(self, u: float) -> int:
        return int(u * self.upper)

    def at(self, place: int) -> int:
        return place


@dataclass(frozen=True)
class _Continuous:
    size: None = field(default=None, init=False)

    def at(self, place: int) -> float:
        raise IndexError(f"a continuous distribution has no value number {place}")


@dataclass(frozen=True)
class Uniform(_Continuous):
    """A real number between `low` and `high`; with `base`, that power of it (loguniform)."""

    low: float
    high: float
    base: float | None = None

    def value(self, u: float) -> float:
        # Rounding can carry the sum past `high`.
        return _power(self.base, min(self.low + u * (self.high - self.low), self.high))


@dataclass(frozen=True)
class Normal(_Continuous):
    """A normally distributed number; with `base`, that power of it (lognormal)."""

    mu: float
    sigma: float
    base: float | None = None

    def value(self, u: float) -> float:
        return _power(self.base, _within_floats(self.mu + self.sigma * _STANDARD_NORMAL.inv_cdf(max(u, _SMALLEST))))


@dataclass(frozen=True)
class Quantised:
    """Another distribution rounded to multiples of q: `round(x / q) * q`, a float."""

    source: Uniform | Normal
    q: float
    first: int = field(init=False, default=0)
    size: int | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        if isinstance(self.source, Normal):
            return
        low, high = (self._steps(_power(self.source.base, bound)) for bound in (self.source.low, self.source.high))
        # Multiples that are hit with more than zero probability: a bound half-way between two hits only one, unless
        # it is the whole range.
        first = math.floor(low + 0.5) if low < high else round(low)
        object.__setattr__(self, "first", first)
        object.__setattr__(self, "size", max(math.ceil(high - 0.5) - first, 0) + 1)

    def value(self, u: float) -> float:
        count = round(self._steps(self.source.value(u)))
        if self.size is not None:  # at u = 0 a bound that is half-way may round to a multiple of no probability
            count = max(self.first, min(count, self.first + self.size - 1))
        return self.multiple(count)

    def at(self, place: int) -> float:
        return self.multiple(self.first + place)

    def multiple(self, count: int) -> float:
        """So many times q."""
        return _within_floats(count * float(self.q))

    def _steps(self, x: float) -> float:
        return _within_floats(x / self.q)


def distribution_of(parameter: wire.Distribution, logbase: float = math.e) -> Distribution:
    """The distribution of a parameter as the wire has it.

    Parameters:
        parameter: any distribution but a choice among nested spaces, which `search_space_of` reads.
        logbase: base of the log distributions. What it does is not documented; `logbase ** x` in place of `e ** x` is
            emulator-defined.

    Raises:
        KeyError: it is not one of `DISTRIBUTIONS`.
    """
    return DISTRIBUTIONS[parameter.kind](parameter, logbase)


#: How each distribution of the wire is drawn, by its name there, given its arguments and the base of the log
#: distributions; a new one is added here and to `contracts.arm.distributions`.
DISTRIBUTIONS: dict[str, Callable[[Any, float], Distribution]] = {
    wire.Choice.kind: lambda given, base: Choice(given.values),
    wire.Randint.kind: lambda given, base: RandInt(int(given.upper)),
    wire.Uniform.kind: lambda given, base: _uniform(given),
    wire.QUniform.kind: lambda given, base: Quantised(_uniform(given), given.q),
    wire.LogUniform.kind: lambda given, base: _uniform(given, base),
    wire.QLogUniform.kind: lambda given, base: Quantised(_uniform(given, base), given.q),
    wire.Normal.kind: lambda given, base: _normal(given),
    wire.QNormal.kind: lambda given, base: Quantised(_normal(given), given.q),
    wire.LogNormal.kind: lambda given, base: _normal(given, base),
    wire.QLogNormal.kind: lambda given, base: Quantised(_normal(given, base), given.q),
}


def _uniform(given: Any, base: float | None = None) -> Uniform:
    return Uniform(given.min_value, given.max_value, base)


def _normal(given: Any, base: float | None = None) -> Normal:
    return Normal(given.mu, given.sigma, base)


def _within_floats(x: float) -> float:
    return max(-sys.float_info.max, min(x, sys.float_info.max))


def _power(base: float | None, x: float) -> float:
    if base is None:
        return x
    try:
        # `math.e ** x` differs from `exp(x)` in its last digits, and the log distributions are documented with exp.
        return math.exp(x) if base == math.e else base**x
    except OverflowError:
        return sys.float_info.max
