"""One column of the trials as an axis of a chart: where each value stands, and what is written beside it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from contracts.arm.distributions import DISTRIBUTIONS

#: From this ratio of greatest to least on, positive values that no distribution is known of stand on a log axis.
_LOG_FROM = 100.0
_MOST_NAMES = 12
#: So few different numbers are written out; of more, even parts of the axis are.
_FEW = 6


@dataclass(frozen=True, slots=True)
class Axis:
    """An axis from 0 (bottom) to 1 (top).

    Parameters:
        name: of the column.
        low, high: values at its ends; for categories 0 and the last place.
        logarithmic: whether equal distances are equal ratios.
        categories: the values in their order, as text; none for numbers.
        few: the numbers themselves, when there are few.
        whole: whether all of the numbers are whole.
    """

    name: str
    low: float
    high: float
    logarithmic: bool = False
    categories: Sequence[str] = ()
    few: Sequence[float] = ()
    whole: bool = False

    def place(self, value: Any) -> float | None:
        """Where a value stands; None for what is not on the axis."""
        if self.categories:
            text = shown(value)
            return self._between(self.categories.index(text)) if value is not None and text in self.categories else None
        return self._between(value) if is_number(value) else None

    @property
    def ticks(self) -> list[tuple[float, str]]:
        """(place, text) of what is written beside it."""
        if self.categories:
            every = math.ceil(len(self.categories) / _MOST_NAMES)
            return [(self._between(n), text) for n, text in enumerate(self.categories) if n % every == 0]
        if self.few:
            return [(self._between(value), f"{value:.6g}") for value in self.few]
        if self.high <= self.low:
            return []
        values = [self.value(part) for part in (0.0, 0.25, 0.5, 0.75, 1.0)]
        if self.whole:
            values = sorted({float(round(value)) for value in values})
        return [(self._between(value), f"{value:.0f}" if self.whole and value < 1e6 else f"{value:.3g}")
                for value in values]  # fmt: skip

    def value(self, part: float) -> float:
        """The number that stands at a place from 0 to 1."""
        if self.logarithmic:
            return float(self.low * (self.high / self.low) ** part)
        return self.low + part * (self.high - self.low)

    def _between(self, value: float) -> float:
        if self.high <= self.low:
            return 0.5
        if self.logarithmic:
            return math.log(value / self.low) / math.log(self.high / self.low)
        return (value - self.low) / (self.high - self.low)


def axis_of(name: str, values: Sequence[Any], logarithmic: bool | None = None) -> Axis:
    """The axis for the values of a column; numbers get a scale, anything else its distinct values.

    Parameters:
        name: of the column.
        values: by trial.
        logarithmic: what the distribution of a parameter says; without one, the values themselves tell.
    """
    present = [value for value in values if value is not None]
    if present and all(is_number(value) for value in present):
        low, high = min(present), max(present)
        distinct = sorted(set(present))
        few = distinct if len(distinct) <= _FEW else ()
        is_log = low > 0 and (high / low >= _LOG_FROM if logarithmic is None else logarithmic)
        whole = all(float(value).is_integer() for value in distinct)
        return Axis(name, low, high, is_log, few=few, whole=whole)
    categories = sorted({shown(value) for value in present})
    return Axis(name, 0, max(len(categories) - 1, 0), categories=categories)


def logarithmic_of(space: Mapping[str, Any]) -> dict[str, bool]:
    """Whether the axis of a parameter is logarithmic, by its name, where its distribution tells.

    A choice does not tell: its values do. A name that has distributions of both sorts, in different options of a
    conditional space, is left out too.

    Parameters:
        space: `searchSpace` of a sweep's body.
    """
    found: dict[str, set[bool]] = {}
    _collect(space, found)
    return {name: True in known for name, known in found.items() if len(known) == 1}


def _collect(space: Mapping[str, Any], found: dict[str, set[bool]]) -> None:
    for name, written in space.items():
        match written:
            case [str(), [[*options]]]:  # only a choice has a list as its one argument
                for option in options:
                    if isinstance(option, Mapping):
                        _collect(option, found)
            case [str(kind), [*_]] if kind.lower() in DISTRIBUTIONS:
                found.setdefault(name, set()).add(DISTRIBUTIONS[kind.lower()].logarithmic)


def is_number(value: Any) -> bool:
    """Whether it can stand on a scale: finite, and not a truth value."""
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def shown(value: Any) -> str:
    """A value that is not a number, as text; as JSON writes it, where it is not text."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else str(value)
