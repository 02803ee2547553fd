"""CPU time of two sides, taken in turns, so that a busy machine slows both alike."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable
from typing import NamedTuple


class Ratio(NamedTuple):
    """How often the second side fits into the first.

    Parameters:
        slow, fast: CPU seconds of one call, medians.
        times: the median of the ratios of neighbouring rounds.
    """

    slow: float
    fast: float
    times: float


def seconds_of(call: Callable[[], object], count: int) -> float:
    """CPU seconds of one call, from so many."""
    started = time.process_time()
    for _ in range(count):
        call()
    return (time.process_time() - started) / count


def compare(slow: Callable[[], object], fast: Callable[[], object], *, rounds: int = 9, budget: float = 0.1) -> Ratio:
    """Call both in turns and compare.

    Parameters:
        slow, fast: the two sides.
        rounds: how often each side has its turn.
        budget: CPU seconds of a turn.
    """
    for side in (slow, fast):
        seconds_of(side, 20)
    counts = [max(1, int(budget / max(seconds_of(side, 20), 1e-7))) for side in (slow, fast)]
    slows, fasts = [], []
    gc.disable()
    for _ in range(rounds):
        slows.append(seconds_of(slow, counts[0]))
        fasts.append(seconds_of(fast, counts[1]))
        gc.collect()
    gc.enable()
    ratios = [one / other for one, other in zip(slows, fasts, strict=True)]
    return Ratio(statistics.median(slows), statistics.median(fasts), statistics.median(ratios))
