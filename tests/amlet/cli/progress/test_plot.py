"""A sweep drawn in the terminal."""

from __future__ import annotations

import pytest

from amlet.cli.progress.plot import best_so_far_plot


def test_the_best_so_far_is_a_line_through_the_dots() -> None:
    assert best_so_far_plot([0.5, 0.25, None, 0.75], "minimize", width=7, height=3).splitlines() == [
        "0.75 ┤      ·",
        "     ┤●─",
        "0.25 ┤  ●────",
        "     └───────",
        "      0     3  trial",
    ]


def test_maximizing_the_line_goes_up() -> None:
    lines = best_so_far_plot([1.0, 2.0], "maximize", width=4, height=2).splitlines()
    assert lines[:2] == ["2 ┤   ●", "1 ┤●──"]


@pytest.mark.parametrize("values", [[], [None, None], [float("nan")]])
def test_without_a_value_there_is_nothing_to_draw(values: list[float | None]) -> None:
    assert best_so_far_plot(values, "maximize") == "no trial has logged a value yet"


def test_equal_values_are_one_row() -> None:
    assert best_so_far_plot([1.0, 1.0], "maximize", width=2, height=2).splitlines()[:2] == ["  ┤", "1 ┤●●"]


def test_many_trials_share_the_columns() -> None:
    lines = best_so_far_plot([float(n) for n in range(1000)], "maximize", width=40).splitlines()
    assert max(map(len, lines[:-1])) == len("999 ┤") + 40
