"""How a sweep chooses its trials."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar


class SamplingAlgorithm:
    """Base of the sampling algorithms; use one of the classes below."""

    kind: ClassVar[str]

    def __init__(self) -> None:
        self.type: str | None = getattr(self, "kind", None)

    def __eq__(self, other: object) -> bool:
        return self.__dict__ == other.__dict__ if isinstance(other, SamplingAlgorithm) else NotImplemented

    def __repr__(self) -> str:
        options = (f"{name}={value!r}" for name, value in self.__dict__.items() if name != "type")
        return f"{type(self).__name__}({', '.join(options)})"


class RandomSamplingAlgorithm(SamplingAlgorithm):
    """Independent draws, or a low-discrepancy sequence.

    Parameters:
        rule: `random` or `sobol`.
        seed: seed of the generator.
        logbase: base of log-scaled sampling, a positive number or `"e"`.
    """

    kind = "random"

    def __init__(self, *, rule: str | None = None, seed: int | None = None, logbase: float | str | None = None) -> None:
        super().__init__()
        self.rule = rule
        self.seed = seed
        self.logbase = logbase


class GridSamplingAlgorithm(SamplingAlgorithm):
    """Every combination of the values of a space of choices."""

    kind = "grid"


class BayesianSamplingAlgorithm(SamplingAlgorithm):
    """Trials chosen by what earlier trials reached."""

    kind = "bayesian"


#: Every algorithm by its name in files.
SAMPLING_ALGORITHMS: Mapping[str, type[SamplingAlgorithm]] = {
    cls.kind: cls for cls in SamplingAlgorithm.__subclasses__()
}
