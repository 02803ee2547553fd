"""The points of a search space as an optimiser sees them: one coordinate per choice to be made.

A coordinate is the place of a chosen value, a real number, or a whole number of quantisation steps. The coordinates of
nested spaces that were not chosen stand at their first value, so that a point has one set of coordinates, also when
it comes back from a store.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TypeAlias

from emulator.engine.distributions import Choice, Distribution, Quantised, Uniform
from emulator.engine.search_space import Conditional, SearchSpace
from emulator.engine.values import JSON, Point

Coordinates: TypeAlias = dict[str, int | float]


@dataclass(frozen=True, slots=True)
class Category:
    """One of `count` places, in no order."""

    count: int


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number, low <= x <= high."""

    low: int
    high: int


@dataclass(frozen=True, slots=True)
class Real:
    """A real number, low <= x <= high."""

    low: float
    high: float


Axis: TypeAlias = Category | Whole | Real


def within(axis: Axis, x: float) -> int | float:
    """A coordinate of this axis: the numbers of an optimiser are to be rounded, and at times outside by an error."""
    match axis:
        case Category(count):
            return min(max(round(x), 0), count - 1)
        case Whole(low, high):
            return min(max(round(x), low), high)
        case Real(low, high):
            return min(max(x, low), high)


def axes_of(space: SearchSpace, prefix: str = "") -> dict[str, Axis]:
    """The axes of a space that Bayesian sampling supports (documented: `choice`, `uniform`, `quniform`).

    Raises:
        ValueError: another distribution.
    """
    axes: dict[str, Axis] = {}
    for name, distribution in space.parameters.items():
        match distribution:
            case Choice():
                axes[prefix + name] = Category(distribution.size)
            case Uniform(low, high, None):
                axes[prefix + name] = Real(low, high)
            case Quantised(Uniform(base=None), size=int(size), first=first):
                axes[prefix + name] = Whole(first, first + size - 1)
            case Conditional(options):
                axes[prefix + name] = Category(len(options))
                for place, option in enumerate(options):
                    if isinstance(option, SearchSpace):
                        axes |= axes_of(option, _nested(prefix + name, place))
            case _:
                raise ValueError(f"{prefix}{name}: Bayesian sampling supports choice, uniform and quniform only")
    return axes


def conditions_of(space: SearchSpace, prefix: str = "") -> dict[str, tuple[str, int]]:
    """The axes of nested spaces by name: the category, and the place of it, without which each stands at its first
    value. An outer axis comes before those within it."""
    conditions: dict[str, tuple[str, int]] = {}
    for name, distribution in space.parameters.items():
        if isinstance(distribution, Conditional):
            for place, option in enumerate(distribution.options):
                if isinstance(option, SearchSpace):
                    inner = _nested(prefix + name, place)
                    conditions |= {inner + nested: (prefix + name, place) for nested in option.parameters}
                    conditions |= conditions_of(option, inner)
    return conditions


def point_at(space: SearchSpace, coordinates: Coordinates, prefix: str = "") -> Point:
    """The point at these coordinates."""

    def value(name: str, distribution: Distribution | Conditional) -> JSON:
        x = coordinates[name]
        match distribution:
            case Uniform():
                return float(x)
            case Quantised():
                return distribution.multiple(int(x))
            case Conditional(options):
                option = options[int(x)]
                return (
                    point_at(option, coordinates, _nested(name, int(x))) if isinstance(option, SearchSpace) else option
                )
            case _:
                return distribution.at(int(x))

    return space.point_of({name: value(prefix + name, d) for name, d in space.parameters.items()})


def coordinates_of(space: SearchSpace, point: Point) -> Coordinates:
    """The coordinates of a point of this space, whether just drawn or read from a store."""
    chosen = _chosen(space, point, "")
    return {name: _on(axis, chosen.get(name)) for name, axis in axes_of(space).items()}


def _on(axis: Axis, x: float | None) -> int | float:
    """A coordinate of this axis: the first where there is none, the nearest for one that a nested parameter of the
    same name has put out of its range."""
    match axis:
        case Category():
            return int(x or 0)
        case Whole(low, high):
            return low if x is None else int(min(max(x, low), high))
        case Real(low, high):
            return low if x is None else min(max(x, low), high)


def _chosen(space: SearchSpace, point: Point, prefix: str) -> Coordinates:
    found: Coordinates = {}
    for name, distribution in space.parameters.items():
        value = point[name]
        match distribution:
            case Choice(distinct=distinct):
                found[prefix + name] = _place(distinct, value)
            case Quantised(q=q) if isinstance(value, int | float):
                found[prefix + name] = round(value / q)
            case Conditional(options):
                place = next(k for k, option in enumerate(options) if _is_of(option, value))
                found[prefix + name] = place
                option = options[place]
                if isinstance(option, SearchSpace) and isinstance(value, dict):
                    found |= _chosen(option, value, _nested(prefix + name, place))
            case _ if isinstance(value, int | float):
                found[prefix + name] = value
    return found


def _is_of(option: SearchSpace | JSON, value: JSON) -> bool:
    """Whether a value of a conditional choice comes from this option."""
    if not isinstance(option, SearchSpace):
        return _same(option, value)
    if not isinstance(value, dict) or not option.parameters.keys() <= value.keys():
        return False
    try:
        return _same(point_at(option, coordinates_of(option, value)), value)
    except StopIteration:
        return False


def _same(one: JSON, other: JSON) -> bool:
    """Equal in type too: to Python 1, 1.0 and True are equal. The order of keys does not count."""
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)


def _place(values: tuple[JSON, ...], value: JSON) -> int:
    """The place of a value; 0 for one that stands there because a nested parameter of the same name has won."""
    return next((place for place, candidate in enumerate(values) if repr(candidate) == repr(value)), 0)


def _nested(name: str, place: int) -> str:
    return f"{name}[{place}]."
