"""The formats of stdout."""

from __future__ import annotations

import json

import pytest
import yaml

from amlet.cli.exits import Refusal
from amlet.cli.output import Format, emit, render

ROWS = [{"name": "a", "ok": True, "more": {"x": 1}}, {"name": "bcd", "ok": None, "more": {}}]


def test_json_and_yaml_hold_everything() -> None:
    assert json.loads(render(ROWS, Format.JSON)) == ROWS
    assert yaml.safe_load(render(ROWS, Format.YAML)) == ROWS


def test_tsv_has_a_line_for_each_row() -> None:
    assert render([{"a": 1, "b": True}, ["x", None], 3], Format.TSV) == "1\ttrue\nx\t\n3"


def test_a_table_is_aligned_and_leaves_nested_values_out() -> None:
    assert render(ROWS, Format.TABLE).splitlines() == ["name  ok", "----  ----", "a     true", "bcd"]


def test_none_prints_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    emit(ROWS, Format.NONE, None)
    assert capsys.readouterr().out == ""


def test_a_query_picks(capsys: pytest.CaptureFixture[str]) -> None:
    emit(ROWS, Format.TSV, "[?ok].name")
    assert capsys.readouterr().out == "a\n"


def test_a_wrong_query_is_refused() -> None:
    with pytest.raises(Refusal, match=r"--query '\['"):
        emit(ROWS, None, "[")


def test_without_a_terminal_json_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    emit({"a": 1}, None, None, people=lambda: "for people")
    assert json.loads(capsys.readouterr().out) == {"a": 1}
