"""Jobs from their submission to their end, with real processes."""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from dataclasses import replace
from pathlib import Path
from typing import Literal

import pytest

from contracts.lifecycle import JobStatus
from emulator.place import blob_container
from emulator.runner import start_job
from emulator.settings import Settings
from emulator.storage import jobs
from tests.emulator.runner.conftest import WORKSPACE, EmulatorInstance, MakeInstance

WHOLE_WAY = ["NotStarted", "Queued", "Running", "Finalizing", "Completed"]


def test_a_sweep_runs_its_trials_and_completes(instance: EmulatorInstance) -> None:
    instance.sweep("echo ${{search_space.lr}}", total=3)
    job = instance.ended("s")
    assert job.status is JobStatus.COMPLETED
    assert instance.statuses("s") == ["NotStarted", "Starting", "Running", "Finalizing", "Completed"]
    trials = instance.trials()
    assert [trial.name for trial in trials] == ["s_0", "s_1", "s_2"]
    for trial in trials:
        assert instance.statuses(trial.name) == WHOLE_WAY
        assert trial.parameters is not None
        assert instance.log(trial.name) == f"{trial.parameters['lr']}\n"


def test_a_sweep_carries_the_labels_that_the_service_writes(instance: EmulatorInstance) -> None:
    instance.sweep("true", total=2, searchSpace={"lr": ["choice", [[1, 2, 3]]]})
    instance.ended("s")
    tags = instance.labels("s", "tag")
    assert tags["_aml_system_all_jobs_generated"] == "true"
    assert json.loads(tags["_aml_system_s_1"]) == instance.trials()[1].parameters
    assert json.loads(instance.labels("s_1", "tag")["hyperparameters"]) == instance.trials()[1].parameters
    assert instance.labels("s", "property")["space_size"] == "3"


def test_the_log_of_a_sweep_says_what_happened(instance: EmulatorInstance) -> None:
    instance.sweep("true", total=2, concurrent=2)
    instance.ended("s")
    texts = [line.split("]", 1)[1] for line in instance.hyperdrive().splitlines()]
    assert texts[:3] == [
        "[API][INFO]Experiment created",
        "[SCHEDULER][INFO]The seed of the sampling is 5. ",
        "[GENERATOR][INFO]Trying to sample '2' jobs from the hyperparameter space",
    ]
    assert "[SCHEDULER][INFO]Successfully scheduled a job. Id='s_1' " in texts
    assert texts[-1] == "[CONTROLLER][INFO]Changing Run Status from Running to Completed "


def test_the_best_trial_is_written_on_the_sweep(instance: EmulatorInstance, tmp_path: Path) -> None:
    gates = [tmp_path / name for name in ("s_0", "s_1")]
    for gate in gates:
        os.mkfifo(gate)
    instance.sweep(f"cat {tmp_path}/$AZUREML_RUN_ID", total=2, concurrent=2)
    for name in ("s_0", "s_1"):
        instance.until(
            lambda name=name: instance.statuses(name)[-1] == "Running" if len(instance.trials()) == 2 else False
        )
    instance.metric("s_0", "loss", 0.5)
    instance.metric("s_1", "loss", 0.25)
    instance.metric("s_0", "loss", 0.75)
    instance.until(lambda: instance.labels("s", "property").get("score") == "0.25")
    for gate in gates:
        with gate.open("w"):
            pass
    assert instance.ended("s").status is JobStatus.COMPLETED
    properties = instance.labels("s", "property")
    assert properties["best_child_run_id"] == "s_1"
    assert properties["best_metric_status"] == "Succeeded"
    assert properties["best_data_container_id"] == "dcid.s_1"


def test_a_compute_nobody_declared_has_the_cores_as_nodes_and_the_rest_waits(make_instance: MakeInstance) -> None:
    instance = make_instance(nodes_of=lambda workspace, compute: None)
    cores = len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1
    instance.sweep("sleep 1000", total=cores + 2, concurrent=cores + 2, computeId="azureml:cpu-cluster")
    instance.until(lambda: [trial.status for trial in instance.trials()].count(JobStatus.RUNNING) == cores)
    assert [trial.status for trial in instance.trials()].count(JobStatus.QUEUED) == 2
    instance.cancel("s")
    assert instance.ended("s").status is JobStatus.CANCELED
    told = [line for line in instance.hyperdrive().splitlines() if "is not declared" in line]
    assert len(told) == 1
    assert f"'cpu-cluster' is not declared: it has {cores} node" in told[0]


def test_two_sweeps_share_a_compute_fairly(make_instance: MakeInstance) -> None:
    instance = make_instance(nodes_of=lambda workspace, compute: 2)
    instance.sweep("sleep 1000", name="a", total=4, concurrent=4, computeId="cpu")
    instance.until(lambda: [trial.status for trial in instance.trials("a")].count(JobStatus.RUNNING) == 2)
    instance.sweep("true", name="b", total=4, concurrent=4, computeId="cpu")
    instance.until(lambda: len(instance.trials("b")) == 4)
    assert {trial.status for trial in instance.trials("b")} == {JobStatus.QUEUED}
    instance.cancel("a_0")
    assert instance.ended("b").status is JobStatus.COMPLETED
    assert [trial.status for trial in instance.trials("a")].count(JobStatus.RUNNING) == 1
    instance.cancel("a")
    assert instance.ended("a").status is JobStatus.CANCELED


def test_a_failing_command_is_told_with_its_code_and_last_lines(instance: EmulatorInstance) -> None:
    instance.sweep("seq 1 30; exit 3", total=1)
    job = instance.ended("s")
    assert job.status is JobStatus.FAILED
    assert job.error is not None
    assert job.error["code"] == "UserError"
    (trial,) = instance.trials()
    assert trial.status is JobStatus.FAILED
    assert trial.error is not None
    assert trial.error["exitCode"] == 3
    assert trial.error["lastLines"] == [str(number) for number in range(11, 31)]


@pytest.mark.parametrize(
    ("values", "complaint"),
    [
        (["a\0b"], "AZUREML_SWEEP_x holds a NUL character"),
        (["a" * 200_000], "Argument list too long"),
    ],
)
def test_a_parameter_that_no_process_can_have_is_its_users_error(
    instance: EmulatorInstance, values: list[str], complaint: str
) -> None:
    instance.sweep("true ${{search_space.x}}", searchSpace={"x": ["choice", [values]]})
    job = instance.ended("s")
    assert (job.status, job.error and job.error["code"]) == (JobStatus.FAILED, "UserError")
    (trial,) = instance.trials()
    assert trial.error is not None
    assert complaint in trial.error["message"]


def test_a_variable_that_no_process_can_have_is_its_users_error(instance: EmulatorInstance) -> None:
    instance.command("true", environmentVariables={"A=B": "1"})
    job = instance.ended("c")
    assert job.error is not None
    assert job.error["code"] == "UserError"
    assert "'A=B' cannot be the name of a variable" in job.error["message"]


def test_a_signal_is_told_as_shells_do(instance: EmulatorInstance) -> None:
    instance.command("kill -SEGV $$")
    job = instance.ended("c")
    assert job.status is JobStatus.FAILED
    assert job.error is not None
    assert job.error["exitCode"] == 128 + signal.SIGSEGV
    assert "signal 11, SIGSEGV" in job.error["message"]


def test_canceling_a_sweep_ends_every_process_and_every_trial(make_instance: MakeInstance) -> None:
    instance = make_instance(nodes_of=lambda workspace, compute: 2)
    instance.sweep("sleep 1000 & setsid sleep 1000 & wait", total=5, concurrent=3)
    instance.until(lambda: [trial.status for trial in instance.trials()].count(JobStatus.RUNNING) == 2)
    instance.cancel("s")
    assert instance.ended("s").status is JobStatus.CANCELED
    assert {trial.status for trial in instance.trials()} == {JobStatus.CANCELED}
    assert instance.statuses("s_0")[-3:] == ["Running", "CancelRequested", "Canceled"]
    assert instance.statuses("s_2")[-3:] == ["Queued", "CancelRequested", "Canceled"]
    assert instance.left_behind() == []
    assert instance.labels("s", "tag")["_aml_system_cancellation_requested"] == "true"


def test_canceling_one_trial_leaves_the_sweep_going(instance: EmulatorInstance) -> None:
    instance.sweep("[ $AZUREML_RUN_ID = s_0 ] && sleep 1000; true", total=2, concurrent=2)
    instance.until(lambda: len(instance.trials()) == 2 and instance.get("s_0").status is JobStatus.RUNNING)
    instance.cancel("s_0")
    assert instance.ended("s").status is JobStatus.COMPLETED
    assert [trial.status for trial in instance.trials()] == [JobStatus.CANCELED, JobStatus.COMPLETED]


def test_a_trial_timeout_cancels_the_trial_only(instance: EmulatorInstance) -> None:
    instance.sweep("[ $AZUREML_RUN_ID = s_0 ] && sleep 1000; true", total=2, limits={"trialTimeout": "PT1S"})
    assert instance.ended("s").status is JobStatus.COMPLETED
    assert [trial.status for trial in instance.trials()] == [JobStatus.CANCELED, JobStatus.COMPLETED]


def test_a_timeout_of_centuries_is_waited_for(instance: EmulatorInstance) -> None:
    instance.sweep("true", limits={"timeout": "P10000000D", "trialTimeout": "P10000000D"})
    assert instance.ended("s").status is JobStatus.COMPLETED


def test_a_log_that_cannot_be_written_stops_no_sweep(instance: EmulatorInstance) -> None:
    log = instance.place.run_artifacts(WORKSPACE, "s") / "azureml-logs" / "hyperdrive.txt"
    log.mkdir(parents=True)
    instance.sweep("true")
    assert instance.ended("s").status is JobStatus.COMPLETED


def test_a_job_that_cannot_be_taken_up_fails_and_stops_no_other(
    instance: EmulatorInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ImportError("torch is missing")

    monkeypatch.setattr(start_job, "plan_of", fail)
    instance.sweep("true")
    assert instance.ended("s").error == {"code": "UserError", "message": "torch is missing"}
    instance.command("true")
    assert instance.ended("c").status is JobStatus.COMPLETED


def test_a_sweeps_timeout_cancels_it_with_its_trials(instance: EmulatorInstance) -> None:
    instance.sweep("sleep 1000", total=2, limits={"timeout": "PT1S"})
    assert instance.ended("s").status is JobStatus.CANCELED
    assert {trial.status for trial in instance.trials()} == {JobStatus.CANCELED}


def test_a_command_job_goes_the_way_of_a_trial(instance: EmulatorInstance) -> None:
    instance.command("echo $AZUREML_PARAMETER_who", inputs={"who": {"jobInputType": "literal", "value": "me"}})
    assert instance.ended("c").status is JobStatus.COMPLETED
    assert instance.statuses("c") == ["NotStarted", "Starting", *WHOLE_WAY[1:]]
    assert instance.log("c") == "me\n"


def test_a_command_job_can_be_canceled_and_can_time_out(instance: EmulatorInstance) -> None:
    instance.command("sleep 1000", name="canceled")
    instance.until(lambda: instance.get("canceled").status is JobStatus.RUNNING)
    instance.cancel("canceled")
    instance.command("sleep 1000", name="late", limits={"timeout": "PT1S"})
    assert instance.ended("canceled").status is JobStatus.CANCELED
    assert instance.ended("late").status is JobStatus.CANCELED


def test_each_trial_has_its_own_copy_of_the_code(instance: EmulatorInstance) -> None:
    code = instance.code({"train.sh": "echo $1 >> notes; cat notes lib/part", "lib/part": "part\n"})
    instance.sweep("sh train.sh ${{search_space.lr}}", total=2, trial={"codeId": code})
    assert instance.ended("s").status is JobStatus.COMPLETED
    for trial in instance.trials():
        assert trial.parameters is not None
        assert instance.log(trial.name) == f"{trial.parameters['lr']}\npart\n"


def test_an_empty_code_folder_fails_the_trials_with_the_remedy(instance: EmulatorInstance) -> None:
    instance.sweep("true", total=1, trial={"codeId": instance.code({})})
    assert instance.ended("s").status is JobStatus.FAILED
    error = instance.trials()[0].error
    assert error is not None
    assert "is empty: put the files" in error["message"]


def test_code_that_was_never_uploaded_fails_the_job_before_any_trial(instance: EmulatorInstance) -> None:
    instance.sweep("true", trial={"codeId": WORKSPACE.child("codes", "lost", "1")})
    job = instance.ended("s")
    assert job.status is JobStatus.FAILED
    assert job.error is not None
    assert "codes/lost/versions/1 is not on this emulator" in job.error["message"]
    assert instance.trials() == []


def test_missing_inputs_fail_the_job_before_any_trial_all_at_once(instance: EmulatorInstance) -> None:
    inputs = {
        name: {"jobInputType": "uri_file", "uri": f"https://example.com/{name}.csv"} for name in ("first", "second")
    }
    instance.sweep("cat ${{inputs.first}} ${{inputs.second}}", inputs=inputs)
    error = instance.ended("s").error
    assert error is not None
    assert "https://example.com/first.csv: ./" in error["message"]
    assert "https://example.com/second.csv: ./" in error["message"]
    assert instance.trials() == []


def test_uploaded_inputs_reach_the_trials_and_stay_as_they_are(instance: EmulatorInstance) -> None:
    source = instance.place.container(blob_container(WORKSPACE)) / "up" / "data.csv"
    source.parent.mkdir(parents=True)
    source.write_text("1,2\n")
    uri = "azureml://datastores/workspaceblobstore/paths/up"
    inputs = {
        "mounted": {"jobInputType": "uri_file", "uri": f"{uri}/data.csv"},
        "loaded": {"jobInputType": "uri_folder", "uri": uri, "mode": "Download"},
    }
    instance.sweep(
        "cat ${{inputs.mounted}} $AZURE_ML_INPUT_loaded/data.csv; echo x >> ${{inputs.loaded}}/data.csv",
        total=2,
        concurrent=1,
        inputs=inputs,
    )
    assert instance.ended("s").status is JobStatus.COMPLETED
    assert [instance.log(trial.name) for trial in instance.trials()] == ["1,2\n1,2\n"] * 2
    assert source.read_text() == "1,2\n"


def test_outputs_are_kept_among_the_artifacts_and_named_ones_in_the_blob_store(instance: EmulatorInstance) -> None:
    instance.sweep(
        "echo m > outputs/model; echo l > logs/live; echo n > ${{outputs.made}}/file",
        total=1,
        outputs={"made": {"jobOutputType": "uri_folder"}},
    )
    assert instance.ended("s").status is JobStatus.COMPLETED
    assert instance.artifact("s_0", "outputs/model") == "m\n"
    assert instance.artifact("s_0", "logs/live") == "l\n"
    made = instance.place.container(blob_container(WORKSPACE)) / "azureml" / "s_0" / "made" / "file"
    assert made.read_text() == "n\n"


def test_nothing_is_left_in_the_working_folders(instance: EmulatorInstance) -> None:
    instance.sweep("true", total=2)
    instance.ended("s")
    instance.job_runner.stop()
    assert list(instance.state_dir.glob("runs/*/*")) == []


def test_late_metrics_of_an_ended_sweep_are_nobodys_business(instance: EmulatorInstance) -> None:
    instance.sweep("true", total=1)
    instance.ended("s")
    instance.metric("s_0", "loss", 1.0)
    instance.command("true")
    assert instance.ended("c").status is JobStatus.COMPLETED


def test_hundred_command_jobs_leave_no_thread_and_no_descriptor(make_instance: MakeInstance) -> None:
    def count() -> int:
        return len(list(Path("/dev/fd").iterdir()))

    instance = make_instance(nodes_of=lambda workspace, compute: 8)
    instance.command("true", name="first")
    instance.ended("first")
    before = count()
    for number in range(100):
        instance.command("true", name=f"c{number}")
    for number in range(100):
        instance.ended(f"c{number}")
    instance.job_runner.stop()
    # A leak would be at least one per job; SQLite itself keeps a few open until no connection holds a lock.
    assert count() < before + 10
    for thread in threading.enumerate():
        if thread.name.startswith("trial "):  # told to end, and about to
            thread.join(30)
    assert [thread.name for thread in threading.enumerate() if thread.name.startswith(("trial ", "amlet-runner"))] == []
    assert jobs.unfinished(instance.store.reader()) == []


def test_a_seeded_sweep_draws_the_same_trials_at_any_concurrency(instance: EmulatorInstance) -> None:
    for name, concurrent in (("one", 1), ("all", 6)):
        instance.sweep("true", name=name, total=6, concurrent=concurrent)
        assert instance.ended(name).status is JobStatus.COMPLETED
    drawn = [[trial.parameters for trial in instance.trials(name)] for name in ("one", "all")]
    assert len(drawn[0]) == 6
    assert drawn[0] == drawn[1]


def test_a_sweep_without_a_seed_says_which_it_was_given(instance: EmulatorInstance) -> None:
    instance.sweep("true", total=1, samplingAlgorithm={"samplingAlgorithmType": "Random"})
    instance.ended("s")
    assert f"[SCHEDULER][INFO]The seed of the sampling is {instance.get('s').seed}. \n" in instance.hyperdrive()


@pytest.mark.parametrize(
    "uri",
    ["azureml://" + "datastores/x/" * 60_000, "azureml://datastores/x/paths/" + "a/" * 4_000, "a" * 5_000, "a\0b"],
    ids=["600 kB", "deep", "long", "NUL"],
)
def test_a_stored_job_that_cannot_be_prepared_fails_alone_at_the_start_too(
    make_instance: MakeInstance, uri: str
) -> None:
    """It fails by the timeout: such a job kept every emulator of its state directory from answering."""
    emulator = make_instance(start=False)
    given = {"x": {"jobInputType": "uri_file", "uri": uri}}
    emulator.command("true", name="hostile", inputs=given, outputs={"o": {"jobOutputType": "uri_file", "uri": uri}})
    emulator.command("true", name="fine")
    emulator.job_runner.start()
    assert emulator.ended("fine").status is JobStatus.COMPLETED
    hostile = emulator.ended("hostile")
    assert hostile.status is JobStatus.FAILED
    assert hostile.error is not None
    assert hostile.error["message"]


@pytest.mark.parametrize("bindings", ["environment", "text"])
def test_a_value_reaches_a_command_whole_by_either_setting(
    make_instance: MakeInstance, bindings: Literal["environment", "text"]
) -> None:
    emulator = make_instance(settings=replace(Settings(), kill_grace=1.0, bindings=bindings))
    value = "a b; touch hit; 'c' $(id)"
    given = {"x": {"jobInputType": "literal", "value": value}}
    emulator.command('printf %s "${{inputs.x}}" > outputs/said; ls > outputs/files', inputs=given)
    assert emulator.ended("c").status is JobStatus.COMPLETED
    assert emulator.artifact("c", "outputs/said") == value
    assert "hit" not in emulator.artifact("c", "outputs/files")
    named = "AZUREML_PARAMETER_x" in emulator.artifact("c", "system_logs/lifecycler/execution-wrapper.log")
    assert named is (bindings == "environment")
