"""Distributed trials on one machine."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest

from contracts.lifecycle import JobStatus
from tests.emulator.runner.conftest import EmulatorInstance, MakeInstance

SHOW = "echo $RANK/$LOCAL_RANK of $WORLD_SIZE/$LOCAL_WORLD_SIZE at $MASTER_ADDR:$MASTER_PORT on node $NODE_RANK"


def pytorch(count: int, nodes: int = 1) -> dict[str, object]:
    return {
        "distribution": {"distributionType": "PyTorch", "processCountPerInstance": count},
        "resources": {"instanceCount": nodes},
    }


def test_pytorch_starts_its_ranks_with_the_variables_they_meet_by(instance: EmulatorInstance) -> None:
    instance.sweep(SHOW, total=1, trial=pytorch(3))
    assert instance.ended("s").status is JobStatus.COMPLETED
    lines = [instance.artifact("s_0", f"user_logs/std_log_process_{rank}.txt").strip() for rank in range(3)]
    port = lines[0].partition("127.0.0.1:")[2].split()[0]
    assert int(port) > 0
    assert lines == [f"{rank}/{rank} of 3/3 at 127.0.0.1:{port} on node 0" for rank in range(3)]


def test_one_rank_has_the_variables_too_and_writes_to_the_trials_own_log(instance: EmulatorInstance) -> None:
    instance.command(SHOW, **pytorch(1))
    assert instance.ended("c").status is JobStatus.COMPLETED
    assert instance.log("c").startswith("0/0 of 1/1 at 127.0.0.1:")


def test_a_rank_that_fails_ends_the_others_and_its_log_is_told(instance: EmulatorInstance) -> None:
    instance.command("[ $RANK = 1 ] || sleep 1000; echo trouble; exit 7", **pytorch(3))
    job = instance.ended("c")
    assert job.status is JobStatus.FAILED
    assert job.error is not None
    assert job.error["exitCode"] == 7
    assert job.error["lastLines"] == [
        "Process 1 of 3 ended with code 7; the others were ended. Its last lines:",
        "trouble",
    ]
    assert instance.left_behind() == []


def test_canceling_ends_every_rank(instance: EmulatorInstance) -> None:
    instance.command("sleep 1000 & wait", **pytorch(2))
    instance.until(lambda: instance.get("c").status is JobStatus.RUNNING)
    instance.cancel("c")
    assert instance.ended("c").status is JobStatus.CANCELED
    assert instance.left_behind() == []


def test_more_nodes_become_one_with_a_note_in_the_log(instance: EmulatorInstance) -> None:
    instance.sweep(SHOW, total=1, trial=pytorch(2, nodes=4))
    assert instance.ended("s").status is JobStatus.COMPLETED
    note = "instance_count is 4: this machine is one node, the trial runs on one"
    assert note in instance.hyperdrive()
    assert f"Note: {note}" in instance.artifact("s_0", "system_logs/lifecycler/execution-wrapper.log")
    assert "of 2/2" in instance.artifact("s_0", "user_logs/std_log_process_0.txt")


def test_tensorflow_starts_its_cluster_and_ends_the_servers_with_the_workers(instance: EmulatorInstance) -> None:
    program = (
        f"{sys.executable} -c \"import json, os; c = json.loads(os.environ['TF_CONFIG']); "
        "print(c['task']['type'], c['task']['index'], len(c['cluster']['worker']), c['cluster']['ps'])\""
    )
    command = f'{program}; case $TF_CONFIG in *\'"type": "ps"\'*) sleep 1000;; esac'
    distribution = {"distributionType": "TensorFlow", "workerCount": 2, "parameterServerCount": 1}
    instance.command(command, distribution=distribution)
    assert instance.ended("c").status is JobStatus.COMPLETED
    lines = [instance.artifact("c", f"user_logs/std_log_process_{rank}.txt").split(maxsplit=3) for rank in range(3)]
    assert [line[:3] for line in lines] == [["worker", "0", "2"], ["worker", "1", "2"], ["ps", "0", "2"]]
    assert len({line[3] for line in lines}) == 1
    assert lines[0][3].startswith("['127.0.0.1:")
    assert instance.left_behind() == []


def test_one_worker_of_tensorflow_finds_a_cluster_of_itself(instance: EmulatorInstance) -> None:
    instance.command("echo $TF_CONFIG", distribution={"distributionType": "TensorFlow"})
    assert instance.ended("c").status is JobStatus.COMPLETED
    config = json.loads(instance.log("c"))
    assert config["task"] == {"type": "worker", "index": 0}
    assert [len(addresses) for addresses in config["cluster"].values()] == [1]


def test_what_a_job_asks_for_in_vain_is_said_in_its_log(instance: EmulatorInstance) -> None:
    instance.sweep("true", total=1, notificationSetting={"emails": ["a@example.com"]})
    assert instance.ended("s").status is JobStatus.COMPLETED
    assert "notificationSetting does nothing here: nobody is notified" in instance.hyperdrive()


@pytest.mark.parametrize(
    ("kind", "program", "remedy"),
    [
        ("Mpi", "mpirun", "install Open MPI or MPICH, or leave `distribution` out"),
        ("Ray", "ray", "pip install ray into the trials' environment, or leave `distribution` out"),
    ],
)
def test_without_a_launcher_the_job_is_refused_before_its_first_trial(
    make_instance: MakeInstance, tmp_path: Path, kind: str, program: str, remedy: str
) -> None:
    for tool in ("bash", "true"):
        (tmp_path / tool).symlink_to(f"/bin/{tool}")
    (tmp_path / "python").symlink_to(sys.executable)
    instance = make_instance(environ={"PATH": str(tmp_path), "CONDA_PREFIX": str(_environment(tmp_path))})
    instance.sweep("true", trial={"distribution": {"distributionType": kind}})
    job = instance.ended("s")
    assert job.status is JobStatus.FAILED
    assert job.error is not None
    assert f"needs {program}, which is not on this machine; {remedy}" in job.error["message"]
    assert instance.trials() == []


def _environment(folder: Path) -> Path:
    """An environment with a Python and no launcher."""
    (folder / "env" / "bin").mkdir(parents=True)
    (folder / "env" / "bin" / "python").symlink_to(sys.executable)
    return folder / "env"


def test_mpi_goes_through_the_launcher_of_this_machine(make_instance: MakeInstance, tmp_path: Path) -> None:
    launcher = tmp_path / "mpirun"
    launcher.write_text('#!/bin/sh\necho "launched $2"; shift 2; exec "$@"\n')
    launcher.chmod(0o755)
    instance = make_instance(environ={**os.environ, "PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}"})
    instance.command("echo 'one rank'", distribution={"distributionType": "Mpi", "processCountPerInstance": 2})
    assert instance.ended("c").status is JobStatus.COMPLETED
    assert instance.log("c") == "launched 2\none rank\n"
