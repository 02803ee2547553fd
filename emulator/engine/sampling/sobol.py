"""Sobol rows: a quasi-random sequence that covers the space more evenly than random numbers do.

Documented: rule `sobol` of random sampling, reproducible with a seed. The generator is not; scipy's with Owen-type
scrambling by the seed is emulator-defined.
"""

from __future__ import annotations

import numpy as np
from scipy.stats import qmc

_BLOCK = 256  # rows made at a time; a power of two, as the balance of the sequence wants it


class SobolRows:
    """Rows of a scrambled Sobol sequence.

    Parameters:
        width: numbers in a row, at most 21201.
        seed: scrambles the sequence.
    """

    def __init__(self, width: int, seed: int) -> None:
        # The sign is a word of its own: numpy's seeds are not negative, and -1 must not draw what 1 draws.
        self._sequence = qmc.Sobol(width, seed=np.random.default_rng([abs(seed), int(seed < 0)]))
        self._rows: list[list[float]] = []

    def row(self, number: int) -> list[float]:
        while len(self._rows) <= number:
            self._rows += self._sequence.random(_BLOCK).tolist()
        return self._rows[number]
