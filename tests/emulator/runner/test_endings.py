"""The table of endings, row by row, through the job runner: what the stored parent says in the end."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from contracts.lifecycle import JobStatus
from emulator.engine.ending import ENDINGS, Reason
from emulator.engine.sampling.uniform import UniformSampler
from emulator.engine.values import Point
from emulator.storage import events
from emulator.trials import folder as trial_folder
from tests.emulator.runner.conftest import EmulatorInstance

Scene = Callable[[EmulatorInstance, Path, pytest.MonkeyPatch], None]
SITUATIONS: dict[Reason, Scene] = {}


def scene(reason: Reason) -> Callable[[Scene], Scene]:
    """What leads to an ending."""
    return lambda play: SITUATIONS.setdefault(reason, play)


def log_and_complete(instance: EmulatorInstance, folder: Path, metric: str) -> None:
    """A sweep of two trials of which the first logs a value."""
    gate = folder / "gate"
    os.mkfifo(gate)
    instance.sweep(f"[ $AZUREML_RUN_ID = s_1 ] || cat {gate}", total=2, concurrent=1)
    instance.until(lambda: instance.trials() and instance.get("s_0").status is JobStatus.RUNNING)
    instance.metric("s_0", metric, 0.5)
    gate.write_text("go")


@scene(Reason.TRIALS_DONE)
def _(instance: EmulatorInstance, folder: Path, patch: pytest.MonkeyPatch) -> None:
    log_and_complete(instance, folder, "loss")


@scene(Reason.METRIC_NEVER_LOGGED)
def _(instance: EmulatorInstance, folder: Path, patch: pytest.MonkeyPatch) -> None:
    log_and_complete(instance, folder, "los")


@scene(Reason.ALL_CANCELED)
def _(instance: EmulatorInstance, folder: Path, patch: pytest.MonkeyPatch) -> None:
    instance.sweep("sleep 1000", total=2, limits={"trialTimeout": "PT1S"})


@scene(Reason.INITIAL_FAILURES)
def _(instance: EmulatorInstance, folder: Path, patch: pytest.MonkeyPatch) -> None:
    instance.sweep("exit 3", total=5, concurrent=2)


@scene(Reason.USER_ERRORS)
def _(instance: EmulatorInstance, folder: Path, patch: pytest.MonkeyPatch) -> None:
    instance.sweep("[ $AZUREML_RUN_ID = s_0 ] && sleep 1000; exit 3", total=2)
    instance.until(lambda: instance.trials() and instance.get("s_0").status is JobStatus.RUNNING)
    instance.cancel("s_0")


@scene(Reason.SYSTEM_ERRORS)
def _(instance: EmulatorInstance, folder: Path, patch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    patch.setattr(trial_folder, "copy_tree", full)
    instance.sweep("true", total=2, trial={"codeId": instance.code({"a": "a"})})


@scene(Reason.SAMPLING_FAILED)
def _(instance: EmulatorInstance, folder: Path, patch: pytest.MonkeyPatch) -> None:
    def fail(self: UniformSampler, index: int, history: object) -> Point:
        if index:
            raise MemoryError("no space")
        return {"lr": 0.1}

    patch.setattr(UniformSampler, "suggest", fail)
    instance.sweep("sleep 1000", total=2)


@scene(Reason.TIMEOUT)
def _(instance: EmulatorInstance, folder: Path, patch: pytest.MonkeyPatch) -> None:
    instance.sweep("sleep 1000", total=2, limits={"timeout": "PT1S"})


@scene(Reason.CANCELED)
def _(instance: EmulatorInstance, folder: Path, patch: pytest.MonkeyPatch) -> None:
    instance.sweep("sleep 1000", total=2)
    instance.until(lambda: instance.trials() and instance.get("s_0").status is JobStatus.RUNNING)
    instance.cancel("s")


@pytest.mark.parametrize("reason", Reason)
def test_each_row_of_the_table(
    instance: EmulatorInstance, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, reason: Reason
) -> None:
    SITUATIONS[reason](instance, tmp_path, monkeypatch)
    job, ending = instance.ended("s"), ENDINGS[reason]
    message = ending.message and ending.message.format(
        metric="loss", logged="logged were 'los'", trials=2, timeout=1.0, failure="MemoryError: no space"
    )
    assert job.status is ending.status
    assert (job.error or {}).get("code") == ending.code
    assert events.history(instance.store.reader(), job.id)[-1].cause == (message or "")
    if ending.code:
        assert job.error == {"code": ending.code, "message": message}
    assert all(trial.ended for trial in instance.trials())
    assert instance.left_behind() == []
