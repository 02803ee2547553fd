"""What a submit puts on the wire: the gateway's requests are the official client's, less what that asks in vain."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from azure.ai.ml import MLClient as OfficialClient
from azure.ai.ml import load_job as official_load_job
from azure.ai.ml.entities import AmlCompute
from azure.ai.ml.entities import Environment as OfficialEnvironment
from azure.identity import DefaultAzureCredential

from emulator.services.context import Emulator
from gateway import MLClient, load_job
from gateway.entities import Environment

# The SDK's own warnings are not ours to repair.
pytestmark = [pytest.mark.oracle, pytest.mark.filterwarnings("ignore")]

_WORKSPACE = "/subscriptions/s/resourceGroups/g/providers/Microsoft.MachineLearningServices/workspaces"
_RANDOM = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9a-f]{8}-[0-9a-f]{32}")

_COMMAND = """
type: command
command: python train.py ${{inputs.data}}
code: src
environment: {image: "python:3.11", conda_file: conda.yml}
compute: azureml:cpu
inputs:
  data: {type: uri_file, path: "my data.csv"}
  folder: {type: uri_folder, path: data}
"""
_SWEEP = """
type: sweep
trial:
  code: src
  command: python train.py --lr ${{search_space.lr}} --m ${{inputs.m}}
  environment: azureml:mine@latest
compute: azureml:cpu
inputs:
  m: {type: mlflow_model, path: "azureml:model:3"}
  n: 3
search_space: {lr: {type: uniform, min_value: 0.1, max_value: 0.2}}
sampling_algorithm: random
objective: {goal: minimize, primary_metric: loss}
limits: {max_total_trials: 2}
"""
_NAMED = """
type: command
command: python train.py
code: src
environment: {name: env, image: "python:3.11"}
environment_variables: {A: "1"}
compute: azureml:cpu
"""
_PIPELINE = """
type: pipeline
experiment_name: nightly
settings: {default_compute: azureml:cpu, continue_on_step_failure: false}
inputs:
  raw: {type: uri_folder, path: data, mode: ro_mount}
  lr: 0.5
outputs:
  best: {type: uri_folder, mode: upload}
jobs:
  prepare:
    command: python train.py ${{inputs.raw}} ${{outputs.clean}}
    code: src
    environment: {image: "python:3.11", conda_file: conda.yml}
    inputs: {raw: "${{parent.inputs.raw}}"}
    outputs: {clean: {type: uri_folder}}
  again:
    type: command
    component: ./component.yml
    compute: azureml:gpu
    inputs: {data: "${{parent.jobs.prepare.outputs.clean}}", lr: "${{parent.inputs.lr}}"}
  tune:
    type: sweep
    trial: ./component.yml
    inputs: {data: "${{parent.jobs.prepare.outputs.clean}}"}
    outputs: {model: "${{parent.outputs.best}}"}
    search_space: {lr: {type: uniform, min_value: 0.1, max_value: 0.2}}
    sampling_algorithm: random
    objective: {goal: minimize, primary_metric: loss}
    limits: {max_total_trials: 2}
  nested:
    type: pipeline
    component: ./nested.yml
    inputs: {data: "${{parent.jobs.tune.outputs.model}}"}
"""
_COMPONENT = """
name: fit
version: 2
type: command
inputs: {data: {type: uri_folder}, lr: {type: number, default: 0.1}}
outputs: {model: {type: uri_folder}}
code: src
environment: azureml:mine@latest
command: python train.py ${{inputs.data}} ${{inputs.lr}} ${{outputs.model}}
"""
_NESTED = """
name: nested
type: pipeline
inputs: {data: {type: uri_folder}}
jobs:
  inner:
    type: command
    component: ./component.yml
    inputs: {data: "${{parent.inputs.data}}", lr: 0.25}
"""
JOBS = {"command with local data": _COMMAND, "sweep": _SWEEP, "named environment": _NAMED}


class Asked(NamedTuple):
    """A request as both clients should make it."""

    line: str
    body: Any

    @property
    def is_blob(self) -> bool:
        return not self.line.partition(" ")[2].startswith("/subscriptions/")


@pytest.fixture(autouse=True)
def only_the_emulators_authority(emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the shell of the tests trusts otherwise counts before what the emulator's environment says."""
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)


@pytest.fixture
def job_file(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    (tmp_path / "src" / "lib").mkdir(parents=True)
    for name in ("train.py", "lib/helper.py", "lib/ü b.py"):
        (tmp_path / "src" / name).write_text(f"print({name!r})")
    (tmp_path / "data").mkdir()
    for name in ("my data.csv", "data/a.csv", "data/b.csv"):
        (tmp_path / name).write_text(name)
    (tmp_path / "conda.yml").write_text("dependencies: [python=3.11]")
    (tmp_path / "component.yml").write_text(_COMPONENT)
    (tmp_path / "nested.yml").write_text(_NESTED)
    path = tmp_path / "job.yml"
    path.write_text({**JOBS, "pipeline": _PIPELINE}[request.param])
    return path


def _requests(emulator: Emulator, workspace: str, submit: Callable[[], object]) -> list[Asked]:
    """What a submit asks of the control plane and of storage, without what is random in it."""
    before = len(emulator.journal.entries)
    submit()
    asked = []
    for entry in emulator.journal.entries[before:]:
        if entry.path.startswith(("/metadata/", "/msi/")):
            continue
        comp = re.search(r"comp=\w+", entry.query.decode())
        line = f"{entry.method} {entry.path}" + (f"?{comp[0]}" if comp else "")
        text = entry.request.decode() if entry.path.startswith("/subscriptions/") else ""
        plain = _RANDOM.sub("<random>", f"{line}\n{text}".replace(f"/workspaces/{workspace}/", "/workspaces/W/"))
        line, _, text = plain.partition("\n")
        asked.append(Asked(line, json.loads(text or "null")))
    return asked


def _needed(asked: list[Asked]) -> list[Asked]:
    """Without what reads only to find out whether an upload is there, and the marking of an upload as a request."""
    return [
        request
        for request in asked
        if not (request.is_blob and (request.line.startswith(("HEAD", "GET")) or "comp=metadata" in request.line))
    ]


@pytest.mark.parametrize("job_file", JOBS, indirect=True)
def test_a_submit_asks_what_the_official_client_asks_in_its_order(emulator: Emulator, job_file: Path) -> None:
    official = OfficialClient(DefaultAzureCredential(), "s", "g", "official", enable_telemetry=False)
    official.environments.create_or_update(OfficialEnvironment(name="mine", version="9", image="i"))
    job, our_job = official_load_job(job_file), load_job(job_file)
    job.name = our_job.name = "the_job"
    theirs = _requests(emulator, "official", lambda: official.jobs.create_or_update(job))
    with MLClient(DefaultAzureCredential(), "s", "g", "ours") as ours:
        ours.environments.create_or_update(Environment(name="mine", version="9", image="i"))
        mine = _requests(emulator, "ours", lambda: ours.jobs.create_or_update(our_job))
    assert [request for request in _needed(mine) if not request.is_blob] == [
        request for request in _needed(theirs) if not request.is_blob
    ]
    assert sorted(request.line for request in _needed(mine) if request.is_blob) == sorted(
        request.line for request in _needed(theirs) if request.is_blob
    )
    assert len(mine) <= len(theirs)


@pytest.mark.parametrize("job_file", ["sweep"], indirect=True)
def test_a_submit_of_known_code_uploads_nothing(emulator: Emulator, job_file: Path) -> None:
    with MLClient(DefaultAzureCredential(), "s", "g", "w") as client:
        client.environments.create_or_update(Environment(name="mine", version="9", image="i"))
        client.jobs.create_or_update(load_job(job_file))
        again = _requests(emulator, "w", lambda: client.jobs.create_or_update(load_job(job_file)))
    assert not [request for request in again if request.is_blob]
    official = OfficialClient(DefaultAzureCredential(), "s", "g", "w", enable_telemetry=False)
    theirs = _requests(emulator, "w", lambda: official.jobs.create_or_update(official_load_job(job_file)))
    assert not [request for request in theirs if request.line.startswith("PUT") and "/jobs/" not in request.line]


@pytest.mark.parametrize("job_file", ["pipeline"], indirect=True)
def test_a_pipeline_registers_the_components_and_the_job_that_the_official_client_does(
    emulator: Emulator, job_file: Path
) -> None:
    official = OfficialClient(DefaultAzureCredential(), "s", "g", "official", enable_telemetry=False)
    official.environments.create_or_update(OfficialEnvironment(name="mine", version="9", image="i"))
    for compute in ("cpu", "gpu"):
        official.compute.begin_create_or_update(AmlCompute(name=compute, size="STANDARD_DS3_V2")).wait()
    job, our_job = official_load_job(job_file), load_job(job_file)
    job.name = our_job.name = "the_job"
    theirs = _requests(emulator, "official", lambda: official.jobs.create_or_update(job))
    with MLClient(DefaultAzureCredential(), "s", "g", "ours") as ours:
        ours.environments.create_or_update(Environment(name="mine", version="9", image="i"))
        mine = _requests(emulator, "ours", lambda: ours.jobs.create_or_update(our_job))
    assert _put(mine, "/components/") == _put(theirs, "/components/")
    assert _put(mine, "/jobs/") == _put(theirs, "/jobs/")
    assert _put(mine, "/codes/") == _put(theirs, "/codes/")
    lines = [request.line for request in mine]
    nested = next(place for place, request in enumerate(mine) if '"type": "pipeline"' in json.dumps(request.body))
    assert max(place for place, line in enumerate(lines) if "/codes/" in line) < nested < len(lines) - 1


def _put(asked: list[Asked], part: str) -> list[str]:
    """What was put there, in an order of its own, once for each."""
    return sorted(
        {
            f"{request.line} {json.dumps(request.body)}"
            for request in asked
            if part in request.line and request.line.startswith("PUT")
        }
    )
