"""Stand-ins for programs that builds call: scripts that write down how they were called."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from emulator.trials.environments.prepared import Wish
from emulator.trials.environments.requirements import of_lines
from emulator.trials.environments.spec import EnvironmentSpec


class Programs:
    """A folder of stand-ins, and what they were called with."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()

    def add(self, name: str, body: str = "") -> Path:
        """A program that notes its arguments, one call a line, and then runs `body` (bash)."""
        path = self.folder / name
        path.write_text(f'#!/bin/bash\necho "$@" >> {self.folder}/{name}.calls\n{body}\n')
        path.chmod(0o755)
        return path

    def calls(self, name: str) -> list[str]:
        """The argument lines of all calls."""
        path = self.folder / f"{name}.calls"
        return path.read_text().splitlines() if path.exists() else []

    @property
    def environ(self) -> dict[str, str]:
        """An environment in which these programs and the system's own are found."""
        return {"PATH": f"{self.folder}:/usr/bin:/bin"}


@pytest.fixture
def programs(tmp_path: Path) -> Programs:
    return Programs(tmp_path / "bin")


@pytest.fixture
def wish(tmp_path: Path) -> Callable[..., Wish]:
    """A wish for requirements, by default of this interpreter."""

    def make(*lines: str, python: str | None = None, spec: EnvironmentSpec | None = None, **changes: object) -> Wish:
        values: dict[str, object] = {
            "spec": spec or EnvironmentSpec("env:1", of_lines(lines, python), "the test"),
            "python": Path(sys.executable),
            "reason": "the test",
            "code": None,
            "is_strict": False,
            "is_offline": False,
            "log": tmp_path / "build.log",
        }
        return Wish(**{**values, **changes})  # type: ignore[arg-type]

    return make
