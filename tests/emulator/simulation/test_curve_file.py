"""Curves from CSV and JSON files."""

from __future__ import annotations

from pathlib import Path

import pytest

from emulator.simulation.curve import Curve, evenly
from emulator.simulation.curve_file import read_curves


def test_a_csv_is_read_by_trial_and_metric(tmp_path: Path) -> None:
    path = tmp_path / "curves.csv"
    path.write_text("trial,metric,step,time,value\nb,loss,0,5,0.9\na,loss,0,1,0.5\nb,acc,0,6,1\nb,loss,1,9,0.8\n")
    assert read_curves(path, "loss") == [
        Curve([(5.0, 0, 0.9), (9.0, 1, 0.8)], 9.0),
        Curve([(1.0, 0, 0.5)], 1.0),
    ]


def test_a_csv_without_times_takes_a_second_a_step(tmp_path: Path) -> None:
    path = tmp_path / "curves.csv"
    path.write_text("trial,step,value\n0,0,1\n0,1,2\n")
    assert read_curves(path, "loss") == [Curve([(1.0, 0, 1.0), (2.0, 1, 2.0)], 2.0)]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("trial,step\n0,0\n", "no column value"),
        ("trial,step,value\n0,0,x\n", "line 2: .*'x'"),
        ("trial,step,value,metric\n0,0,1,other\n", "no row has the metric 'loss'"),
        ("", "no column trial, step, value"),
        ("trial,step,value\n0,1\n", "line 2: it has no value"),
        ("trial,step,value\n0,0,\n", "line 2: it has no value"),
        ("trial,step,value,time\n0,0,1,-5\n", "line 2: time is -5"),
        ("trial,step,value,time\n0,0,1,nan\n", "line 2: time is nan"),
    ],
)
def test_a_bad_csv_is_refused_with_its_name_and_place(tmp_path: Path, text: str, complaint: str) -> None:
    path = tmp_path / "curves.csv"
    path.write_text(text)
    with pytest.raises(ValueError, match=f"curves.csv.*{complaint}"):
        read_curves(path, "loss")


def test_a_csv_may_come_from_a_spreadsheet(tmp_path: Path) -> None:
    path = tmp_path / "curves.csv"
    path.write_bytes(b"\xef\xbb\xbftrial, step, value\r\n0, 0, 1\r\n\r\n0, 1, 2\r\n")
    assert read_curves(path, "loss") == [Curve([(1.0, 0, 1.0), (2.0, 1, 2.0)], 2.0)]


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "curves.csv"
    path.write_bytes(b"\xff\x00")
    with pytest.raises(ValueError, match=r"curves\.csv: it is not text in UTF-8"):
        read_curves(path, "loss")


def test_a_json_file_has_an_entry_for_each_trial(tmp_path: Path) -> None:
    path = tmp_path / "curves.json"
    path.write_text('[[1, 2], {"values": [3], "duration": 9, "exit_code": 1}]')
    assert read_curves(path, "loss") == [evenly([1, 2]), evenly([3], 9, 1)]


def test_a_json_file_may_have_the_rows_of_a_csv(tmp_path: Path) -> None:
    path = tmp_path / "curves.json"
    path.write_text('[{"trial": 7, "step": 1, "value": 2.5, "time": null}, {"trial": 7, "step": 0, "value": 1}]')
    assert read_curves(path, "loss") == [Curve([(1.0, 0, 1.0), (2.0, 1, 2.5)], 2.0)]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("[1,", "it is not JSON"),
        ("{}", "expected a list"),
        ("[]", "expected a list"),
        ('[[1], ["x"]]', "entry 1: .*'x'"),
        ('[{"trial": 0, "step": 0, "value": 1}, 3]', "entry 1: it has no trial, step, value"),
    ],
)
def test_a_bad_json_is_refused_with_its_name_and_place(tmp_path: Path, text: str, complaint: str) -> None:
    path = tmp_path / "curves.json"
    path.write_text(text)
    with pytest.raises(ValueError, match=f"curves.json.*{complaint}"):
        read_curves(path, "loss")
