"""The packed supervisor starts where there is no amlet."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from emulator.executors.supervisor_program import supervisor_program
from tests.emulator.executors.supervisor.conftest import emulator  # noqa: F401
from tests.emulator.executors.supervisor.fake_emulator import TOKEN, FakeEmulator


def execute(fake: FakeEmulator, scratch: Path, **changes: Any) -> None:
    """What a worker does: execute the text, with the task among its names."""
    program = supervisor_program()
    task = {"url": fake.url, "token": TOKEN, "worker": "w", "scratch": str(scratch), "patience": 0.1}
    packed = {"program": program.archive, "digest": program.digest}
    exec(program.start, {"task": {**task, **packed, **changes}, "__name__": "amlet_boot"})


def test_a_task_runs_its_attempt_with_the_packed_program(
    emulator: Callable[..., FakeEmulator],  # noqa: F811
    tmp_path: Path,
) -> None:
    for _ in range(2):
        fake = emulator("echo text; exit 4")
        execute(fake, tmp_path)
        assert (fake.ends[0]["exit_code"], bytes(fake.log)) == (4, b"text\n")
    assert len(list(tmp_path.glob("program-*"))) == 1


def test_the_packed_program_is_the_same_for_the_same_modules() -> None:
    first = supervisor_program()
    supervisor_program.cache_clear()
    assert supervisor_program() == first


def test_an_emulator_that_a_worker_cannot_reach_is_named(
    emulator: Callable[..., FakeEmulator],  # noqa: F811
    tmp_path: Path,
) -> None:
    fake = emulator()
    fake.stop()
    with pytest.raises(RuntimeError, match=r"http://127\.0\.0\.1:\d+ gave no answer"):
        execute(fake, tmp_path)


def test_an_attempt_of_another_worker_is_told_apart(
    emulator: Callable[..., FakeEmulator],  # noqa: F811
    tmp_path: Path,
) -> None:
    fake = emulator()
    fake.is_superseded = True
    with pytest.raises(LookupError, match="another attempt counts"):
        execute(fake, tmp_path)


def test_a_python_that_is_too_old_is_refused_with_the_remedy(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    program = supervisor_program()
    monkeypatch.setattr(sys, "version_info", (3, 7, 9))
    with pytest.raises(RuntimeError, match=r"worker w runs Python 3\.7\.9; start it with Python 3\.8 or newer"):
        exec(program.start, {"task": {"worker": "w", "program": b"", "digest": "", "scratch": str(tmp_path)}})


def test_a_program_that_was_unpacked_before_is_not_sent_again(
    emulator: Callable[..., FakeEmulator],  # noqa: F811
    tmp_path: Path,
) -> None:
    with pytest.raises(FileNotFoundError, match="program-"):
        execute(emulator(), tmp_path, program=b"")
    execute(emulator(), tmp_path)
    fake = emulator("exit 4")
    execute(fake, tmp_path, program=b"")
    assert fake.ends[0]["exit_code"] == 4


def test_the_program_needs_no_site_packages(tmp_path: Path) -> None:
    archive = tmp_path / "program.zip"
    archive.write_bytes(supervisor_program().archive)
    text = (
        "import sys; sys.path.insert(0, sys.argv[1]); import emulator.executors.supervisor.main as m; print(m.__file__)"
    )
    told = subprocess.run([sys.executable, "-I", "-S", "-c", text, archive], capture_output=True, text=True, check=True)
    assert str(archive) in told.stdout
