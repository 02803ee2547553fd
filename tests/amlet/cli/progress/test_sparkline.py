from __future__ import annotations

import math

import pytest

from amlet.cli.progress.sparkline import sparkline


@pytest.mark.parametrize(
    ("values", "line"),
    [
        ([], ""),
        ([5.0], "▁"),
        ([2, 2, 2], "▁▁▁"),
        ([1, 2, None, 4], "▁▃·█"),
        ([math.nan, 0, math.inf, 7], "·▁·█"),
        ([None, None], "··"),
    ],
)
def test_numbers_become_bars(values: list[float | None], line: str) -> None:
    assert sparkline(values) == line


def test_a_long_row_is_shortened_by_means() -> None:
    assert sparkline([0, 0, 1, 1, None, None, 7, 7], width=4) == "▁▂·█"
    assert len(sparkline([float(n) for n in range(1000)], width=60)) == 60
