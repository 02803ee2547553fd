"""Which Python an emulator's trials run with, as the submitting command sees it."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from amlet.cli.exits import Refusal

#: Folders of environments that hold a tool and nothing of the user's.
_TOOL_FOLDERS = ("/pipx/venvs/", "/uv/tools/")


class Interpreter(NamedTuple):
    """A Python and the reason it was chosen."""

    path: str
    reason: str


def choose(explicit: str | None, environ: Mapping[str, str], own_prefix: str = sys.prefix) -> Interpreter | None:
    """The first of: `--python`, VIRTUAL_ENV, CONDA_PREFIX, amlet's own environment unless it is a tool's, PATH.

    Parameters:
        explicit: what `--python` says: a path, or a name on PATH.
        environ: environment variables.
        own_prefix: the environment that amlet runs in.

    Raises:
        Refusal: `--python` is not a program.
    """
    if explicit:
        found = shutil.which(explicit, path=environ.get("PATH"))
        if not found:
            raise Refusal(f"--python {explicit}: no such program; give the path of a Python interpreter")
        return Interpreter(str(Path(found).absolute()), "--python")
    for variable in ("VIRTUAL_ENV", "CONDA_PREFIX"):
        python = _python_in(environ.get(variable))
        if python:
            return Interpreter(python, variable)
    own = _python_in(own_prefix)
    if own and not tool_of(own_prefix):
        return Interpreter(own, "the environment of amlet")
    for name in ("python", "python3"):
        found = shutil.which(name, path=environ.get("PATH"))
        if found:
            return Interpreter(found, "PATH")
    return None


def tool_of(prefix: str = sys.prefix) -> str | None:
    """The tool whose environment this is, which `pip` does not change: `uv` or `pipx`; None of any other.

    Parameters:
        prefix: of the environment.
    """
    folder = next((folder for folder in _TOOL_FOLDERS if folder in Path(prefix).as_posix() + "/"), None)
    return folder and folder.split("/")[1]


def _python_in(prefix: str | None) -> str | None:
    if not prefix:
        return None
    folder, names = ("Scripts", ("python.exe",)) if os.name == "nt" else ("bin", ("python", "python3"))
    places = [Path(prefix, folder, name) for name in names]
    return next((str(place) for place in places if place.is_file()), None)
