"""Curves from objectives, tables and CSV files."""

from __future__ import annotations

from pathlib import Path

import pytest

from emulator.executors.curve import Curve, evenly, from_objective, from_table, read_csv


def test_values_come_at_even_distances_and_the_last_one_at_the_end() -> None:
    curve = evenly([3, 2, 1], duration=30)
    assert curve == Curve([(10.0, 0, 3.0), (20.0, 1, 2.0), (30.0, 2, 1.0)], 30.0)


def test_an_objective_may_give_a_number_a_series_or_a_dict() -> None:
    assert from_objective(lambda x: x)(0, {"x": 2}).points == [(1.0, 0, 2.0)]
    assert from_objective(lambda x: [x, x + 1])(0, {"x": 2}).points == [(1.0, 0, 2.0), (2.0, 1, 3.0)]
    whole = from_objective(lambda x: {"values": [x], "duration": 7, "exit_code": 3})(0, {"x": 2})
    assert whole == Curve([(7.0, 0, 2.0)], 7.0, 3)


def test_a_trial_beyond_the_table_is_told_how_many_there_are() -> None:
    curve_of = from_table([evenly([1.0])])
    assert curve_of(0, {}).points == [(1.0, 0, 1.0)]
    with pytest.raises(LookupError, match="trial 1 has no recorded curve; there are 1"):
        curve_of(1, {})


def test_a_csv_is_read_by_trial_and_metric(tmp_path: Path) -> None:
    path = tmp_path / "curves.csv"
    path.write_text("trial,metric,step,time,value\nb,loss,0,5,0.9\na,loss,0,1,0.5\nb,acc,0,6,1\nb,loss,1,9,0.8\n")
    assert read_csv(path, "loss") == [
        Curve([(5.0, 0, 0.9), (9.0, 1, 0.8)], 9.0),
        Curve([(1.0, 0, 0.5)], 1.0),
    ]


def test_a_csv_without_times_takes_a_second_a_step(tmp_path: Path) -> None:
    path = tmp_path / "curves.csv"
    path.write_text("trial,step,value\n0,0,1\n0,1,2\n")
    assert read_csv(path, "loss") == [Curve([(1.0, 0, 1.0), (2.0, 1, 2.0)], 2.0)]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("trial,step\n0,0\n", "no column value"),
        ("trial,step,value\n0,0,x\n", "line 2: .*'x'"),
        ("trial,step,value,metric\n0,0,1,other\n", "no row has the metric 'loss'"),
    ],
)
def test_a_bad_csv_is_refused_with_its_name_and_place(tmp_path: Path, text: str, complaint: str) -> None:
    path = tmp_path / "curves.csv"
    path.write_text(text)
    with pytest.raises(ValueError, match=f"curves.csv.*{complaint}"):
        read_csv(path, "loss")
