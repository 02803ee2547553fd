"""The formats of stdout."""

from __future__ import annotations

import io
import json
import re
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

import amlet
from amlet.cli.exits import Refusal
from amlet.cli.output import (
    Format,
    confirm,
    emit,
    harmless_log,
    put,
    render,
    say,
    say_over,
    tolerate_encodings,
    write_document,
)

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


@pytest.mark.parametrize(
    "text", ["\x1b[2Jgone", "\x9b31mred", "\x1b]0;title\x07", "back\x08space", "\u202eturned", "\r over"]
)
def test_no_control_sequence_reaches_a_terminal(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    screen = io.StringIO()
    monkeypatch.setattr(screen, "isatty", lambda: True)
    monkeypatch.setattr(sys, "stdout", screen)
    emit([{"name": text, "of": "é\t1"}], Format.TSV, None)
    assert not set(screen.getvalue()) & set("\x1b\x9b\x07\x08\r\u202e")
    assert screen.getvalue().endswith("é\t1\n")


def _console(monkeypatch: pytest.MonkeyPatch, encoding: str) -> io.TextIOWrapper:
    console = io.TextIOWrapper(io.BytesIO(), encoding=encoding, newline="\n")
    monkeypatch.setattr(sys, "stdout", console)
    tolerate_encodings()
    return console


def _written(console: io.TextIOWrapper) -> bytes:
    console.flush()
    written = console.buffer
    assert isinstance(written, io.BytesIO)
    return written.getvalue()


NAMES = ["Größe 测试 🚀", "имя", "lone \ud800 surrogate", "日本語\u202e"]


@pytest.mark.parametrize("encoding", ["cp1252", "ascii", "cp437", "utf-8", "shift_jis"])
@pytest.mark.parametrize("name", NAMES)
def test_any_name_reaches_any_console_and_data_stays_the_same(
    monkeypatch: pytest.MonkeyPatch, encoding: str, name: str
) -> None:
    for form, read in ((Format.JSON, json.loads), (Format.YAML, yaml.safe_load)):
        console = _console(monkeypatch, encoding)
        emit({"name": name}, form, None)
        assert read(_written(console).decode(encoding)) == {"name": name}
    for form in (Format.TSV, Format.TABLE):
        emit([{"name": name}], form, None)


@pytest.mark.parametrize("name", NAMES[:2])
def test_a_document_goes_out_whole_where_the_encoding_cannot_carry_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    console = _console(monkeypatch, "cp1252")
    write_document(f"display_name: {name}\n")
    assert yaml.safe_load(_written(console).decode("utf-8")) == {"display_name": name}
    assert "written as UTF-8" in capsys.readouterr().err


def test_lines_for_people_bear_no_control_sequence_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = io.StringIO()
    monkeypatch.setattr(screen, "isatty", lambda: True)
    monkeypatch.setattr(sys, "stderr", screen)
    say("job \x1b]0;title\x07 Größe")
    assert screen.getvalue() == "job \\x1b]0;title\\x07 Größe\n"


def test_a_log_line_loses_its_colours_and_nothing_else() -> None:
    assert harmless_log("\x1b[1;31mred\x1b[0m\tplain \x1b[2J") == "red\tplain \\x1b[2J"


_CLI = Path(amlet.__file__).parent / "cli"
#: What writes to a terminal by itself, and so must be given harmless text.
_WRITERS = re.compile(r"(?<![\w.])print\(|sys\.(stdout|stderr)\.(buffer\.)?write|\becho\(|secho\(|typer\.confirm\(")


def test_only_one_module_writes_to_stdout_and_stderr() -> None:
    """The others use it, so that no name can bring a control sequence to a terminal."""
    found = {
        str(path.relative_to(_CLI)): line.strip()
        for path in _CLI.rglob("*.py")
        if "templates" not in path.parts
        for line in path.read_text().splitlines()
        if _WRITERS.search(line) and "file=child.stdin" not in line and "best_so_far_plot(" not in line
    }
    assert found.keys() == {"output.py"}, found


def test_what_rich_shows_of_others_is_harmless() -> None:
    """rich writes control sequences itself, so that what it is given must have none, nor markup."""
    shown = [
        (str(path.relative_to(_CLI)), line.strip())
        for path in _CLI.rglob("*.py")
        for line in path.read_text().splitlines()
        if re.search(r"console\.print\(|add_task\(|\bText\(", line)
    ]
    assert shown
    for where, line in shown:
        assert "harmless" in line or "add_task(title" in line, (where, line)


@pytest.mark.parametrize("write", [put, say, say_over, write_document])
def test_no_way_to_the_terminal_carries_a_control_sequence(
    monkeypatch: pytest.MonkeyPatch, write: Callable[[str], None]
) -> None:
    screen = io.StringIO()
    monkeypatch.setattr(screen, "isatty", lambda: True)
    monkeypatch.setattr(sys, "stdout", screen)
    monkeypatch.setattr(sys, "stderr", screen)
    write("a\x1b]52;c;x\x07\u202eb")
    assert screen.getvalue().strip() == "a\\x1b]52;c;x\\x07\\u202eb"


def test_a_question_carries_no_control_sequence(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr("typer.confirm", lambda text, **_: asked.append(text))
    confirm("Delete \x1b[2J?")
    assert asked == ["Delete \\x1b[2J?"]
