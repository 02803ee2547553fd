from __future__ import annotations

from pathlib import Path

import pytest

from contracts.diagnostics.yaml_text import parse
from emulator.trials.inputs.mltable import TableDataMissing, TableError, read_table


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "table").mkdir()
    for name in ("a.csv", "b.csv", "c.txt"):
        (tmp_path / name).write_text(name)
    return tmp_path / "table"


def table(folder: Path, text: str) -> Path:
    (folder / "MLTable").write_text(text)
    return folder


def test_remote_paths_are_replaced_by_local_ones_and_the_rest_of_the_table_stays(folder: Path) -> None:
    text = "paths:\n- file: https://x.org/a.csv\n- pattern: https://x.org/./*.csv\ntransformations:\n- take: 5\n"
    found = read_table(table(folder, text), lambda reference: folder.parent / reference.removeprefix("https://x.org/"))
    assert found.text is not None
    changed = parse(found.text)
    assert changed["paths"][0] == {"file": str(folder.parent / "a.csv")}
    assert changed["transformations"] == [{"take": 5}]
    assert [path.name for path in found.files] == ["a.csv", "a.csv", "b.csv"]


def test_a_table_of_its_own_files_stays_as_it_is(folder: Path) -> None:
    (folder / "own").mkdir()
    (folder / "own" / "x.csv").touch()
    found = read_table(table(folder, "paths: [{folder: ./own}]"), lambda reference: None)
    assert found.text is None
    assert [path.name for path in found.files] == ["x.csv"]


def test_missing_paths_are_named_all_of_them(folder: Path) -> None:
    text = "paths: [{file: 'https://x.org/none'}, {file: ./lost}]"
    with pytest.raises(TableDataMissing) as missing:
        read_table(table(folder, text), lambda reference: None)
    assert missing.value.references == ["https://x.org/none", "./lost"]


@pytest.mark.parametrize("text", ["paths: 5", "a", "paths: [x]", "paths: ["])
def test_a_table_that_cannot_be_understood_is_refused(folder: Path, text: str) -> None:
    with pytest.raises(TableError, match="MLTable"):
        read_table(table(folder, text), lambda reference: None)


def test_a_folder_without_a_table_is_refused(folder: Path) -> None:
    with pytest.raises(TableError, match="has no file MLTable"):
        read_table(folder, lambda reference: None)
