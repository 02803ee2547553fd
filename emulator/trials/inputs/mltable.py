"""MLTable folders: the files that their `paths` name, remote ones found like inputs.

Source: https://learn.microsoft.com/azure/machine-learning/reference-yaml-mltable
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from contracts.diagnostics.yaml_text import parse
from emulator.project.reference import is_remote

FILE_NAME = "MLTable"
_WAYS = ("file", "folder", "pattern")


@dataclass(frozen=True, slots=True)
class Table:
    """An MLTable, with every path of it on this machine.

    Parameters:
        text: of the definition, where paths had to be changed; None when it can stay as it is.
        files: that its paths name.
    """

    text: str | None
    files: tuple[Path, ...]


class TableError(ValueError):
    """An MLTable cannot be used; the text says why."""


class TableDataMissing(TableError):
    """Some of its paths are not on this machine.

    Parameters:
        references: those paths.
    """

    def __init__(self, references: list[str]) -> None:
        super().__init__(f"its MLTable names {', '.join(references)}")
        self.references = references


def read_table(folder: Path, find: Callable[[str], Path | None]) -> Table:
    """The table that a folder holds.

    Parameters:
        folder: of the input.
        find: where a remote path is; None when it is not here.

    Raises:
        TableError: there is none, or it cannot be understood.
        TableDataMissing: some of its paths are not here.
    """
    entries, content = _entries(folder)
    missing, files, changed = [], [], False
    for entry in entries:
        for way in _WAYS:
            text = entry.get(way)
            if not isinstance(text, str):
                continue
            local = _local(folder, text, find)
            if local is None:
                missing.append(text)
                continue
            if is_remote(text):
                entry[way], changed = str(local), True
            files += _files(local, way)
    if missing:
        raise TableDataMissing(missing)
    return Table(yaml.safe_dump(content, sort_keys=False) if changed else None, tuple(files))


def _entries(folder: Path) -> tuple[list[dict[str, Any]], Any]:
    path = folder / FILE_NAME
    try:
        content = parse(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise TableError(f"{folder} has no file {FILE_NAME}, which every mltable needs") from None
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise TableError(f"{path} cannot be read: {error}") from None
    entries = content.get("paths") if isinstance(content, dict) else None
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise TableError(f"{path} has no list `paths` of file, folder or pattern entries")
    return entries, content


def _local(folder: Path, text: str, find: Callable[[str], Path | None]) -> Path | None:
    """Where a path of a table leads; patterns may be in its last part."""
    base, pattern = _without_pattern(text)
    found = find(base) if is_remote(text) else folder / base
    if found is None or not found.exists():
        return None
    return found / pattern if pattern else found


def _without_pattern(text: str) -> tuple[str, str]:
    steps = text.split("/")
    first = next((place for place, step in enumerate(steps) if any(sign in step for sign in "*?[")), len(steps))
    return "/".join(steps[:first]) or ".", "/".join(steps[first:])


def _files(path: Path, way: str) -> list[Path]:
    if way == "file":
        return [path]
    if way == "folder":
        return sorted(found for found in path.rglob("*") if found.is_file())
    base, pattern = _without_pattern(str(path))
    return sorted(found for found in Path(base).glob(pattern or "*") if found.is_file())
