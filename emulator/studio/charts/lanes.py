"""The timeline of a pipeline as a drawing: a row for each step, with when it was made, began and ended."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from emulator.storage.jobs import Job


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


def drawn(steps: Sequence[Job], start: float, end: float) -> list[Lane]:
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
