"""Attempts that outlive the emulator: adopted by the next one, never run twice."""

from __future__ import annotations

import contextlib
import json
import os
import random
import shutil
import subprocess
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from contracts.lifecycle import JobStatus
from emulator.clock import RealClock
from emulator.executors.state_identity import identify
from emulator.storage import Database, events, metrics
from tests.emulator.executors.conftest import wait_until
from tests.emulator.runner.conftest import EmulatorInstance, MakeInstance
from tests.emulator.runner.driver import driven


def attempts(instance: EmulatorInstance, name: str) -> set[int]:
    return {event.attempt for event in events.history(instance.store.reader(), instance.get(name).id)}


def waits_for(go: Path) -> str:
    return f"until [ -e {go} ]; do sleep 0.02; done"


def groups(instance: EmulatorInstance) -> set[int]:
    """The process groups of the trials; there is one for each attempt."""
    found = set()
    for pid in instance.processes():
        with contextlib.suppress(ProcessLookupError):
            found.add(os.getpgid(pid))
    return found


def is_gone(instance: EmulatorInstance) -> Callable[[], bool]:
    return lambda: not instance.processes()


@pytest.mark.parametrize(("code", "status"), [(0, JobStatus.COMPLETED), (3, JobStatus.FAILED)])
def test_a_command_that_ended_while_there_was_no_emulator_is_not_run_again(
    make_instance: MakeInstance, tmp_path: Path, code: int, status: JobStatus
) -> None:
    tally, go = tmp_path / "tally", tmp_path / "go"
    command = f"echo ran >> {tally}; {waits_for(go)}; mkdir -p outputs; echo m > outputs/model; echo last; exit {code}"
    with driven(tmp_path / "state", "command", command):
        pass
    instance = make_instance(start=False)
    go.touch()
    wait_until(is_gone(instance))
    assert instance.get("c").status is JobStatus.RUNNING
    instance.job_runner.start()
    job = instance.ended("c")
    assert job.status is status
    assert attempts(instance, "c") == {1}
    assert tally.read_text() == "ran\n"
    assert instance.artifact("c", "outputs/model") == "m\n"
    if code:
        assert job.error is not None
        assert (job.error["exitCode"], job.error["lastLines"]) == (code, ["last"])


def test_a_command_that_still_runs_goes_on_and_can_be_canceled(make_instance: MakeInstance, tmp_path: Path) -> None:
    with driven(tmp_path / "state", "command", "sleep 1000 & sleep 1000"):
        pass
    instance = make_instance(start=False)
    before = groups(instance)
    instance.job_runner.start()
    instance.command("true", name="other")
    instance.ended("other")
    assert groups(instance) == before
    instance.cancel("c")
    assert instance.ended("c").status is JobStatus.CANCELED
    assert instance.left_behind() == []
    assert attempts(instance, "c") == {1}


def test_a_process_that_was_killed_meanwhile_is_started_again(make_instance: MakeInstance, tmp_path: Path) -> None:
    tally, go = tmp_path / "tally", tmp_path / "go"
    with driven(tmp_path / "state", "command", f"echo ran >> {tally}; {waits_for(go)}"):
        pass
    instance = make_instance(start=False)
    for pid in instance.processes():
        subprocess.run(["kill", "-9", str(pid)], check=False)
    wait_until(is_gone(instance))
    go.touch()
    instance.job_runner.start()
    assert instance.ended("c").status is JobStatus.COMPLETED
    assert attempts(instance, "c") == {1, 2}
    assert tally.read_text() == "ran\nran\n"


def test_every_value_of_an_adopted_trial_counts_once(make_instance: MakeInstance, tmp_path: Path) -> None:
    go = tmp_path / "go"
    with driven(tmp_path / "state", "sweep", waits_for(go)):
        pass
    instance = make_instance(start=False)
    key = instance.get("s_0").id
    point = metrics.Point(0.5, RealClock().now())
    instance.store.write(lambda conn: metrics.append(conn, key, [("loss", point)])).result()
    instance.job_runner.metrics_logged(key, [("loss", 0.5)])  # stored before the trial is adopted, told after
    instance.job_runner.start()
    instance.until(lambda: instance.labels("s", "property").get("score") == "0.5")
    instance.metric("s_0", "loss", 0.25)
    instance.until(lambda: instance.labels("s", "property").get("score") == "0.25")
    run = instance.job_runner._loop.runs[instance.get("s").id]
    assert run.machine.trials[0].best == 0.25  # type: ignore[attr-defined]
    assert run.trials[0].counted == {"loss": 2}
    go.touch()
    assert instance.ended("s").status is JobStatus.COMPLETED
    assert [value.value for _, value in metrics.history(instance.store.reader(), key, "loss")] == [0.5, 0.25]


def test_a_timeout_of_a_trial_counts_from_its_start_and_not_from_the_restart(
    make_instance: MakeInstance, tmp_path: Path
) -> None:
    with driven(tmp_path / "state", "command", "sleep 1000"):
        pass
    instance = make_instance(start=False)
    job = instance.get("c")
    limits = json.dumps({**job.body, "limits": {"timeout": "PT1H", "jobLimitsType": "Command"}})
    instance.store.write(lambda conn: conn.execute("UPDATE jobs SET body = ? WHERE id = ?", (limits, job.id))).result()
    instance.store.write(lambda conn: conn.execute("UPDATE events SET at = at - 3700000000")).result()
    instance.job_runner.start()
    assert instance.ended("c").status is JobStatus.CANCELED
    assert instance.left_behind() == []


def test_a_trial_that_knows_the_emulator_at_another_address_starts_again(
    make_instance: MakeInstance, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    go = tmp_path / "go"
    with driven(tmp_path / "state", "command", waits_for(go)):
        pass
    instance = make_instance(start=False)
    instance.store.write(lambda conn: conn.execute("UPDATE attempts SET reach = 'https://127.0.0.1:9'")).result()
    before = groups(instance)
    instance.job_runner.start()
    instance.until(lambda: attempts(instance, "c") == {1, 2})
    assert not before & groups(instance)
    assert "https://127.0.0.1:9" in caplog.text
    go.touch()
    assert instance.ended("c").status is JobStatus.COMPLETED


def test_a_copy_of_a_state_directory_leaves_the_trials_of_the_original_alone(
    make_instance: MakeInstance, tmp_path: Path
) -> None:
    tally, go = tmp_path / "tally", tmp_path / "go"
    with driven(tmp_path / "state", "command", f"echo ran >> {tally}; {waits_for(go)}"):
        pass
    shutil.copytree(tmp_path / "state", tmp_path / "copy")
    original = make_instance(start=False)
    alive = groups(original)
    copy = EmulatorInstance(tmp_path / "copy").open()
    try:
        copy.job_runner.start()
        copy.until(lambda: attempts(copy, "c") == {1, 2} and copy.get("c").status is JobStatus.RUNNING)
        assert groups(original) == alive
    finally:
        copy.close()
    original.job_runner.start()
    go.touch()
    assert original.ended("c").status is JobStatus.COMPLETED
    assert attempts(original, "c") == {1}
    assert Counter(tally.read_text().split()) == {"ran": 2}, "once by each"


def test_a_state_directory_that_was_moved_keeps_its_trials(tmp_path: Path) -> None:
    folder = tmp_path / "state"
    folder.mkdir()
    store = Database.in_memory()
    first = identify(store, folder)
    assert identify(store, folder.rename(tmp_path / "moved")) == first


def test_what_a_replaced_state_directory_left_running_belongs_to_nobody(tmp_path: Path) -> None:
    folder, other = tmp_path / "state", tmp_path / "other"
    folder.mkdir()
    other.mkdir()
    store = Database.in_memory()
    first = identify(store, folder)
    shutil.rmtree(folder)
    second = identify(store, other)
    assert second.id != first.id
    assert second.gone == first.id


def test_a_canceled_sweep_whose_trials_have_all_ended_is_canceled(make_instance: MakeInstance, tmp_path: Path) -> None:
    go = tmp_path / "go"
    with driven(tmp_path / "state", "sweep", waits_for(go), total=2, concurrent=2):
        pass
    instance = make_instance(start=False)
    now = RealClock().now()
    for name in ("s_0", "s_1"):
        key = instance.get(name).id
        for status in (JobStatus.FINALIZING, JobStatus.COMPLETED):
            instance.store.write(lambda conn, key=key, to=status: events.move(conn, key, to, now)).result()
    sweep = instance.get("s").id
    instance.store.write(lambda conn: events.move(conn, sweep, JobStatus.CANCEL_REQUESTED, now)).result()
    instance.job_runner.start()
    assert instance.ended("s").status is JobStatus.CANCELED
    assert instance.left_behind() == []


def test_a_cancel_that_is_stored_just_before_the_end_is_kept(instance: EmulatorInstance, tmp_path: Path) -> None:
    go = tmp_path / "go"
    instance.command(waits_for(go))
    instance.until(lambda: instance.get("c").status is JobStatus.RUNNING)
    job, now = instance.get("c").id, RealClock().now()
    instance.store.write(lambda conn: events.move(conn, job, JobStatus.CANCEL_REQUESTED, now)).result()
    go.touch()  # it ends by itself, before the runner is told
    assert instance.ended("c").status is JobStatus.CANCELED
    instance.job_runner.cancel(job)
    assert instance.statuses("c")[-2:] == ["CancelRequested", "Canceled"]


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(int(os.environ.get("AMLET_KILLS", "4"))))
def test_whenever_it_is_killed_every_trial_ends_and_no_attempt_runs_twice(
    make_instance: MakeInstance, tmp_path: Path, seed: int
) -> None:
    chance, tally = random.Random(seed), tmp_path / "tally"
    number = "${AZUREML_CR_COMPUTE_CONTEXT#*count}"  # `": 1, ...`, without a process to read it
    command = f"echo $AZUREML_RUN_ID {number} | tr -d ' ' >> {tally}; sleep 0.{chance.randrange(1, 4)}"
    done = chance.randrange(4)
    with driven(tmp_path / "state", "sweep", command, total=16, concurrent=4, done=done):
        time.sleep(chance.random())
    instance = make_instance(nodes_of=lambda workspace, compute: 4)
    assert instance.ended("s").status is JobStatus.COMPLETED
    assert {trial.status for trial in instance.trials()} == {JobStatus.COMPLETED}
    assert len(instance.trials()) == 16
    ran = Counter(tally.read_text().split())
    assert set(ran.values()) == {1}, ran
    again = [trial.name for trial in instance.trials() if attempts(instance, trial.name) != {1}]
    assert len(again) <= 4, "only what was just being started may start again"
    assert instance.left_behind() == []
