"""azureml-core in a trial, with an environment of its own, whose Python `AMLET_AZUREML_CORE` names (`.ci/run`)."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from azure.ai.ml import MLClient, command
from azure.ai.ml.entities import Environment
from azure.ai.ml.operations import _job_ops_helper
from azure.identity import DefaultAzureCredential

from emulator.server.home import Record
from tests.emulator.clients.conftest import lead

PYTHON = os.environ.get("AMLET_AZUREML_CORE", "")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore"),
    pytest.mark.skipif(not PYTHON, reason="AMLET_AZUREML_CORE names no Python with azureml-core"),
]
_PROGRAM = """
from azureml.core.run import Run
run = Run.get_context()
run.log("Accuracy", 0.9)
run.log_list("list", [1, 2])
run.log_row("row", x=1, y=2)
run.tag("k", "v")
run.flush()
print("id", run.id, run.experiment.name, run.experiment.workspace.name)
print("metrics", sorted(run.get_metrics().items()))
run.complete()
"""


def test_a_script_of_its_time_logs_and_reads_back(
    live: Record, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lead(live, monkeypatch)
    monkeypatch.setattr(_job_ops_helper, "_wait_before_polling", lambda _elapsed: 0.2)
    client = MLClient(DefaultAzureCredential(), "sub", "group", "ws", enable_telemetry=False)
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "v1.py").write_text(_PROGRAM)
    line, image = f"{PYTHON} v1.py", Environment(image="any")
    job = client.jobs.create_or_update(
        command(code=str(tmp_path / "code"), command=line, environment=image, experiment_name="exp")
    )
    client.jobs.stream(job.name)
    client.jobs.download(job.name, download_path=tmp_path / "out", all=True)
    said = next((tmp_path / "out").rglob("std_log.txt")).read_text()
    assert f"id {job.name} exp ws" in said
    assert "metrics [('Accuracy', 0.9), ('list', [1.0, 2.0]), ('row.x', 1.0), ('row.y', 2.0)]" in said
    assert client.jobs.get(job.name).tags["k"] == "v"
