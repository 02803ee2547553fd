"""The timeline of a sweep as a drawing: a row for each slot, a bar for each trial."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from emulator.storage.trials import Trial
from emulator.studio import text
from emulator.studio.charts import slots
from emulator.studio.charts.slots import Bar, Span

_TICKS = 4


@dataclass(frozen=True, slots=True)
class Gantt:
    """What the template draws.

    Parameters:
        slots: number of rows.
        bars: each trial with its place.
        ticks: (place from 0 to 1, time since the start as text).
    """

    slots: int
    bars: Sequence[tuple[Trial, Bar]]
    ticks: Sequence[tuple[float, str]]


def drawn(trials: Sequence[Trial], start: float, end: float) -> Gantt:
    """The timeline of a sweep.

    Parameters:
        trials: all of them.
        start, end: of the sweep, or now while it goes on; seconds since the epoch.
    """
    ran = {trial.number: trial for trial in trials if trial.started is not None}
    spans = [Span(index, trial.started or start, trial.ended or end) for index, trial in ran.items()]
    placed = slots.bars(spans, start, end)
    return Gantt(
        max((bar.slot for bar in placed), default=-1) + 1,
        [(ran[bar.trial], bar) for bar in placed],
        [(part / _TICKS, text.duration(0, (end - start) * part / _TICKS)) for part in range(_TICKS + 1)],
    )
