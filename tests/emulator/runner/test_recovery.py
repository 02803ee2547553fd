"""What a new emulator makes of the jobs that an old one left."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from contracts.lifecycle import JobStatus
from emulator.clock import RealClock
from emulator.storage import events, jobs, metrics
from emulator.storage.jobs import NewJob
from tests.emulator.runner.conftest import WORKSPACE, EmulatorInstance, MakeInstance
from tests.emulator.runner.driver import driven

TRIALS, DONE, NODES = 20, 7, 4


def attempts(instance: EmulatorInstance, name: str) -> list[int]:
    return sorted({event.attempt for event in events.history(instance.store.reader(), instance.get(name).id)})


def test_a_killed_emulator_goes_on_where_it_was(make_instance: MakeInstance, tmp_path: Path) -> None:
    tally, go = tmp_path / "tally", tmp_path / "go"
    command = (
        f"echo $AZUREML_RUN_ID >> {tally}; [ ${{AZUREML_RUN_ID#*_}} -lt {DONE} ] && exit; "
        f"until [ -e {go} ]; do sleep 0.05; done"
    )
    with driven(tmp_path / "state", "sweep", command, total=TRIALS, concurrent=NODES, done=DONE):
        pass
    instance = make_instance(start=False)
    assert instance.get("s").status is JobStatus.RUNNING
    before = {trial.name: trial for trial in instance.trials()}
    done = [name for name, trial in before.items() if trial.status is JobStatus.COMPLETED]
    running = [name for name, trial in before.items() if trial.status is JobStatus.RUNNING]
    assert (len(done), len(running)) == (DONE, NODES)
    left_behind = set(instance.processes())
    assert left_behind, "the trials of a killed emulator go on"

    instance.job_runner.start()
    instance.until(lambda: "4 go on" in instance.hyperdrive() if instance.trials() else False)
    assert {instance.get(name).status for name in running} == {JobStatus.RUNNING}
    go.touch()
    assert instance.ended("s").status is JobStatus.COMPLETED
    after = {trial.name: trial for trial in instance.trials()}
    assert len(after) == TRIALS
    assert {trial.status for trial in after.values()} == {JobStatus.COMPLETED}
    assert {name: after[name] for name in done} == {name: before[name] for name in done}
    assert all(attempts(instance, name) == [1] for name in after)
    assert set(Counter(tally.read_text().split()).values()) == {1}
    assert instance.left_behind() == []
    assert instance.labels("s", "property")["best_child_run_id"] == "s_0"
    assert "The emulator was restarted; 0 interrupted jobs start again, 4 go on." in instance.hyperdrive()

    instance.sweep("true", name="unbroken", total=TRIALS, concurrent=NODES)
    instance.ended("unbroken")
    assert [trial.parameters for trial in instance.trials()] == [t.parameters for t in instance.trials("unbroken")]


def test_a_stopped_emulator_ends_its_trials_and_starts_them_again(make_instance: MakeInstance, tmp_path: Path) -> None:
    go = tmp_path / "go"
    instance = make_instance()
    instance.sweep(f"echo $AZUREML_CR_COMPUTE_CONTEXT; [ -e {go} ] || sleep 1000", total=1)
    instance.until(lambda: bool(instance.trials()) and instance.get("s_0").status is JobStatus.RUNNING)
    instance.metric("s_0", "loss", 0.5)
    instance.close()

    go.touch()
    again = make_instance(start=False)
    assert again.processes() == []
    assert again.get("s").status is JobStatus.RUNNING
    assert again.get("s_0").status is JobStatus.QUEUED
    again.job_runner.start()
    assert again.ended("s").status is JobStatus.COMPLETED
    assert again.statuses("s_0") == [
        *("NotStarted", "Queued", "Running"),
        *("Queued", "Running", "Finalizing", "Completed"),
    ]
    assert '"run_attempt_count": 2' in again.log("s_0").splitlines()[-1]


def test_what_a_broken_attempt_logged_never_happened(make_instance: MakeInstance, tmp_path: Path) -> None:
    go = tmp_path / "go"
    instance = make_instance()
    instance.sweep(f"[ -e {go} ] || sleep 1000", total=1)
    instance.until(lambda: bool(instance.trials()) and instance.get("s_0").status is JobStatus.RUNNING)
    instance.metric("s_0", "loss", 0.5)
    instance.until(lambda: instance.labels("s", "property").get("score") == "0.5")
    instance.close()

    go.touch()
    again = make_instance()
    again.ended("s")
    assert metrics.of(again.store.reader(), again.get("s_0").id) == []
    assert "score" not in again.labels("s", "property")


def test_a_sweep_that_was_being_canceled_is_canceled(make_instance: MakeInstance) -> None:
    instance = make_instance(nodes_of=lambda workspace, compute: 1)
    instance.sweep("sleep 1000", total=3, concurrent=2)
    instance.until(lambda: len(instance.trials()) == 2 and instance.get("s_0").status is JobStatus.RUNNING)
    instance.close()

    again = make_instance(start=False)
    again.cancel("s")
    again.job_runner.start()
    assert again.ended("s").status is JobStatus.CANCELED
    assert {trial.status for trial in again.trials()} == {JobStatus.CANCELED}


def test_a_trial_that_was_collecting_its_outputs_is_completed_and_not_run_again(make_instance: MakeInstance) -> None:
    instance = make_instance()
    instance.sweep("sleep 1000", total=1)
    instance.until(lambda: bool(instance.trials()) and instance.get("s_0").status is JobStatus.RUNNING)
    instance.close()

    again = make_instance(start=False)
    trial, now = again.get("s_0"), RealClock().now()
    for status in (JobStatus.RUNNING, JobStatus.FINALIZING):
        again.store.write(lambda conn, to=status: events.move(conn, trial.id, to, now)).result()
    outputs = again.place.working_folder(trial.workspace, "s_0") / "outputs"
    outputs.mkdir(parents=True)
    (outputs / "model").write_text("m")
    again.job_runner.start()
    assert again.ended("s").status is JobStatus.COMPLETED
    assert again.artifact("s_0", "outputs/model") == "m"
    assert again.log("s_0") == ""


def test_outputs_that_cannot_be_collected_fail_their_trial_and_nothing_else(make_instance: MakeInstance) -> None:
    instance = make_instance(start=False)
    job, other, now = instance.command("true"), instance.command("true", name="other"), RealClock().now()
    for status in (JobStatus.RUNNING, JobStatus.FINALIZING):
        instance.store.write(lambda conn, to=status: events.move(conn, job, to, now)).result()
    (instance.place.working_folder(WORKSPACE, "c") / "outputs" / "model").mkdir(parents=True)
    (instance.place.working_folder(WORKSPACE, "c") / "outputs" / "model" / "weights").touch()
    instance.place.run_artifacts(WORKSPACE, "c").mkdir(parents=True)
    (instance.place.run_artifacts(WORKSPACE, "c") / "outputs").write_text("in the way")
    instance.job_runner.start()
    assert instance.ended("other").id == other
    failed = instance.ended("c")
    assert failed.status is JobStatus.FAILED
    assert failed.error is not None
    assert "could not be collected" in failed.error["message"]


def test_a_run_that_a_client_drives_is_left_to_its_client(make_instance: MakeInstance) -> None:
    instance = make_instance(start=False)
    new = NewJob(WORKSPACE, "theirs", "Command", "exp", {}, RealClock().now(), "me")
    job = instance.store.write(lambda conn: jobs.create(conn, new)).result()
    instance.store.write(lambda conn: events.move(conn, job, JobStatus.RUNNING, RealClock().now())).result()
    instance.metric("theirs", "loss", 0.5)
    instance.job_runner.start()
    instance.command("true")
    instance.ended("c")
    assert instance.get("theirs").status is JobStatus.RUNNING
    assert [series.key for series in metrics.of(instance.store.reader(), job)] == ["loss"]


@pytest.mark.parametrize("kind", ["sweep", "command"])
def test_a_job_that_was_stored_but_never_begun_is_begun(make_instance: MakeInstance, kind: str) -> None:
    instance = make_instance(start=False)
    if kind == "sweep":
        instance.sweep("true", name="j")
    else:
        instance.command("true", name="j")
    instance.close()
    again = make_instance()
    assert again.ended("j").status is JobStatus.COMPLETED


def test_an_interrupted_command_job_is_run_again(make_instance: MakeInstance, tmp_path: Path) -> None:
    go = tmp_path / "go"
    instance = make_instance()
    instance.command(f"[ -e {go} ] || sleep 1000")
    instance.until(lambda: instance.get("c").status is JobStatus.RUNNING)
    instance.close()
    go.touch()
    again = make_instance()
    assert again.ended("c").status is JobStatus.COMPLETED
    assert attempts(again, "c") == [1, 2]
