"""Search spaces: `{"lr": Uniform(0, 1)}` is `{"lr": ["uniform", [0, 1]]}` on the wire."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gateway.entities.names import check_name, is_name
from gateway.entities.search_space import DISTRIBUTIONS, Choice, SweepDistribution
from gateway.exceptions import ErrorTarget, JobParsingError, ValidationException
from gateway.serialization.arm.plain import PLAIN, plain


def search_space_to_arm(search_space: Mapping[str, Any] | None) -> dict[str, Any]:
    """The search space as it travels.

    Raises:
        ValidationException: it is missing, a name is not made of letters, digits and underscores, or a value is no
            distribution.
    """
    if type(search_space) is not dict and not isinstance(search_space, Mapping):
        wrong = "is missing" if search_space is None else f"{search_space!r} is not a dict"
        raise _wrong(f"search_space {wrong}; give a dict such as {{'lr': Uniform(0.001, 0.1)}}.")
    body: dict[str, Any] = {}
    drawn: list[Any] = []
    for name, distribution in search_space.items():
        if not is_name(name):
            check_name(name, "search_space")
        if not isinstance(distribution, SweepDistribution):
            raise _wrong(
                f"search_space.{name}: {distribution!r} is not a distribution; give one of "
                f"{', '.join(cls.__name__ for cls in DISTRIBUTIONS.values())}, such as Choice({distribution!r})."
            )
        values = distribution.drawn_from()
        drawn += values
        body[name] = [distribution.type, [values] if isinstance(distribution, Choice) else values]
    if PLAIN.issuperset(map(type, drawn)):
        return body
    return {name: [kind, _plain(values, name)] for name, (kind, values) in body.items()}


def search_space_from_arm(body: Mapping[str, Any] | None) -> dict[str, SweepDistribution]:
    """The search space of a body.

    Raises:
        JobParsingError: a distribution of another name, or with too few arguments.
    """
    return {name: _read(name, wire) for name, wire in (body or {}).items()}


def distribution_from_arm(wire: Any) -> SweepDistribution | None:
    """The distribution of a wire form, or None for anything else."""
    try:
        name, arguments = wire[0], wire[1]
        cls = DISTRIBUTIONS[name]
        if cls is Choice:
            return Choice([_option_from_arm(value) for value in arguments[0]])
        return cls(*(arguments[place] for place in range(len(cls.arguments))))
    except (KeyError, IndexError, TypeError):
        return None


def _plain(value: Any, name: str) -> Any:
    """Plain JSON of what a hyperparameter may be; dicts and lists may hold distributions at any depth."""
    if isinstance(value, SweepDistribution):
        values = value.drawn_from()
        return [value.type, _plain([values] if isinstance(value, Choice) else values, name)]
    if isinstance(value, Mapping):
        return {key: _plain(entry, name) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(entry, name) for entry in value]
    return plain(value, f"search_space.{name}")


def _option_from_arm(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    return {key: distribution_from_arm(entry) or entry for key, entry in value.items()}


def _read(name: str, wire: Any) -> SweepDistribution:
    distribution = distribution_from_arm(wire)
    if distribution is None:
        raise JobParsingError(
            f"searchSpace.{name}: {wire!r} is not a distribution; known are {', '.join(DISTRIBUTIONS)}.",
            target=ErrorTarget.SWEEP_JOB,
        )
    return distribution


def _wrong(message: str) -> ValidationException:
    return ValidationException(message, target=ErrorTarget.SWEEP_JOB)
