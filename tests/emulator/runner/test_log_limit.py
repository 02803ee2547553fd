"""The logs of jobs stay below the setting `log_limit`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from contracts.lifecycle import JobStatus
from emulator.settings import Settings
from tests.emulator.runner.conftest import MakeInstance
from tests.emulator.runner.driver import driven

LIMITED = replace(Settings(), log_limit=2000)


def test_the_log_of_a_trial_keeps_its_limit(make_instance: MakeInstance) -> None:
    instance = make_instance(settings=LIMITED)
    instance.command("echo first; head -c 50000 /dev/zero | tr '\\0' x; echo; echo last")
    assert instance.ended("c").status is JobStatus.COMPLETED
    lines = instance.log("c").splitlines()
    assert (lines[0], lines[-1]) == ("first", "last")
    assert any("bytes of this log were cut here" in line for line in lines)
    assert len(instance.log("c")) < 2000


def test_the_log_of_an_adopted_trial_keeps_its_limit(make_instance: MakeInstance, tmp_path: Path) -> None:
    go = tmp_path / "go"
    with driven(tmp_path / "state", "command", f"until [ -e {go} ]; do sleep 0.02; done; seq 10000"):
        pass
    instance = make_instance(settings=LIMITED)
    go.touch()
    assert instance.ended("c").status is JobStatus.COMPLETED
    assert instance.log("c").endswith("\n10000\n")
    assert len(instance.log("c")) < 2000


def test_the_log_of_a_sweep_keeps_its_limit(make_instance: MakeInstance) -> None:
    instance = make_instance(settings=LIMITED)
    instance.sweep("true", total=12, concurrent=3)
    assert instance.ended("s").status is JobStatus.COMPLETED
    assert "bytes of this log were cut here" in instance.hyperdrive()
    assert len(instance.hyperdrive()) < 4000
