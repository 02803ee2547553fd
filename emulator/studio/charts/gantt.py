"""Timelines as drawings: of a sweep a row for each slot, a bar for each trial; of a pipeline a row for each step."""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from emulator.storage.jobs import Job
from emulator.storage.trials import TrialRow
from emulator.studio import text

_TICKS = 4


class Span(NamedTuple):
    """From when to when a trial ran, in seconds since the epoch."""

    trial: int
    start: float
    end: float


class Bar(NamedTuple):
    """A trial in the timeline: its slot (from 0), and where it begins and ends as parts of the whole."""

    trial: int
    slot: int
    left: float
    width: float


@dataclass(frozen=True, slots=True)
class Gantt:
    """What the template draws.

    Parameters:
        slots: number of rows.
        bars: each trial with its place.
        ticks: (place from 0 to 1, time since the start as text).
    """

    slots: int
    bars: Sequence[tuple[TrialRow, Bar]]
    ticks: Sequence[tuple[float, str]]


def drawn(trials: Sequence[TrialRow], start: float, end: float) -> Gantt:
    """The timeline of a sweep.

    Parameters:
        trials: all of them.
        start, end: of the sweep, or now while it goes on; seconds since the epoch.
    """
    ran = {trial.number: trial for trial in trials if trial.started is not None}
    spans = [Span(index, trial.started or start, trial.ended or end) for index, trial in ran.items()]
    placed = place_bars(spans, start, end)
    return Gantt(
        max((bar.slot for bar in placed), default=-1) + 1,
        [(ran[bar.trial], bar) for bar in placed],
        [(part / _TICKS, text.duration(0, (end - start) * part / _TICKS)) for part in range(_TICKS + 1)],
    )


def place_bars(spans: Sequence[Span], start: float, end: float) -> list[Bar]:
    """Put trials into as few slots as ran at a time, each into the lowest free one.

    Parameters:
        spans: of the trials that ran.
        start, end: of the whole timeline.
    """
    length = max(end - start, 1e-9)
    busy: list[tuple[float, int]] = []
    free: list[int] = []
    placed = []
    for span in sorted(spans, key=lambda one: (one.start, one.trial)):
        while busy and busy[0][0] <= span.start:
            heapq.heappush(free, heapq.heappop(busy)[1])
        slot = heapq.heappop(free) if free else len(busy)
        heapq.heappush(busy, (span.end, slot))
        placed.append(Bar(span.trial, slot, (span.start - start) / length, max(span.end - span.start, 0) / length))
    return placed


@dataclass(frozen=True, slots=True)
class Lane:
    """A step in the timeline; moments are parts of the whole, from 0 to 1.

    Parameters:
        run: of the step.
        made: when it could run, and waited for a node.
        began: when it ran; the same as `ended` for one that never did.
        ended: when it was over, or now.
    """

    run: Job
    made: float
    began: float
    ended: float


def lanes(steps: Sequence[Job], start: float, end: float) -> list[Lane]:
    """The timeline of a pipeline, in the order in which its steps began.

    Parameters:
        steps: the runs of its steps.
        start, end: of the pipeline, or now while it goes on; seconds since the epoch.
    """
    length = max(end - start, 1e-9)

    def part(moment: float | None) -> float:
        return min(max(((end if moment is None else moment) - start) / length, 0.0), 1.0)

    order = sorted(steps, key=lambda run: (run.started or run.created, run.id))
    return [
        Lane(run, part(run.created), part(run.ended if run.started is None else run.started), part(run.ended))
        for run in order
    ]
