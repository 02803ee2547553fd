"""The search space of a sweep: named distributions, and the points they span.

A choice among objects makes a space conditional: each object is a space of its own whose values are constants or
distributions. How the service turns the chosen object into names is not documented. Here (emulator-defined) the keys of
the chosen object become parameters beside the others, later ones winning over earlier ones of the same name, and the
outer name keeps the whole object; the setting `nested_choice = "keep"` leaves only the outer name. So different choices
may come to the same point; it counts once.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from contracts.arm import distributions as wire
from emulator.engine.distributions import Choice, Distribution, distribution_of
from emulator.engine.values import JSON, Point

#: Most points of a space that are ever listed.
LISTABLE = 100_000


@dataclass(frozen=True)
class Conditional:
    """A choice of which at least one option is a space of its own."""

    options: tuple[SearchSpace | JSON, ...]

    @property
    def width(self) -> int:
        """How many uniform numbers a value takes: one for the option, and those of every nested space."""
        return 1 + sum(option.width for option in self.options if isinstance(option, SearchSpace))

    @property
    def size(self) -> int | None:
        """How many values it has, equal ones of two options counted twice; None when there is no end of them."""
        sizes = [option.size if isinstance(option, SearchSpace) else 1 for option in self.options]
        return None if None in sizes else sum(size or 0 for size in sizes)

    def value(self, row: Sequence[float]) -> JSON:
        """The value at a row of `width` uniform numbers."""
        chosen = int(row[0] * len(self.options))
        start = 1 + sum(option.width for option in self.options[:chosen] if isinstance(option, SearchSpace))
        option = self.options[chosen]
        return option.point(row[start : start + option.width]) if isinstance(option, SearchSpace) else option

    def at(self, place: int) -> JSON:
        """The value at a place, 0 <= place < size, option after option."""
        for option in self.options:
            size = (option.size or 0) if isinstance(option, SearchSpace) else 1
            if place < size:
                return option.at(place) if isinstance(option, SearchSpace) else option
            place -= size
        raise IndexError(f"the choice ends {place + 1} values before that place")


class SearchSpace:
    """An ordered set of hyperparameters.

    Parameters:
        parameters: name to distribution, in declaration order.
        flatten: whether the keys of a chosen nested space become parameters of their own.
    """

    def __init__(self, parameters: Mapping[str, Distribution | Conditional], *, flatten: bool = True) -> None:
        self.parameters = dict(parameters)
        self._conditional = any(isinstance(d, Conditional) for d in parameters.values())
        self._flatten = flatten and self._conditional
        self._columns: list[tuple[str, Distribution | Conditional, int]] = []
        self.width = 0
        for name, distribution in self.parameters.items():
            self._columns.append((name, distribution, self.width))
            self.width += distribution.width if isinstance(distribution, Conditional) else 1

    @cached_property
    def size(self) -> int | None:
        """How many distinct points the space has; None when there is no end of them.

        Of a conditional space of more than `LISTABLE` combinations it is the number of these.
        """
        return self._combinations if self._places is None else len(self._places)

    def point(self, row: Sequence[float]) -> Point:
        """The point at a row of `width` uniform numbers in [0, 1)."""
        values: Point = {}
        for name, distribution, column in self._columns:
            if isinstance(distribution, Conditional):
                values[name] = distribution.value(row[column : column + distribution.width])
            else:
                values[name] = distribution.value(row[column])
        return self.point_of(values)

    def at(self, place: int) -> Point:
        """The point at a place of a finite space: in declaration order, the last parameter varying fastest."""
        return self._combination(place if self._places is None else self._places[place])

    def point_of(self, values: Point) -> Point:
        """The point that has these values for the names that were declared."""
        if not self._flatten:
            return values
        point: Point = {}
        for name, value in values.items():
            point[name] = value
            if isinstance(value, dict):
                # The whole object stays under the outer name too: a command may read either (see the module).
                point.update(value)
        return point

    @cached_property
    def _combinations(self) -> int | None:
        sizes = [distribution.size for distribution in self.parameters.values()]
        return None if None in sizes else math.prod(size or 0 for size in sizes)

    @cached_property
    def _places(self) -> Sequence[int] | None:
        """Which combinations to count, the first for each point; None for all of them."""
        count = self._combinations
        if not self._conditional or count is None or count > LISTABLE:
            return None
        first: dict[str, int] = {}
        for place in range(count):
            first.setdefault(repr(self._combination(place)), place)
        return tuple(first.values())

    def _combination(self, place: int) -> Point:
        values: Point = {}
        # From the last name to the first, so that the last one varies fastest, as in nested loops.
        for name, distribution in reversed(self.parameters.items()):
            place, digit = divmod(place, distribution.size or 1)
            values[name] = distribution.at(digit)
        return self.point_of(dict(reversed(values.items())))


def search_space_of(
    parameters: Mapping[str, wire.Distribution], *, logbase: float = math.e, flatten: bool = True
) -> SearchSpace:
    """The search space of a sweep job's body.

    Parameters:
        parameters: name to distribution as the contract has them.
        logbase: base of the log distributions.
        flatten: see `SearchSpace`.
    """

    def read(parameter: wire.Distribution) -> Distribution | Conditional:
        if isinstance(parameter, wire.Choice) and any(isinstance(value, dict) for value in parameter.values):
            return Conditional(tuple(nested(v) if isinstance(v, dict) else v for v in parameter.values))
        return distribution_of(parameter, logbase)

    def nested(option: Mapping[str, wire.Distribution | JSON]) -> SearchSpace:
        inner = {name: read(v) if isinstance(v, wire.Distribution) else Choice((v,)) for name, v in option.items()}
        return SearchSpace(inner, flatten=flatten)

    return SearchSpace({name: read(parameter) for name, parameter in parameters.items()}, flatten=flatten)
