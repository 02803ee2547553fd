"""Pseudo-random rows: a counter-based generator, so that any row is as cheap as the next."""

from __future__ import annotations

import numpy as np

_BLOCK = 256  # rows made at a time
_WORDS = 4  # 64-bit numbers per step of Philox' counter


class PseudoRandomRows:
    """Rows of uniform numbers from Philox 4x64 (Salmon et al., SC 2011).

    Row i begins at counter i * steps, whatever was asked for before.

    Parameters:
        width: numbers in a row.
        seed: any integer; the same seed gives the same rows on every machine.
    """

    def __init__(self, width: int, seed: int) -> None:
        self._width = width
        self._steps = -(-width // _WORDS)
        # The sign is a word of its own: numpy's seeds are not negative, and -1 must not draw what 1 draws.
        self._key = np.random.SeedSequence([abs(seed), int(seed < 0)]).generate_state(2, np.uint64)
        self._block: tuple[int, list[list[float]]] = (-1, [])

    def row(self, number: int) -> list[float]:
        block, place = divmod(number, _BLOCK)
        if self._block[0] != block:
            self._block = (block, self._make(block))
        return self._block[1][place]

    def _make(self, block: int) -> list[list[float]]:
        bits = np.random.Philox(key=self._key)
        # The counter is set and not counted up: trial 900 of a restarted sweep is as cheap as trial 0.
        bits.advance(block * _BLOCK * self._steps)
        numbers = np.random.Generator(bits).random((_BLOCK, self._steps * _WORDS))
        rows: list[list[float]] = numbers[:, : self._width].tolist()
        return rows
