"""`amlet doctor --dask-address`: what it finds on a cluster."""

from __future__ import annotations

import importlib.metadata
import json
import platform
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Self

import distributed
import pytest

from amlet.cli.doctor.cluster import cluster
from amlet.cli.doctor.machine import Health
from tests.emulator.executors.dask_programs import DaskPrograms

NO_GPUS = "no worker of the Dask cluster offers GPU=2 (the most is 1)"
NAMES = ("tcp://a:1", "tcp://b:1")


class FakeClient:
    """A client whose workers answer as they are told.

    Parameters:
        workers: by address, as the scheduler tells of them.
        answers: of a function, by worker.
    """

    def __init__(self, workers: dict[str, Any], answers: dict[Any, list[Any]]) -> None:
        self._workers, self._answers = workers, answers
        self.scheduler = self

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def identity(self) -> None: ...

    def sync(self, function: object, n_workers: int) -> dict[str, Any]:
        assert (function, n_workers) == (self.identity, -1)
        return {"workers": self._workers}

    def run(self, function: Callable[..., Any], *arguments: Any, on_error: str) -> dict[str, Any]:
        assert on_error == "return"
        return dict(zip(self._workers, self._answers[function], strict=True))


@pytest.fixture
def found(monkeypatch: pytest.MonkeyPatch) -> Callable[..., set[tuple[str, str]]]:
    def look(pythons: list[Any], numpy: list[Any], reach: list[Any], resources: str = "") -> set[tuple[str, str]]:
        worker = {"name": "w", "host": "h", "nthreads": 2, "resources": {"GPU": 1}, "metrics": {"executing": 1}}
        answers = {platform.python_version: pythons, importlib.metadata.version: numpy, exec: reach}
        client = FakeClient(dict.fromkeys(NAMES, worker), answers)
        monkeypatch.setattr(distributed, "Client", lambda *_, **__: client)
        made = cluster("tcp://s:8786", resources, ["https://h:8443"], "3.11.4", {"numpy": "2.1"})
        return {(one.health, one.text) for one in made}

    return look


def test_a_cluster_that_fits_is_fine(found: Callable[..., set[tuple[str, str]]]) -> None:
    assert found(["3.11.9", "3.11.9"], ["2.1", "2.1"], [None, None]) == {
        (
            Health.OK,
            "tcp://s:8786: 2 workers on 1 host, 4 threads, 2 GPU; tasks that run: 2; trials that fit: 4",
        ),
        (Health.OK, "2 workers: Python 3.11.9"),
        (Health.OK, "its workers reach the emulator at https://h:8443"),
    }


def test_what_differs_is_named_with_the_workers(found: Callable[..., set[tuple[str, str]]]) -> None:
    told = found(["3.7.1", "3.10.2"], [ModuleNotFoundError("numpy"), "1.26"], [None, OSError("no route")], "GPU=2")
    assert told == {
        (
            Health.WRONG,
            f"tcp://s:8786: {NO_GPUS}; start workers with --resources GPU=2",
        ),
        (Health.WRONG, "tcp://a:1: Python 3.7.1"),
        (Health.WARNING, "tcp://b:1: Python 3.10.2, here 3.11.4"),
        (Health.WRONG, "numpy is missing at tcp://a:1"),
        (Health.WARNING, "numpy is 1.26 there, 2.1 here"),
        (Health.WRONG, "tcp://b:1 cannot reach the emulator at https://h:8443: no route"),
    }


def test_a_scheduler_that_does_not_answer_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError("timed out")

    monkeypatch.setattr(distributed, "Client", refuse)
    [finding] = cluster("tcp://nowhere:1", "", [], "3.11", {})
    assert (finding.health, finding.text) == (Health.WRONG, "no scheduler answers at tcp://nowhere:1: timed out")


@pytest.fixture
def programs(tmp_path: Path) -> Iterator[DaskPrograms]:
    made = DaskPrograms(tmp_path / "dask", 1, threads=2)
    with distributed.Client(made.address, set_as_default=False) as client:
        client.wait_for_workers(1)
    yield made
    made.close()


@pytest.mark.nightly
def test_a_real_cluster_is_looked_at(
    amlet: Any, programs: DaskPrograms, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "code").mkdir()
    (tmp_path / "job.yml").write_text("command: 'true'\ncode: code\nenvironment: azureml:e:1\ncompute: azureml:c\n")
    (tmp_path / "amlet.yml").write_text("environments: [{name: e, requirements: [numpy, no-such-package]}]\n")
    ran = amlet("doctor", "-f", "job.yml", "--emulator", "--dask-address", programs.address)
    told = {one["text"] for one in json.loads(ran.out) if one["subject"].startswith("cluster")}
    [address] = {text.partition(": Python ")[0] for text in told if ": Python " in text}
    assert told == {
        f"{programs.address}: 1 worker on 1 host, 2 threads; tasks that run: 0; trials that fit: 2",
        f"{address}: Python {platform.python_version()}",
        f"no-such-package is missing at {address}",
    }
