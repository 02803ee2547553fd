"""What scripted trials do: which ones, what they log, how long they take, how they end."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Annotated, Any, Self

from pydantic import BeforeValidator, Field, model_validator

from emulator.executors.base import Attempt
from emulator.faults.entry import Entry, Seconds
from emulator.faults.wildcards import Wildcards
from emulator.simulation.curve import Curve, evenly
from emulator.simulation.stand_in import DURATION

_MOST_LINES = 1_000_000
_WRITES = 100  # at most so many writes to a log, however many lines it gets


class Range(Entry):
    """Numbers from `min` to `max`, both included; one of them may be left out."""

    min: float | None = None
    max: float | None = None


class TrialMatch(Entry):
    """A rule for trials and command jobs; what is left out is not looked at.

    Parameters:
        job: name of the sweep, of the command job, of the trial itself, or of a step (`prepare`, `night/prepare`); `*`
            stands for anything.
        trial: index in its sweep, or several.
        attempt: 1 for the first start of a trial, 2 after its node was taken away, and so on.
        parameters: by name: the value, or a range `{min: 0.01, max: 0.1}`.
    """

    job: Annotated[str, Field(min_length=1, max_length=500)] | None = None
    trial: Annotated[tuple[Annotated[int, Field(ge=0)], ...], BeforeValidator(lambda given: _listed(given))] = ()
    attempt: Annotated[int, Field(ge=1)] | None = None
    parameters: dict[str, Range | bool | int | float | str] = {}

    def matches(self, attempt: Attempt) -> bool:
        """Whether a trial is one of those."""
        return (
            (self._job is None or any(self._job.match(name) for name in _names(attempt)))
            and (not self.trial or (attempt.metric is not None and attempt.index in self.trial))
            and self.attempt in (None, attempt.number)
            and all(_agrees(attempt.parameters.get(name), wanted) for name, wanted in self.parameters.items())
        )

    @cached_property
    def _job(self) -> Wildcards | None:
        return None if self.job is None else Wildcards(self.job)


class LogVolume(Entry):
    """A log of many lines, spread over the trial's time.

    Parameters:
        lines: how many.
        width: characters of each.
    """

    lines: Annotated[int, Field(ge=1, le=_MOST_LINES)]
    width: Annotated[int, Field(ge=1, le=10_000)] = 80

    @model_validator(mode="after")
    def _is_bounded(self) -> Self:
        if self.lines * (self.width + 1) > 1 << 30:
            raise ValueError("more than 1 GiB of log; give fewer lines or a smaller width")
        return self


#: One value, or a value for each interval; not a number is allowed.
Values = Annotated[
    tuple[Annotated[float, Field(allow_inf_nan=True)], ...],
    BeforeValidator(lambda given: _listed(given)),
]


class TrialRule(Entry):
    """What some trials do, in virtual time.

    Parameters:
        match: the trials; every one when it is left out.
        metrics: what they log, evenly over their duration: values of the primary metric, or values by name of metric.
        duration: seconds from start to end.
        exit_code: of the command.
        hang: it never ends by itself; what it logs comes within the duration.
        preempt: seconds after which its node is taken away, once, or one number for each attempt.
        lose_node: seconds after which its node fails, and the trial with it.
        log: lines of its stdout, or how many there are.
        times: how many trials do so; None for all of them, at least one.
    """

    match: TrialMatch = TrialMatch()
    metrics: dict[str, Values] | Values = ()
    duration: Annotated[Seconds, Field(le=1e9)] = DURATION
    exit_code: Annotated[int, Field(ge=0, le=255)] = 0
    hang: bool = False
    preempt: Annotated[tuple[Seconds, ...], BeforeValidator(lambda given: _listed(given))] = ()
    lose_node: Seconds | None = None
    log: LogVolume | tuple[str, ...] = ()
    times: Annotated[int, Field(ge=1)] | None = None

    @model_validator(mode="after")
    def _ends_one_way(self) -> Self:
        if self.hang and self.exit_code:
            raise ValueError("a trial that hangs has no exit_code; leave one of the two out")
        return self

    def curve(self, attempt: Attempt) -> Curve:
        """What one of those trials does."""
        given = self.metrics if isinstance(self.metrics, dict) else {}
        primary = given.get(attempt.metric or "", ()) if isinstance(self.metrics, dict) else self.metrics
        turn = attempt.number - 1
        return Curve(
            points=_points(primary, self.duration),
            duration=math.inf if self.hang else self.duration,
            exit_code=self.exit_code,
            log=tuple(_log(self.log, self.duration)),
            others={name: _points(values, self.duration) for name, values in given.items() if name != attempt.metric},
            node_taken=self.preempt[turn] if turn < len(self.preempt) else None,
            node_lost=self.lose_node,
        )

    def __str__(self) -> str:
        """What was given, in short."""
        return ", ".join(f"{name}: {value}" for name, value in _given(self).items())


def _listed(given: Any) -> Any:
    """One value as a list of one."""
    return [given] if isinstance(given, int | float) and not isinstance(given, bool) else given


def _names(attempt: Attempt) -> Iterator[str]:
    """A trial's own name, that of its sweep, and the step that either is: `night/prepare`, `prepare`."""
    yield attempt.name
    if attempt.step is not None:
        yield attempt.step
        yield attempt.step.rpartition("/")[2]
    if attempt.metric is not None:
        yield attempt.name.rpartition("_")[0]


def _agrees(found: Any, wanted: Any) -> bool:
    if isinstance(wanted, Range):
        is_number = isinstance(found, int | float) and not isinstance(found, bool)
        return is_number and (wanted.min is None or found >= wanted.min) and (wanted.max is None or found <= wanted.max)
    return bool(found == wanted) and isinstance(found, bool) == isinstance(wanted, bool)


def _points(values: tuple[float, ...], duration: float) -> tuple[tuple[float, int, float], ...]:
    return tuple(evenly(values, duration).points)


def _log(log: LogVolume | tuple[str, ...], duration: float) -> Iterator[tuple[float, str]]:
    """The lines with their moments; many of them at once where there are very many."""
    if not isinstance(log, LogVolume):
        yield from (((place + 1) * duration / len(log), line) for place, line in enumerate(log))
        return
    writes = min(log.lines, _WRITES)
    for place in range(writes):
        first, end = place * log.lines // writes, (place + 1) * log.lines // writes
        lines = (f"line {number} ".ljust(log.width, ".")[: log.width] for number in range(first, end))
        yield (place + 1) * duration / writes, "\n".join(lines)


def _given(rule: Entry) -> Mapping[str, Any]:
    return rule.model_dump(mode="json", exclude_defaults=True)
