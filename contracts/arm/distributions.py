"""How the values of one hyperparameter are drawn, in its wire form `["uniform", [0.001, 0.1]]`; needs no pydantic.

Names, order and number of the arguments: docs page how-to-tune-hyperparameters and the official SDK's bodies.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any, ClassVar, TypeAlias

Number: TypeAlias = int | float


@dataclass(frozen=True, slots=True)
class Distribution:
    """How the values of one hyperparameter are drawn; the fields are the wire's arguments in their order.

    A subclass sets `kind`, its name on the wire, and `logarithmic` where its bounds are logarithms of its values.
    """

    kind: ClassVar[str]
    logarithmic: ClassVar[bool] = False

    @property
    def arguments(self) -> list[Any]:
        """The arguments in their order on the wire."""
        return [getattr(self, field.name) for field in fields(self)]

    def to_wire(self) -> list[Any]:
        """`["uniform", [0, 1]]`."""
        return [self.kind, self.arguments]


@dataclass(frozen=True, slots=True)
class Choice(Distribution):
    """One of the values; a value that is a dict is a conditional space, which may hold distributions."""

    kind: ClassVar[str] = "choice"
    values: tuple[Any, ...]

    @property
    def arguments(self) -> list[Any]:
        return [[_nested(value, _to_wire) for value in self.values]]


@dataclass(frozen=True, slots=True)
class Randint(Distribution):
    """An integer of [0, upper)."""

    kind: ClassVar[str] = "randint"
    upper: int


@dataclass(frozen=True, slots=True)
class Uniform(Distribution):
    """A real between min_value and max_value."""

    kind: ClassVar[str] = "uniform"
    min_value: Number
    max_value: Number


@dataclass(frozen=True, slots=True)
class QUniform(Distribution):
    """round(uniform(min_value, max_value) / q) * q."""

    kind: ClassVar[str] = "quniform"
    min_value: Number
    max_value: Number
    q: Number


@dataclass(frozen=True, slots=True)
class LogUniform(Distribution):
    """exp(uniform(min_value, max_value)): the bounds are logarithms."""

    kind: ClassVar[str] = "loguniform"
    logarithmic: ClassVar[bool] = True
    min_value: Number
    max_value: Number


@dataclass(frozen=True, slots=True)
class QLogUniform(Distribution):
    """round(exp(uniform(min_value, max_value)) / q) * q."""

    kind: ClassVar[str] = "qloguniform"
    logarithmic: ClassVar[bool] = True
    min_value: Number
    max_value: Number
    q: Number


@dataclass(frozen=True, slots=True)
class Normal(Distribution):
    """Normal with mean mu and standard deviation sigma."""

    kind: ClassVar[str] = "normal"
    mu: Number
    sigma: Number


@dataclass(frozen=True, slots=True)
class QNormal(Distribution):
    """round(normal(mu, sigma) / q) * q."""

    kind: ClassVar[str] = "qnormal"
    mu: Number
    sigma: Number
    q: Number


@dataclass(frozen=True, slots=True)
class LogNormal(Distribution):
    """exp(normal(mu, sigma)): mean and deviation are those of the logarithm."""

    kind: ClassVar[str] = "lognormal"
    logarithmic: ClassVar[bool] = True
    mu: Number
    sigma: Number


@dataclass(frozen=True, slots=True)
class QLogNormal(Distribution):
    """round(exp(normal(mu, sigma)) / q) * q."""

    kind: ClassVar[str] = "qlognormal"
    logarithmic: ClassVar[bool] = True
    mu: Number
    sigma: Number
    q: Number


#: Every distribution by its name on the wire; a new one is a subclass here.
DISTRIBUTIONS: dict[str, type[Distribution]] = {cls.kind: cls for cls in Distribution.__subclasses__()}


def parse_distribution(wire: Any) -> Distribution:
    """The distribution that a wire form such as `["uniform", [0, 1]]` means.

    Raises:
        ValueError: not of that form, an unknown name, or not as many arguments as that distribution has.
    """
    if isinstance(wire, Distribution):
        return wire
    if not (isinstance(wire, list) and len(wire) == 2 and isinstance(wire[0], str) and isinstance(wire[1], list)):
        raise ValueError('a distribution is a list of its name and its arguments, such as ["uniform", [0, 1]]')
    name, arguments = wire
    cls = DISTRIBUTIONS.get(name.lower())
    if cls is None:
        raise ValueError(f"unknown distribution {name!r}; known are {', '.join(DISTRIBUTIONS)}")
    if cls is Choice:
        if len(arguments) != 1 or not isinstance(arguments[0], list):
            raise ValueError('the arguments of choice are one list of values: ["choice", [[1, 2, 3]]]')
        return Choice(tuple(_nested(value, _to_distribution) for value in arguments[0]))
    names = [field.name for field in fields(cls)]
    if len(arguments) != len(names):
        raise ValueError(f"{cls.kind} has {len(names)} argument(s) ({', '.join(names)}), not {len(arguments)}")
    return cls(*arguments)


def _nested(value: Any, convert: Any) -> Any:
    return {key: convert(inner) for key, inner in value.items()} if isinstance(value, dict) else value


def _to_distribution(value: Any) -> Any:
    """A two-item list inside a conditional space is tried as a distribution first, as the official reader does."""
    if isinstance(value, list) and len(value) == 2 and isinstance(value[0], str) and value[0].lower() in DISTRIBUTIONS:
        return parse_distribution(value)
    return value


def _to_wire(value: Any) -> Any:
    return value.to_wire() if isinstance(value, Distribution) else value
