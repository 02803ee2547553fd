"""The machine's time is set while jobs run: nothing times out, and nothing ends before it began."""

from __future__ import annotations

import time
from itertools import pairwise
from pathlib import Path

import pytest

from contracts.lifecycle import JobStatus
from emulator.storage import events
from tests.emulator.runner.conftest import MakeInstance


@pytest.mark.parametrize("jump", [10 * 365 * 86_400.0, -10 * 365 * 86_400.0])
def test_a_jump_of_the_machines_time_ends_no_job_and_turns_no_times_round(
    make_instance: MakeInstance, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, jump: float
) -> None:
    go = tmp_path / "go"
    instance = make_instance()
    limits = {"timeout": "PT1H", "trialTimeout": "PT1H"}
    instance.sweep(f"until [ -e {go} ]; do sleep 0.02; done", total=2, concurrent=2, limits=limits)
    instance.until(lambda: [trial.status for trial in instance.trials()] == [JobStatus.RUNNING] * 2)
    real = time.time
    monkeypatch.setattr(time, "time", lambda: real() + jump)
    instance.metric("s_0", "loss", 0.5)
    go.touch()
    assert instance.ended("s").status is JobStatus.COMPLETED
    for job in (instance.get("s"), *instance.trials()):
        assert job.status is JobStatus.COMPLETED
        assert all(
            first.at <= then.at < first.at + 600
            for first, then in pairwise(events.history(instance.store.reader(), job.id))
        )
