"""The official SDK on an emulator in this process."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
import requests

from amlet.testing import InProcessEmulator
from amlet.testing.official_client import official_client  # first: it imports the SDK without the SDK's own warnings

from azure.ai.ml import Input, MLClient, command  # isort: skip
from azure.ai.ml.entities import Data  # isort: skip
from azure.ai.ml.sweep import Uniform  # isort: skip
from azure.core.exceptions import HttpResponseError  # isort: skip


def _sweep() -> object:
    trial = command(
        command="python t.py ${{inputs.lr}}",
        environment="azureml:e:1",
        compute="c",
        inputs={"lr": Input(type="number")},
    )
    sweep = trial(lr=Uniform(0, 1)).sweep(sampling_algorithm="random", primary_metric="loss", goal="Minimize")
    sweep.set_limits(max_total_trials=3)
    return sweep


def test_a_streamed_sweep_ends_while_virtual_time_passes(amlet: InProcessEmulator, amlet_ml_client: MLClient) -> None:
    amlet.set_objective(lambda lr: lr)
    before = amlet.emulator.clock.now()
    job = amlet_ml_client.jobs.create_or_update(_sweep())
    amlet_ml_client.jobs.stream(job.name)
    assert amlet_ml_client.jobs.get(job.name).status == "Completed"
    assert amlet.emulator.clock.now() > before


def test_a_folder_is_uploaded_and_downloaded_again(
    amlet_ml_client: MLClient, amlet: InProcessEmulator, tmp_path: Path
) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "one.bin").write_bytes(bytes(range(256)) * 100)
    made = amlet_ml_client.data.create_or_update(Data(name="d", version="1", path=str(folder), type="uri_folder"))
    assert made.path
    path = str(made.path).partition("/paths/")[2]
    stored = [found.read_bytes() for found in amlet.state_dir.rglob("one.bin") if path.strip("/") in str(found)]
    assert stored == [(folder / "one.bin").read_bytes()]


def test_a_refusal_is_the_error_of_the_sdk(amlet_ml_client: MLClient) -> None:
    with pytest.raises(HttpResponseError) as refused:
        amlet_ml_client.jobs.get("missing")
    assert refused.value.status_code == 404


def test_a_planned_fault_reaches_the_client_and_its_retry_takes_no_real_time(
    amlet: InProcessEmulator, amlet_ml_client: MLClient
) -> None:
    job = amlet_ml_client.jobs.create_or_update(_sweep())
    amlet.faults.plan(match="GET jobs/*", status=503, times=1)
    begin = time.monotonic()
    assert amlet_ml_client.jobs.get(job.name).name == job.name
    assert amlet.journal.find(status="503")
    assert time.monotonic() - begin < 60


def test_a_request_to_another_host_fails_and_names_the_emulator() -> None:
    with InProcessEmulator() as emulator, official_client(emulator):
        with pytest.raises(requests.ConnectionError, match="nothing leaves this machine") as refused:
            requests.get("https://management.azure.com/subscriptions", timeout=5)
        assert emulator.origin in str(refused.value)


def test_nothing_is_answered_after_the_block() -> None:
    with InProcessEmulator() as emulator:
        with official_client(emulator):
            assert requests.get(f"{emulator.origin}/_amlet/health", timeout=5).ok
        with pytest.raises(requests.ConnectionError):
            requests.get(f"{emulator.origin}/_amlet/health", timeout=5)
