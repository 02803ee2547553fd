"""States of jobs that the ordinary course does not show: preemption, silence, durations, a full disk."""

from __future__ import annotations

import errno
import os
from dataclasses import replace
from pathlib import Path

import pytest

from contracts.lifecycle import JobStatus
from emulator.engine.settings import EngineSettings, StateDurations
from emulator.executors.process import ProcessExecutor
from emulator.runner.trial_run import PREEMPTED
from emulator.settings import Settings
from emulator.storage import decisions, events, metrics
from emulator.trials import folder
from tests.emulator.runner.conftest import EmulatorInstance, MakeInstance


def with_engine(**values: object) -> Settings:
    return replace(Settings(), kill_grace=1.0, engine=replace(EngineSettings(), **values))  # type: ignore[arg-type]


def attempts(instance: EmulatorInstance, name: str) -> list[tuple[str, int]]:
    return [(e.status.value, e.attempt) for e in events.history(instance.store.reader(), instance.get(name).id)]


def running(instance: EmulatorInstance, name: str) -> None:
    instance.until(lambda: instance.trials() and instance.get(name).status is JobStatus.RUNNING)


def test_a_preempted_trial_starts_again_from_queued_as_its_next_attempt(
    instance: EmulatorInstance, tmp_path: Path
) -> None:
    go = tmp_path / "go"
    instance.sweep(f'echo "$AZUREML_CR_COMPUTE_CONTEXT"; [ -e {go} ] || sleep 1000', total=1)
    running(instance, "s_0")
    go.touch()
    instance.job_runner.preempt(instance.get("s_0").id)
    assert instance.ended("s").status is JobStatus.COMPLETED
    assert attempts(instance, "s_0") == [
        *[(status, 1) for status in ("NotStarted", "Queued", "Running")],
        *[(status, 2) for status in ("Queued", "Running", "Finalizing", "Completed")],
    ]
    [first, second] = instance.log("s_0").splitlines()
    assert '"run_attempt_count": 1' in first
    assert '"run_attempt_count": 2' in second
    assert PREEMPTED in [event.cause for event in events.history(instance.store.reader(), instance.get("s_0").id)]


def test_a_trial_that_ends_well_when_it_is_preempted_starts_again_all_the_same(
    instance: EmulatorInstance, tmp_path: Path
) -> None:
    go = tmp_path / "go"
    instance.sweep(f"trap 'exit 0' TERM; [ -e {go} ] && exit 0; echo ready; sleep 1000 & wait", total=1)
    running(instance, "s_0")
    go.touch()
    instance.job_runner.preempt(instance.get("s_0").id)
    assert instance.ended("s_0").status is JobStatus.COMPLETED
    assert attempts(instance, "s_0")[-1] == ("Completed", 2)


def test_preempting_a_sweep_takes_all_its_nodes_and_loses_no_trial(make_instance: MakeInstance, tmp_path: Path) -> None:
    go = tmp_path / "go"
    instance = make_instance(nodes_of=lambda workspace, compute: 2)
    instance.sweep(f"[ -e {go} ] || sleep 1000", total=3)
    for name in ("s_0", "s_1"):
        running(instance, name)
    go.touch()
    instance.job_runner.preempt(instance.get("s").id)
    assert instance.ended("s").status is JobStatus.COMPLETED
    assert [attempts(instance, trial.name)[-1] for trial in instance.trials()] == [
        ("Completed", 2), ("Completed", 2), ("Completed", 1)
    ]  # fmt: skip
    assert instance.left_behind() == []


def test_a_preempted_trial_keeps_its_metrics_and_its_intervals_go_on(
    make_instance: MakeInstance, tmp_path: Path
) -> None:
    instance = make_instance()
    policy = {"policyType": "TruncationSelection", "truncationPercentage": 50, "evaluationInterval": 1}
    instance.sweep("sleep 1000", total=1, earlyTermination=policy)
    running(instance, "s_0")
    instance.metric("s_0", "loss", 0.25)
    instance.job_runner.preempt(instance.get("s_0").id)
    instance.until(lambda: attempts(instance, "s_0")[-1] == ("Running", 2))
    instance.metric("s_0", "loss", 0.5)
    instance.until(lambda: instance.labels("s", "property").get("score") == "0.25")
    instance.cancel("s")
    instance.ended("s")
    logged = [point.value for _, point in metrics.history(instance.store.reader(), instance.get("s_0").id, "loss")]
    assert logged == [0.25, 0.5]
    judged = decisions.history(instance.store.reader(), instance.get("s").id)
    assert [one.document["interval"] for one in judged if one.kind == "policy"] == [1, 2]


def test_a_canceled_job_that_is_being_preempted_is_canceled(instance: EmulatorInstance) -> None:
    instance.command("sleep 1000")
    instance.until(lambda: instance.get("c").status is JobStatus.RUNNING)
    instance.job_runner.preempt(instance.get("c").id)
    instance.cancel("c")
    assert instance.ended("c").status is JobStatus.CANCELED
    assert instance.left_behind() == []


def test_a_silent_trial_does_not_respond_until_it_logs_again(make_instance: MakeInstance) -> None:
    instance = make_instance(settings=with_engine(heartbeat_timeout=0.2))
    instance.sweep("sleep 1000", total=1)
    instance.until(lambda: instance.trials() and instance.get("s_0").status is JobStatus.NOT_RESPONDING)
    instance.metric("s_0", "loss", 1.0)
    instance.until(lambda: instance.statuses("s_0")[-2:] == ["NotResponding", "Running"])
    instance.until(lambda: instance.get("s_0").status is JobStatus.NOT_RESPONDING)
    instance.cancel("s_0")
    assert instance.ended("s_0").status is JobStatus.CANCELED
    assert instance.ended("s").status is JobStatus.COMPLETED


def test_a_line_of_log_is_a_sign_of_life_and_silence_does_not_hinder_the_end(
    make_instance: MakeInstance, tmp_path: Path
) -> None:
    gates = [tmp_path / name for name in ("one", "two")]
    for gate in gates:
        os.mkfifo(gate)
    instance = make_instance(settings=with_engine(heartbeat_timeout=0.2))
    instance.sweep("; ".join(f"cat {gate}" for gate in gates), total=1)
    instance.until(lambda: instance.trials() and instance.get("s_0").status is JobStatus.NOT_RESPONDING)
    gates[0].write_text("alive\n")
    instance.until(lambda: instance.statuses("s_0")[4:] == ["Running", "NotResponding"])
    gates[1].write_text("alive\n")
    assert instance.ended("s_0").status is JobStatus.COMPLETED


def test_trials_are_never_silent_without_the_setting(instance: EmulatorInstance) -> None:
    instance.sweep("sleep 0.5", total=1)
    instance.ended("s")
    assert "NotResponding" not in instance.statuses("s_0")


def test_a_job_stays_in_each_state_for_as_long_as_the_settings_say(make_instance: MakeInstance) -> None:
    durations = StateDurations(starting=0.1, provisioning=0.2, preparing=0.3, queued=0.1)
    instance = make_instance(settings=with_engine(durations=durations))
    instance.command("true")
    instance.ended("c")
    history = events.history(instance.store.reader(), instance.get("c").id)
    assert [event.status.value for event in history] == [
        *("NotStarted", "Starting", "Provisioning", "Preparing", "Queued", "Running", "Finalizing", "Completed")
    ]
    began = {event.status: event.at for event in history}
    assert began[JobStatus.PREPARING] - began[JobStatus.PROVISIONING] >= 0.2
    assert began[JobStatus.QUEUED] - began[JobStatus.PREPARING] >= 0.3


def test_a_job_can_be_canceled_in_a_state_before_running(make_instance: MakeInstance) -> None:
    instance = make_instance(settings=with_engine(durations=StateDurations(provisioning=1000.0)))
    instance.command("true")
    instance.until(lambda: instance.get("c").status is JobStatus.PROVISIONING)
    instance.cancel("c")
    assert instance.ended("c").status is JobStatus.CANCELED


@pytest.mark.parametrize("where", ["the code is copied", "outputs are collected"])
def test_a_full_disk_is_the_machines_fault(
    instance: EmulatorInstance, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(folder, "copy_tree" if where == "the code is copied" else "_move_into", full)
    instance.sweep("echo x > outputs/x", total=2, trial={"codeId": instance.code({"a": "a"})})
    job = instance.ended("s")
    assert job.status is JobStatus.FAILED
    assert job.error == {
        "code": "SystemError",
        "message": "System errors were found in at least one of the child runs.",
    }
    for trial in instance.trials():
        assert trial.status is JobStatus.FAILED
        assert trial.error is not None
        assert trial.error["code"] == "SystemError"
        assert "No space left on device" in trial.error["message"]


def test_a_trial_that_cannot_be_started_gives_its_node_back(
    instance: EmulatorInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(ProcessExecutor, "start", fail)
    instance.command("true")
    error = instance.ended("c").error
    assert error is not None
    assert error["code"] == "SystemError"
    assert error["message"] == "The trial could not be started: can't start new thread"
    monkeypatch.undo()
    instance.command("true", name="d")
    assert instance.ended("d").status is JobStatus.COMPLETED
