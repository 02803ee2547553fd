"""The served emulator: reached over TLS, by the gateway and by programs of other processes."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest

from amlet.testing import ServedEmulator
from gateway.entities import SweepJob


@pytest.fixture(scope="module")
def served() -> Iterator[ServedEmulator]:
    with ServedEmulator() as emulator:
        yield emulator


def test_a_client_reaches_it_over_tls(served: ServedEmulator, sweep: Callable[..., SweepJob]) -> None:
    with served.client() as client:
        job = client.jobs.create_or_update(sweep())
        assert client.jobs.get(job.name).status == "Completed"


def test_its_time_is_virtual(served: ServedEmulator, sweep: Callable[..., SweepJob]) -> None:
    served.set_objective(lambda lr: {"values": [lr], "duration": 7200})
    served.time.freeze()
    with served.client() as client:
        job = client.jobs.create_or_update(sweep(max_concurrent_trials=4))
        assert client.jobs.get(job.name).status == "Running"
        served.time.advance(7200)
        assert client.jobs.get(job.name).status == "Completed"


def test_another_process_finds_it_by_the_environment(served: ServedEmulator) -> None:
    program = (
        "from gateway import MLClient; from azure.identity import DefaultAzureCredential as C;"
        "print(list(MLClient(C(), 's', 'g', 'w').jobs.list()))"
    )
    environment = {**os.environ, **served.environ(), "AZURE_CONFIG_DIR": str(served.state_dir)}
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.strip()) == (0, "[]"), done.stderr


def test_a_closed_one_has_freed_its_port() -> None:
    with ServedEmulator() as emulator:
        port = urlsplit(emulator.origin).port
    with pytest.raises(ConnectionRefusedError), socket.create_connection(("127.0.0.1", port or 0), timeout=5):
        pass


@pytest.mark.oracle
@pytest.mark.slow
def test_the_official_client_submits_and_watches_a_sweep(served: ServedEmulator) -> None:
    pytest.importorskip("azure.ai.ml", reason="the official SDK (azure-ai-ml) is not installed")
    served.time.thaw()
    program = """
from azure.ai.ml import MLClient, command
from azure.ai.ml.sweep import Uniform
from azure.identity import DefaultAzureCredential
client = MLClient(DefaultAzureCredential(), "s", "g", "w")
trial = command(command="python t.py ${{inputs.lr}}", environment="azureml:e:1", compute="cpu", inputs={"lr": 0.1})
sweep = trial(lr=Uniform(0, 1)).sweep(sampling_algorithm="random", primary_metric="accuracy", goal="Maximize")
sweep.set_limits(max_total_trials=2)
job = client.jobs.create_or_update(sweep)
client.jobs.stream(job.name)
print(client.jobs.get(job.name).status == "Completed")
"""
    environment = {**os.environ, **served.environ(), "AZURE_CONFIG_DIR": str(served.state_dir)}
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=False)
    assert done.stdout.strip().endswith("True"), done.stderr
