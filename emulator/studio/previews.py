"""What a page shows of a file among the outputs of a run, without running anything that is in it."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import orjson

from emulator.plain_files import open_plain, plain_files

#: So much of a file is read, in bytes; so many rows and columns of a table are shown.
MOST_BYTES = 256_000
MOST_ROWS = 200
MOST_COLUMNS = 50

_TABLES: Mapping[str, str] = {".csv": ",", ".tsv": "\t"}
_TEXTS = frozenset((
    *(".txt", ".log", ".md", ".rst", ".yml", ".yaml", ".toml", ".ini", ".cfg", ".xml", ".py", ".sh", ".r", ".sql"),
    *(".env", ".conf", ".properties", ".jsonl", ".ndjson", ".ipynb"),
))  # fmt: skip
_NAMES = frozenset({"MLmodel", "requirements.txt", "Dockerfile", "README", "LICENSE"})


@dataclass(frozen=True, slots=True)
class Preview:
    """A file as a page shows it.

    Parameters:
        path: below the folder of the run.
        kind: `text`, `table` or `html`.
        text: of a text.
        rows: of a table, its head first.
        cut: whether only its beginning is shown.
    """

    path: str
    kind: str
    text: str = ""
    rows: Sequence[Sequence[str]] = ()
    cut: bool = False


def can_be_shown(path: str) -> bool:
    """Whether there is a preview of files with such a name; pictures are shown without one."""
    name = PurePosixPath(path)
    suffix = name.suffix.lower()
    return suffix in _TABLES or suffix in _TEXTS or suffix in _MADE or name.name in _NAMES


def preview_of(folder: Path, path: str) -> Preview | None:
    """The preview of one file; None when there is no such file, or nothing to be shown of it.

    Parameters:
        folder: of the run's artifacts.
        path: below it.
    """
    if not can_be_shown(path):
        return None
    file = dict(plain_files(folder)).get(path)
    if file is None:
        return None
    try:
        with open_plain(file) as source:
            read = source.read(MOST_BYTES + 1)
    except OSError:  # gone meanwhile, or not to be read
        return None
    cut = len(read) > MOST_BYTES
    text = read[:MOST_BYTES].decode("utf-8", "replace")
    suffix = PurePosixPath(path).suffix.lower()
    if suffix in _TABLES:
        return _table(path, text, _TABLES[suffix], cut)
    return _MADE.get(suffix, _text)(path, text, cut)


def _text(path: str, text: str, cut: bool) -> Preview:
    return Preview(path, "text", text, cut=cut)


def _json(path: str, text: str, cut: bool) -> Preview:
    try:
        shown = orjson.dumps(orjson.loads(text), option=orjson.OPT_INDENT_2).decode()
    except orjson.JSONDecodeError:  # cut, or not JSON after all
        shown = text
    return Preview(path, "text", shown, cut=cut)


def _html(path: str, text: str, cut: bool) -> Preview:
    """The page's frame asks for the whole file by itself."""
    return Preview(path, "html")


def _table(path: str, text: str, delimiter: str, cut: bool) -> Preview:
    whole = text.rpartition("\n")[0] if cut else text
    rows: list[list[str]] = []
    try:
        for row in csv.reader(io.StringIO(whole), delimiter=delimiter):
            if len(rows) > MOST_ROWS:
                return Preview(path, "table", rows=rows, cut=True)
            rows.append(row[:MOST_COLUMNS])
    except csv.Error:
        return _text(path, text, cut)
    return Preview(path, "table", rows=rows, cut=cut)


_MADE: Mapping[str, Callable[[str, str, bool], Preview]] = {".json": _json, ".html": _html, ".htm": _html}
