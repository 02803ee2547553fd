"""Runs suites of the unit tests with the root of their imports renamed, and reads what became of each test."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.ms_e2e.run import Result, read_results
from tests.ms_e2e.sources import Sources
from tests.ms_unit.renamed import OFFICIAL, ROOT

_PROJECT = Path(__file__).resolve().parents[2]
_STAND_IN = _PROJECT / "tests" / "ms_e2e" / "stand_in"


def rename(sources: Sources) -> None:
    """Have the unpacked tests import `renamed`; fixtures of their own take the place of Microsoft's conftest."""
    tests = sources.root / "tests"
    (tests / "conftest.py").unlink()
    for file in tests.rglob("*.py"):
        text = file.read_text("utf-8")
        if OFFICIAL in text:
            file.write_text(text.replace(OFFICIAL, ROOT), "utf-8")


def run(suites: list[str], sources: Sources, options: tuple[str, ...] = ()) -> Iterator[Result]:
    """Run suites one after the other, each in a process of its own.

    Raises:
        RuntimeError: pytest could not run a suite.
    """
    for suite in suites:
        yield from _run(suite, sources, options)


def _run(suite: str, sources: Sources, options: tuple[str, ...]) -> Iterator[Result]:
    results = sources.root.parent / f"{suite}.xml"
    path = os.pathsep.join(map(str, (_STAND_IN, sources.packages, sources.root / "tests", _PROJECT)))
    command = [sys.executable, "-W", "ignore", "-m", "pytest", "-q", f"tests/{suite}/unittests", "-m", "unittest"]
    command += ["-p", "tests.ms_unit.plugin", "-p", "no:amlet", "-p", "no:amlet-contract-suite", "-p", "no:xdist"]
    command += ["--continue-on-collection-errors"]
    command += ["-p", "no:cacheprovider", "--timeout", "60", f"--junitxml={results}", "-o", "junit_family=xunit1"]
    done = subprocess.run(
        [*command, *options],
        cwd=sources.root,
        env={**os.environ, "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"},
        check=False,
        capture_output=True,
        text=True,
    )
    if not results.exists():
        raise RuntimeError(f"{suite}: pytest wrote no results\n{(done.stdout + done.stderr)[-3000:]}")
    yield from read_results(suite, results.read_text("utf-8"))
