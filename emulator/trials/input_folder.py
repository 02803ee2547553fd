"""Copies of inputs for trials: whatever a trial does to them, the source stays as it is."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from emulator.trials.file_copy import copy_file, copy_tree
from emulator.trials.inputs.data_input import DataInput
from emulator.trials.inputs.mltable import FILE_NAME


def place_input(one: DataInput, folder: Path, *, read_only: bool) -> Path:
    """Make a copy of an input, and say where it is.

    Parameters:
        one: the input.
        folder: a folder of the trial's or sweep's own; made if need be.
        read_only: nothing in the copy can be written.
    """
    target = folder / one.name
    folder.mkdir(parents=True, exist_ok=True)
    if one.evaluated and one.table:
        return _place_files(one.table.files, target, read_only=read_only)
    if name := one.file_name:
        return _place_file(one.source, target, name, read_only=read_only)
    if one.source is None:
        target.mkdir(exist_ok=True)
    else:
        copy_tree(one.source, target, read_only=read_only, follow_links=True)
    if one.table and one.table.text:
        _replace(target / FILE_NAME, one.table.text, read_only=read_only)
    return target


def _place_file(source: Path | None, target: Path, name: str, *, read_only: bool) -> Path:
    target.mkdir(exist_ok=True)
    if source is None:
        (target / name).touch()
    else:
        copy_file(source, target / name, read_only=read_only)
    return target / name


def _place_files(files: Iterable[Path], target: Path, *, read_only: bool) -> Path:
    """Copies of files from anywhere in one folder; of equal names all but the first get a number."""
    target.mkdir(exist_ok=True)
    for number, file in enumerate(files):
        name = file.name if not (target / file.name).exists() else f"{number}_{file.name}"
        copy_file(file, target / name, read_only=read_only)
    if read_only:
        target.chmod(0o555)
    return target


def _replace(path: Path, text: str, *, read_only: bool) -> None:
    path.parent.chmod(0o755)
    path.unlink()
    path.write_text(text, encoding="utf-8")
    if read_only:
        path.chmod(0o444)
        path.parent.chmod(0o555)
