"""Copies of inputs, which never lead back to their source."""

from __future__ import annotations

from pathlib import Path

import pytest

from emulator.trials.input_folder import place_input
from emulator.trials.inputs.data_input import DataInput
from emulator.trials.inputs.mltable import Table


@pytest.fixture
def source(tmp_path: Path) -> Path:
    (tmp_path / "source" / "sub").mkdir(parents=True)
    (tmp_path / "source" / "a.csv").write_text("a")
    (tmp_path / "source" / "sub" / "b.csv").write_text("b")
    (tmp_path / "source" / "linked.csv").symlink_to(tmp_path / "elsewhere.csv")
    (tmp_path / "elsewhere.csv").write_text("e")
    (tmp_path / "source" / "around").symlink_to(tmp_path / "source")
    return tmp_path / "source"


def test_a_folder_is_copied_with_what_its_links_lead_to(source: Path, tmp_path: Path) -> None:
    place = place_input(DataInput("x", source, "Download", "r"), tmp_path / "copies", read_only=False)
    assert sorted(path.relative_to(place).as_posix() for path in place.rglob("*")) == [
        "a.csv", "linked.csv", "sub", "sub/b.csv",
    ]  # fmt: skip
    (place / "linked.csv").write_text("changed")
    assert (tmp_path / "elsewhere.csv").read_text() == "e"


def test_a_file_keeps_its_name(source: Path, tmp_path: Path) -> None:
    one = DataInput("x", source / "a.csv", "ReadOnlyMount", "r", "uri_file")
    place = place_input(one, tmp_path / "copies", read_only=True)
    assert place == tmp_path / "copies" / "x" / "a.csv"
    assert place.stat().st_mode & 0o222 == 0


def test_a_table_is_copied_with_its_new_paths(source: Path, tmp_path: Path) -> None:
    (source / "MLTable").write_text("old")
    one = DataInput("x", source, "ReadOnlyMount", "r", "mltable", Table("new", ()))
    place = place_input(one, tmp_path / "copies", read_only=True)
    assert (place / "MLTable").read_text() == "new"
    assert (source / "MLTable").read_text() == "old"
    assert (place / "MLTable").stat().st_mode & 0o222 == place.stat().st_mode & 0o222 == 0


def test_an_evaluated_table_is_its_files(source: Path, tmp_path: Path) -> None:
    (source / "sub" / "a.csv").write_text("other")
    files = (source / "a.csv", source / "sub" / "a.csv", source / "sub" / "b.csv")
    one = DataInput("x", source, "EvalMount", "r", "mltable", Table(None, files))
    place = place_input(one, tmp_path / "copies", read_only=True)
    texts = {path.name: path.read_text() for path in place.iterdir()}
    assert texts == {"a.csv": "a", "1_a.csv": "other", "b.csv": "b"}


@pytest.mark.parametrize(("kind", "below"), [("uri_file", "data.csv"), ("uri_folder", "")])
def test_what_is_missing_is_an_empty_file_or_folder(tmp_path: Path, kind: str, below: str) -> None:
    one = DataInput("x", None, "ReadOnlyMount", "https://x.org/data.csv?sig=1", kind)
    place = place_input(one, tmp_path / "copies", read_only=True)
    assert place == tmp_path / "copies" / "x" / below
    assert place.is_dir() == (kind == "uri_folder")
    assert not place.is_file() or place.read_bytes() == b""


def test_a_table_that_is_changed_is_never_given_in_place(source: Path) -> None:
    assert DataInput("x", source, "ReadWriteMount", "r", "mltable", Table(None, ())).in_place
    changed = DataInput("x", source, "ReadWriteMount", "r", "mltable", Table("new", ()))
    assert (changed.in_place, changed.own_copy) == (False, True)
