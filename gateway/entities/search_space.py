"""The distributions of a search space.

CONTRIBUTING.md names the files of a new distribution.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from gateway.exceptions import ErrorTarget, invalid_value


class SweepDistribution:
    """How the values of one hyperparameter are drawn.

    Parameters:
        type: name of the distribution on the wire; the class knows its own.
    """

    #: Name of the distribution in files and on the wire.
    kind: ClassVar[str]
    type: str
    #: Names of the arguments in the order in which they travel.
    arguments: ClassVar[tuple[str, ...]]

    def __init_subclass__(cls) -> None:
        cls.type = cls.kind

    def __init__(self, *, type: str | None = None) -> None:  # noqa: A002
        if type is not None:
            self.type = type

    def drawn_from(self) -> list[Any]:
        """The arguments in the order in which they travel; of a choice, its values.

        The classes below spell theirs out: jobs are translated by the thousand, and this is most of what they hold.
        """
        return [getattr(self, name) for name in self.arguments]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, SweepDistribution):
            return NotImplemented
        return self.type == other.type and [getattr(self, name) for name in self.arguments] == [
            getattr(other, name, None) for name in other.arguments
        ]

    def __repr__(self) -> str:
        return f"{self.__class__.__name__}({', '.join(f'{name}={getattr(self, name)!r}' for name in self.arguments)})"


class Choice(SweepDistribution):
    """One of the values.

    Parameters:
        values: any JSON values; a dict is a conditional space and may hold distributions of its own.

    Example:
        >>> Choice([16, 32, 64])
        Choice(values=[16, 32, 64])
    """

    kind = "choice"
    arguments: ClassVar[tuple[str, ...]] = ("values",)

    def __init__(self, values: list[float | str | dict[str, Any]] | None = None, **kwargs: Any) -> None:
        if kwargs:
            super().__init__(**kwargs)
        self.values = values

    def drawn_from(self) -> list[Any]:
        """The values.

        Raises:
            ValidationException: they are not a list.
        """
        values: Any = self.values
        if values is None:
            return []
        if type(values) is not list and not isinstance(values, Iterable):
            raise invalid_value("search_space: values of a choice", values, "a list", target=ErrorTarget.SWEEP_JOB)
        return [*values]


class Normal(SweepDistribution):
    """A real, normally distributed.

    Parameters:
        mu: mean.
        sigma: standard deviation.
    """

    kind = "normal"
    arguments: ClassVar[tuple[str, ...]] = ("mu", "sigma")

    def __init__(self, mu: float | None = None, sigma: float | None = None, **kwargs: Any) -> None:
        if kwargs:
            super().__init__(**kwargs)
        self.mu = mu
        self.sigma = sigma

    def drawn_from(self) -> list[Any]:
        return [self.mu, self.sigma]


class LogNormal(Normal):
    """exp(normal(mu, sigma)): the logarithm is normally distributed.

    Parameters:
        mu: mean of the logarithm.
        sigma: standard deviation of the logarithm.
    """

    kind = "lognormal"


class QNormal(Normal):
    """round(normal(mu, sigma) / q) * q.

    Parameters:
        mu: mean.
        sigma: standard deviation.
        q: step of the values.
    """

    kind = "qnormal"
    arguments: ClassVar[tuple[str, ...]] = ("mu", "sigma", "q")

    def __init__(
        self, mu: float | None = None, sigma: float | None = None, q: int | None = None, **kwargs: Any
    ) -> None:
        if kwargs:
            SweepDistribution.__init__(self, **kwargs)
        self.mu = mu
        self.sigma = sigma
        self.q = q

    def drawn_from(self) -> list[Any]:
        return [self.mu, self.sigma, self.q]


class QLogNormal(QNormal):
    """round(exp(normal(mu, sigma)) / q) * q.

    Parameters:
        mu: mean of the logarithm.
        sigma: standard deviation of the logarithm.
        q: step of the values.
    """

    kind = "qlognormal"


class Randint(SweepDistribution):
    """An integer of [0, upper).

    Parameters:
        upper: the bound, itself never drawn.
    """

    kind = "randint"
    arguments: ClassVar[tuple[str, ...]] = ("upper",)

    def __init__(self, upper: int | None = None, **kwargs: Any) -> None:
        if kwargs:
            super().__init__(**kwargs)
        self.upper = upper

    def drawn_from(self) -> list[Any]:
        return [self.upper]


class Uniform(SweepDistribution):
    """A real, uniformly distributed.

    Parameters:
        min_value: lower bound.
        max_value: upper bound.

    Example:
        >>> Uniform(min_value=0.05, max_value=0.1)
        Uniform(min_value=0.05, max_value=0.1)
    """

    kind = "uniform"
    arguments: ClassVar[tuple[str, ...]] = ("min_value", "max_value")

    def __init__(self, min_value: float | None = None, max_value: float | None = None, **kwargs: Any) -> None:
        if kwargs:
            super().__init__(**kwargs)
        self.min_value = min_value
        self.max_value = max_value

    def drawn_from(self) -> list[Any]:
        return [self.min_value, self.max_value]


class LogUniform(Uniform):
    """exp(uniform(min_value, max_value)).

    Parameters:
        min_value: logarithm of the lower bound.
        max_value: logarithm of the upper bound.
    """

    kind = "loguniform"


class QUniform(Uniform):
    """round(uniform(min_value, max_value) / q) * q.

    Parameters:
        min_value: lower bound.
        max_value: upper bound.
        q: step of the values.
    """

    kind = "quniform"
    arguments: ClassVar[tuple[str, ...]] = ("min_value", "max_value", "q")

    def __init__(
        self,
        min_value: float | None = None,
        max_value: float | None = None,
        q: int | None = None,
        **kwargs: Any,
    ) -> None:
        if kwargs:
            SweepDistribution.__init__(self, **kwargs)
        self.min_value = min_value
        self.max_value = max_value
        self.q = q

    def drawn_from(self) -> list[Any]:
        return [self.min_value, self.max_value, self.q]


class QLogUniform(QUniform):
    """round(exp(uniform(min_value, max_value)) / q) * q.

    Parameters:
        min_value: logarithm of the lower bound.
        max_value: logarithm of the upper bound.
        q: step of the values.
    """

    kind = "qloguniform"


#: Every distribution by its name in files and on the wire; a new one is registered here, and bodies, files and
#: `gateway.sweep` follow.
DISTRIBUTIONS: dict[str, type[SweepDistribution]] = {
    cls.kind: cls
    for cls in (
        Choice,
        Normal,
        LogNormal,
        QNormal,
        QLogNormal,
        Randint,
        Uniform,
        LogUniform,
        QUniform,
        QLogUniform,
    )
}
