"""The supervisor as a process of its own, as workers start it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from tests.emulator.executors.supervisor.fake_emulator import TOKEN, FakeEmulator

ROOT = Path(__file__).parents[4]

Supervise = Callable[..., subprocess.Popen[bytes]]


@pytest.fixture
def emulator() -> Iterator[Callable[..., FakeEmulator]]:
    """Makes an emulator with one attempt."""
    made: list[FakeEmulator] = []

    def make(*args: Any, **changes: Any) -> FakeEmulator:
        made.append(FakeEmulator(*args, **changes))
        return made[-1]

    yield make
    for one in made:
        one.stop()


@pytest.fixture
def supervise(tmp_path: Path) -> Iterator[Supervise]:
    """Starts a supervisor for the attempt of an emulator; its stdin stays open."""
    started: list[subprocess.Popen[bytes]] = []

    def start(emulator: FakeEmulator, environ: dict[str, str] | None = None, **task: Any) -> subprocess.Popen[bytes]:
        program = "from emulator.executors.supervisor.main import main; raise SystemExit(main())"
        process = subprocess.Popen(
            [sys.executable, "-S", "-c", program],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, **(environ or {})},
        )
        started.append(process)
        given = {"url": emulator.url, "token": TOKEN, "worker": "w1", "scratch": str(tmp_path / "scratch"), **task}
        assert process.stdin
        process.stdin.write(json.dumps(given).encode() + b"\n")
        process.stdin.flush()
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stderr):
            with suppress(BrokenPipeError):
                pipe.close()  # type: ignore[union-attr]
