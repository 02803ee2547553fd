"""Jobs that really run, driven by the unmodified azure-ai-ml on an emulator in a process of its own."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest
from azure.ai.ml import Input, MLClient, Output, command
from azure.ai.ml.entities import Environment
from azure.ai.ml.exceptions import JobException
from azure.ai.ml.operations import _job_ops_helper
from azure.ai.ml.sweep import Choice
from azure.core.exceptions import HttpResponseError, ResourceNotFoundError
from azure.identity import DefaultAzureCredential

from emulator.server.home import Record
from tests.emulator.clients.conftest import lead

pytestmark = [pytest.mark.oracle, pytest.mark.slow, pytest.mark.filterwarnings("ignore")]

_TRAIN = """
import argparse, json, os, pathlib, urllib.request

def log_metric(key, value, step):
    url = os.environ["MLFLOW_TRACKING_URI"] + "/api/2.0/mlflow/runs/log-metric"
    body = json.dumps({"run_id": os.environ["MLFLOW_RUN_ID"], "key": key, "value": value, "step": step}).encode()
    headers = {"Authorization": "Bearer " + os.environ["MLFLOW_TRACKING_TOKEN"], "Content-Type": "application/json"}
    urllib.request.urlopen(urllib.request.Request(url, body, headers)).read()

parser = argparse.ArgumentParser()
for name in ("--x", "--data", "--out"):
    parser.add_argument(name)
args = parser.parse_args()
print("x is", args.x, flush=True)
for step in range(3):
    log_metric("score", -(float(args.x) - 2) ** 2 + step * 0.01, step)
pathlib.Path("outputs/model.txt").write_text(args.x)
if args.data:
    print("data", pathlib.Path(args.data).read_text())
if args.out:
    pathlib.Path(args.out, "result.txt").write_text("made")
"""


@pytest.fixture
def client(live: Record, monkeypatch: pytest.MonkeyPatch) -> MLClient:
    """The official client; it polls without its own long pauses."""
    lead(live, monkeypatch)
    monkeypatch.setattr(_job_ops_helper, "_wait_before_polling", lambda _elapsed: 0.2)
    return MLClient(DefaultAzureCredential(), "sub", "group", "ws", enable_telemetry=False)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "code"
    folder.mkdir()
    (folder / "train.py").write_text(_TRAIN)
    return folder


def _job(source: Path, line: str, **options: Any) -> Any:
    return command(
        code=str(source), command=line, environment=Environment(image="any"), experiment_name="exp", **options
    )


def _python(line: str) -> str:
    return f"{sys.executable} {line}"


def test_a_command_is_streamed_and_downloaded(
    client: MLClient, source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = tmp_path / "d.txt"
    data.write_text("payload")
    job = client.jobs.create_or_update(
        _job(
            source,
            _python("train.py --x 3 --data ${{inputs.d}} --out ${{outputs.o}}"),
            inputs={"d": Input(type="uri_file", path=str(data))},
            outputs={"o": Output(type="uri_folder")},
        )
    )
    client.jobs.stream(job.name)
    printed = capsys.readouterr().out
    assert "Execution Summary" in printed
    assert client.jobs.get(job.name).status == "Completed"
    target = tmp_path / "down"
    client.jobs.download(job.name, download_path=str(target), all=True)
    assert (target / "named-outputs" / "o" / "result.txt").read_text() == "made"
    assert (target / "artifacts" / "outputs" / "model.txt").read_text() == "3"
    log = (target / "artifacts" / "user_logs" / "std_log.txt").read_text()
    assert "x is 3" in log
    assert "data payload" in log


def test_the_log_of_a_running_command_is_streamed(
    client: MLClient, source: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    job = client.jobs.create_or_update(_job(source, "for i in 1 2 3 4 5 6; do echo line $i; sleep 0.5; done"))
    client.jobs.stream(job.name)
    printed = capsys.readouterr().out
    assert "Streaming user_logs/std_log.txt" in printed
    assert [f"line {number}" in printed for number in range(1, 7)] == [True] * 6


def test_a_sweep_finds_its_best_trial(
    client: MLClient, source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    node = _job(source, _python("train.py --x ${{inputs.x}}"), inputs={"x": 1}, compute="cpu")
    sweep = node(x=Choice([0, 2, 5])).sweep(
        sampling_algorithm="grid", primary_metric="score", goal="Maximize", compute="cpu"
    )
    sweep.set_limits(max_total_trials=3, max_concurrent_trials=2)
    sweep.experiment_name = "exp"
    job = client.jobs.create_or_update(sweep)
    client.jobs.stream(job.name)
    assert "Execution Summary" in capsys.readouterr().out
    done = client.jobs.get(job.name)
    assert done.status == "Completed"
    best = done.properties["best_child_run_id"]
    children = [child.name for child in client.jobs.list(parent_job_name=job.name)]
    assert len(children) == 3
    assert best in children
    client.jobs.download(job.name, download_path=str(tmp_path / "down"), all=True)
    assert (tmp_path / "down" / "artifacts" / "outputs" / "model.txt").read_text() == "2"
    assert list((tmp_path / "down" / "hd-artifacts").rglob("hyperdrive.txt"))


def test_a_failed_command_raises_with_its_reason(client: MLClient, source: Path) -> None:
    job = client.jobs.create_or_update(_job(source, "echo oh no; exit 3"))
    with pytest.raises(JobException, match="3"):
        client.jobs.stream(job.name)
    assert client.jobs.get(job.name).status == "Failed"


def test_a_running_command_is_canceled(client: MLClient, source: Path) -> None:
    job = client.jobs.create_or_update(_job(source, "sleep 600"))
    client.jobs.begin_cancel(job.name).result(timeout=60)
    assert client.jobs.get(job.name).status == "Canceled"


def test_a_job_is_archived_restored_renamed_and_tagged(client: MLClient, source: Path) -> None:
    job = client.jobs.create_or_update(_job(source, "true", tags={"a": "1"}))
    client.jobs.stream(job.name)
    client.jobs.archive(job.name)
    assert job.name not in [found.name for found in client.jobs.list()]
    client.jobs.restore(job.name)
    assert job.name in [found.name for found in client.jobs.list()]
    fetched = client.jobs.get(job.name)
    fetched.tags["b"] = "2"
    fetched.display_name = "renamed"
    updated = client.jobs.create_or_update(fetched)
    assert (updated.display_name, updated.tags["a"], updated.tags["b"]) == ("renamed", "1", "2")
    assert not client.jobs.show_services(job.name)


def test_what_the_server_refuses_reads_as_the_service_says_it(client: MLClient) -> None:
    with pytest.raises(ResourceNotFoundError, match="Run absent was not found"):
        list(client.jobs._runs_operations.get_run_children("absent"))
    with pytest.raises(ResourceNotFoundError):
        client.jobs.begin_cancel("absent")
    with pytest.raises(HttpResponseError, match="name"):
        client.jobs.create_or_update(command(name="a b!", command="true", environment="e:1"))
