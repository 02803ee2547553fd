from __future__ import annotations

import threading
from pathlib import Path

import pytest

from emulator.executors.base import TrialRefused
from emulator.trials.environments.built import BuildLog, BuiltEnvironments


def test_what_several_want_at_once_is_built_once(tmp_path: Path) -> None:
    built, begun, may_end, builds = BuiltEnvironments(tmp_path / "envs"), threading.Event(), threading.Event(), []

    def build(place: Path) -> None:
        builds.append(place)
        begun.set()
        assert may_end.wait(20)
        place.mkdir()

    threads = [threading.Thread(target=built.get, args=("d", build)) for _ in range(3)]
    for thread in threads:
        thread.start()
    assert begun.wait(20)
    may_end.set()
    for thread in threads:
        thread.join()
    assert builds == [tmp_path / "envs" / "d"]


def test_a_build_that_failed_is_begun_anew(tmp_path: Path) -> None:
    built = BuiltEnvironments(tmp_path)

    def fail(place: Path) -> None:
        (place / "half").mkdir(parents=True)
        raise TrialRefused("no")

    with pytest.raises(TrialRefused):
        built.get("d", fail)
    place = built.get("d", lambda folder: folder.mkdir())
    assert not (place / "half").exists()
    assert built.get("d", fail) == place


def test_a_command_that_fails_is_told_with_the_end_of_its_output(tmp_path: Path) -> None:
    log = BuildLog(tmp_path / "logs" / "build.txt", {"PATH": "/usr/bin:/bin"})
    with pytest.raises(TrialRefused, match=r"bash failed with exit code 3:\n.*\n17 things\nDo better"):
        log.run(["bash", "-c", "echo 17 things; exit 3"], "Do better")
    assert "17 things" in (tmp_path / "logs" / "build.txt").read_text()


def test_a_command_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(TrialRefused, match=r"/nowhere/uv cannot be run"):
        BuildLog(tmp_path / "log", {}).run(["/nowhere/uv"], "")
