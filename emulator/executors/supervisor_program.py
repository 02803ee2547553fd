"""The supervisor packed to be sent to workers, which need not have amlet."""

from __future__ import annotations

import hashlib
import io
import zipfile
from functools import cache
from importlib.resources import files
from typing import NamedTuple

_PACKAGE = "emulator.executors.supervisor"


class Program(NamedTuple):
    """A packed program.

    Parameters:
        archive: its modules as a zip file, the same bytes for the same modules.
        digest: SHA-256 of it.
        start: the text that a worker executes, with `task` among its names.
    """

    archive: bytes
    digest: str
    start: str


@cache
def supervisor_program() -> Program:
    """The supervisor of this version of amlet."""
    modules = {one.name: one.read_bytes() for one in files(_PACKAGE).iterdir() if one.name.endswith(".py")}
    parts = _PACKAGE.split(".")
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for depth in range(1, len(parts)):
            archive.writestr(_entry("/".join([*parts[:depth], "__init__.py"])), b"")
        for name, content in sorted(modules.items()):
            archive.writestr(_entry("/".join([*parts, name])), content)
    start = modules["boot.py"].decode() + "\n\nboot(task)\n"
    return Program(made.getvalue(), hashlib.sha256(made.getvalue()).hexdigest(), start)


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o644 << 16
    return entry
