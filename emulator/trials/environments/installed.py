"""What is installed in an interpreter, asked of the interpreter itself, once."""

from __future__ import annotations

import json
import os
import subprocess
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import NamedTuple

from packaging.utils import canonicalize_name

from emulator.executors.base import TrialRefused

_PROBE = """
import importlib.metadata as metadata, importlib.util as util, json, platform, sys
packages = {}
for one in metadata.distributions():
    name = one.metadata["Name"]
    if name and name not in packages:
        packages[name] = one.version
found = util.find_spec("gateway")
answer = {"gateway": bool(found and found.origin), "python": platform.python_version()}
print(json.dumps({**answer, "packages": packages, "path": sys.path}))
"""
_TIMEOUT = 120.0


@dataclass(frozen=True, slots=True)
class Installed:
    """An interpreter's version, the versions of its packages by normal name, and whether it has a package `gateway`."""

    python: str
    packages: Mapping[str, str]
    has_gateway: bool = False


class _Known(NamedTuple):
    """An answer, when what it depends on had changed last, and the number at which that was looked at."""

    stamps: dict[str, float]
    installed: Installed
    looked: int


class InstalledPackages:
    """Asks interpreters, and remembers the answer until something is installed or removed."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: dict[Path, _Known] = {}
        self._calls = count()

    def of(self, interpreter: Path) -> Installed:
        """What is installed in an interpreter.

        Raises:
            TrialRefused: it does not answer.
        """
        asked = next(self._calls)
        with self._lock:
            known = self._known.get(interpreter)
            # Of calls that wait for each other one looks: what began after a call is new enough for it.
            if known is not None and known.looked > asked:
                return known.installed
            looked = next(self._calls)
            if known is None or _stamps(known.stamps) != known.stamps:
                path, installed = _ask(interpreter)
                known = _Known(_stamps(path), installed, looked)
            self._known[interpreter] = known = known._replace(looked=looked)
            return known.installed


def _ask(interpreter: Path) -> tuple[list[str], Installed]:
    # PYTHONPATH and the like, as the emulator was started with, would show packages that trials do not see.
    environ = {name: text for name, text in os.environ.items() if not name.startswith("PYTHON")}
    try:
        done = subprocess.run(
            [interpreter, "-c", _PROBE],
            # With `-c` Python imports from the current folder, too: one without packages.
            cwd=interpreter.parent,
            env=environ,
            capture_output=True,
            text=True,
            timeout=_TIMEOUT,
            check=True,
        )
        answer = json.loads(done.stdout)
    except (OSError, subprocess.SubprocessError, ValueError) as error:
        raise TrialRefused(
            f"the interpreter {interpreter} does not say what is installed in it ({error}); name another with --python"
        ) from None
    packages: dict[str, str] = {canonicalize_name(name): version for name, version in answer["packages"].items()}
    return [path for path in answer["path"] if path], Installed(
        answer["python"], packages, answer.get("gateway", False)
    )


def _stamps(paths: Mapping[str, float] | list[str]) -> dict[str, float]:
    """When something was last installed into, or removed from, each folder of packages."""
    return {path: _changed(path) for path in paths}


def _changed(path: str) -> float:
    try:
        return os.stat(path).st_mtime  # noqa: PTH116 - asked of each folder for each job: a Path costs twice as much
    except OSError:
        return 0.0
