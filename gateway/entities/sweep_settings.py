"""Objective, sampling algorithm and early termination policy of a sweep."""

from __future__ import annotations

from typing import ClassVar

from gateway.entities.resource import FieldType, FieldTypes
from gateway.exceptions import ErrorTarget, invalid_value


class Objective:
    """The metric to optimise, and which way.

    Parameters:
        goal: `minimize` or `maximize`, in any case.
        primary_metric: name of the metric that the trials log.

    Raises:
        ValidationException: a goal that is not text.
    """

    def __init__(self, goal: str | None, primary_metric: str | None = None) -> None:
        if goal is not None and not isinstance(goal, str):
            raise invalid_value("objective.goal", goal, "'minimize' or 'maximize'", target=ErrorTarget.SWEEP_JOB)
        self.goal: str | None = goal.lower() if goal is not None else None
        self.primary_metric = primary_metric

    def __eq__(self, other: object) -> bool:
        return self.__dict__ == other.__dict__ if isinstance(other, Objective) else NotImplemented

    def __repr__(self) -> str:
        return f"Objective(goal={self.goal!r}, primary_metric={self.primary_metric!r})"


class SamplingAlgorithm:
    """Base of the sampling algorithms; use one of the classes below."""

    kind: ClassVar[str]
    #: The fields of a file, beside `type`.
    fields: ClassVar[FieldTypes] = {}
    #: What its body has, in the order in which the official SDK sends it.
    members: ClassVar[tuple[str, ...]] = ("type",)

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
    fields: ClassVar[FieldTypes] = {
        "seed": FieldType.INTEGER,
        "logbase": FieldType.NUMBER_OR_TEXT,
        "rule": ("random", "sobol"),
    }
    members = ("rule", "seed", "type", "logbase")

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


#: Every algorithm by its name in files; a new one is registered here, and bodies and files follow.
SAMPLING_ALGORITHMS: dict[str, type[SamplingAlgorithm]] = {
    cls.kind: cls for cls in (RandomSamplingAlgorithm, GridSamplingAlgorithm, BayesianSamplingAlgorithm)
}


class EarlyTerminationPolicy:
    """Base of the policies; use one of the classes below.

    Parameters:
        delay_evaluation: number of intervals before the first evaluation.
        evaluation_interval: number of intervals between evaluations.
    """

    #: Its name in files; on the wire it is the name of the class without `Policy`.
    kind: ClassVar[str]
    #: The fields beside those two; one that is not required may be null in a file.
    fields: ClassVar[FieldTypes] = {}
    required: ClassVar[tuple[str, ...]] = ()

    def __init__(self, *, delay_evaluation: int, evaluation_interval: int) -> None:
        self.type: str | None = getattr(self, "kind", None)
        self.delay_evaluation = delay_evaluation
        self.evaluation_interval = evaluation_interval

    def __eq__(self, other: object) -> bool:
        return self.__dict__ == other.__dict__ if isinstance(other, EarlyTerminationPolicy) else NotImplemented

    def __repr__(self) -> str:
        options = (f"{name}={value!r}" for name, value in self.__dict__.items() if name != "type")
        return f"{type(self).__name__}({', '.join(options)})"


class BanditPolicy(EarlyTerminationPolicy):
    """End trials that are outside a slack of the best one.

    Parameters:
        delay_evaluation: number of intervals before the first evaluation.
        evaluation_interval: number of intervals between evaluations.
        slack_amount: distance allowed from the best trial.
        slack_factor: ratio allowed from the best trial.
    """

    kind = "bandit"
    fields: ClassVar[FieldTypes] = {"slack_factor": FieldType.NUMBER, "slack_amount": FieldType.NUMBER}

    def __init__(
        self,
        *,
        delay_evaluation: int = 0,
        evaluation_interval: int = 0,
        slack_amount: float = 0,
        slack_factor: float = 0,
    ) -> None:
        EarlyTerminationPolicy.__init__(
            self, delay_evaluation=delay_evaluation, evaluation_interval=evaluation_interval
        )
        self.slack_factor: float | None = slack_factor
        self.slack_amount: float | None = slack_amount


class MedianStoppingPolicy(EarlyTerminationPolicy):
    """End trials whose best value is worse than the median of the running averages of all.

    Parameters:
        delay_evaluation: number of intervals before the first evaluation.
        evaluation_interval: number of intervals between evaluations.
    """

    kind = "median_stopping"

    def __init__(self, *, delay_evaluation: int = 0, evaluation_interval: int = 1) -> None:
        super().__init__(delay_evaluation=delay_evaluation, evaluation_interval=evaluation_interval)


class TruncationSelectionPolicy(EarlyTerminationPolicy):
    """End a share of the worst trials at each interval.

    Parameters:
        delay_evaluation: number of intervals before the first evaluation.
        evaluation_interval: number of intervals between evaluations.
        truncation_percentage: share of the trials to end at each evaluation, in percent.
    """

    kind = "truncation_selection"
    fields: ClassVar[FieldTypes] = {"truncation_percentage": FieldType.INTEGER}
    required = ("truncation_percentage",)

    def __init__(
        self, *, delay_evaluation: int = 0, evaluation_interval: int = 0, truncation_percentage: int = 0
    ) -> None:
        super().__init__(delay_evaluation=delay_evaluation, evaluation_interval=evaluation_interval)
        self.truncation_percentage = truncation_percentage


#: Every policy by its name in files; a new one is registered here, and bodies, files and `gateway.sweep` follow.
POLICIES: dict[str, type[EarlyTerminationPolicy]] = {
    cls.kind: cls for cls in (BanditPolicy, MedianStoppingPolicy, TruncationSelectionPolicy)
}
