"""Which Python a trial's `python` is."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from emulator.executors.base import TrialRefused


@dataclass(frozen=True, slots=True)
class Interpreter:
    """The chosen Python.

    Parameters:
        path: the executable.
        reason: why this one, for people.
    """

    path: Path
    reason: str


def requested(path: str) -> Interpreter:
    """The interpreter that the submitting client asked for.

    Raises:
        TrialRefused: nothing at that path can be executed.
    """
    if not os.access(path, os.X_OK) or not Path(path).is_file():
        raise TrialRefused(
            f"the interpreter {path} of the submitting command cannot be executed on the emulator's machine; "
            "name another with --python"
        )
    return Interpreter(Path(path), "asked for by the submitting command")


def of_start(environ: Mapping[str, str]) -> Interpreter:
    """The interpreter as seen by the start of the emulator.

    In order: VIRTUAL_ENV, CONDA_PREFIX, the environment of amlet itself unless that is a tool environment (pipx, uv
    tool), `python` on PATH.

    Parameters:
        environ: the variables the emulator was started with.

    Raises:
        TrialRefused: there is none anywhere.
    """
    for variable in ("VIRTUAL_ENV", "CONDA_PREFIX"):
        if (root := environ.get(variable)) and (python := Path(root, "bin", "python")).is_file():
            return Interpreter(python, f"{variable} when the emulator was started")
    if not is_tool_environment(Path(sys.prefix)):
        return Interpreter(Path(sys.executable), "the environment that amlet is installed in")
    for name in ("python", "python3"):
        if found := shutil.which(name, path=environ.get("PATH")):
            return Interpreter(Path(found), f"{name} on the PATH of the emulator")
    raise TrialRefused("no Python was found for the trials: activate an environment, or name one with --python")


def is_tool_environment(prefix: Path) -> bool:
    """Whether an environment was made by a tool installer for amlet alone, so that no trial's packages are in it."""
    return any(pair in {("pipx", "venvs"), ("uv", "tools")} for pair in pairwise(prefix.parts))
