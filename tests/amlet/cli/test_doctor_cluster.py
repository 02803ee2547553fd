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

from amlet.cli.doctor.cluster import cluster, placements
from amlet.cli.doctor.machine import Health
from emulator.executors.base import Placement
from emulator.executors.dask_scheduler import ADAPTIVE, is_adaptive
from emulator.project.reading import of_text
from tests.emulator.executors.dask_programs import DaskPrograms

NO_GPUS = "no worker of the Dask cluster offers GPU=2 (the most is 1)"
NAMES = ("tcp://a:1", "tcp://b:1")
DISTRIBUTED = importlib.metadata.version("distributed")


class FakeClient:
    """A client whose workers answer as they are told.

    Parameters:
        workers: by address, as the scheduler tells of them.
        answers: of a function, by worker.
        adaptive: whether something scales the workers.
    """

    def __init__(self, workers: dict[str, Any], answers: dict[Any, list[Any]], adaptive: bool = False) -> None:
        self._workers, self._answers, self._adaptive = workers, answers, adaptive
        self.scheduler = self

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def identity(self) -> None: ...

    def sync(self, function: object, *arguments: object, **options: object) -> Any:
        if function is is_adaptive:
            assert arguments == (self,)
            return self._adaptive
        assert (function, options) == (self.identity, {"n_workers": -1})
        return {"workers": self._workers}

    def run(self, function: Callable[..., Any], *arguments: Any, on_error: str) -> dict[str, Any]:
        assert on_error == "return"
        if arguments == ("distributed",):
            return dict.fromkeys(self._workers, DISTRIBUTED)
        return dict(zip(self._workers, self._answers[function], strict=True))

    def run_on_scheduler(self, function: Callable[..., Any], *arguments: Any) -> Any:
        assert (function, arguments) == (importlib.metadata.version, ("distributed",))
        return "2024.1" if self._adaptive else DISTRIBUTED


@pytest.fixture
def found(monkeypatch: pytest.MonkeyPatch) -> Callable[..., set[tuple[str, str]]]:
    def look(
        pythons: list[Any], numpy: list[Any], reach: list[Any], resources: str = "", adaptive: bool = False
    ) -> set[tuple[str, str]]:
        worker = {"name": "w", "host": "h", "nthreads": 2, "resources": {"GPU": 1}, "metrics": {"executing": 1}}
        answers = {platform.python_version: pythons, importlib.metadata.version: numpy, exec: reach}
        client = FakeClient(dict.fromkeys(NAMES, worker), answers, adaptive)
        monkeypatch.setattr(distributed, "Client", lambda *_, **__: client)
        made = cluster(Placement("dask", "tcp://s:8786", resources), ["https://h:8443"], "3.11.4", {"numpy": "2.1"})
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


def test_an_adaptive_cluster_and_another_version_of_distributed_are_warned_of(
    found: Callable[..., set[tuple[str, str]]],
) -> None:
    warned = {
        text for health, text in found(["3.11.9"] * 2, ["2.1"] * 2, [None] * 2, adaptive=True) if health == "warning"
    }
    assert warned == {
        ADAPTIVE.format(address="tcp://s:8786"),
        f"distributed is 2024.1 at tcp://s:8786, {DISTRIBUTED} here",
    }


def test_the_clusters_of_computes_are_looked_at_with_their_certificates() -> None:
    text = "computes: [{name: far, executor: dask, dask_address: 'tls://h:1', dask_tls_ca: ca.pem}, {name: near}]"
    project = of_text(text, Path("/project/amlet.yml"))
    far = Placement("dask", "tls://h:1", "", ("/project/ca.pem", "", ""))
    assert placements(None, "", project) == [far]
    assert placements("tcp://s:1", "GPU=1", project) == [Placement("dask", "tcp://s:1", "GPU=1"), far]
    assert placements("tls://h:1", "", None) == [Placement("dask", "tls://h:1")]
    [finding] = cluster(far, [], "3.11", {})
    assert (finding.health, finding.text) == (Health.WRONG, "dask_tls_ca names /project/ca.pem, which is not there")


def test_a_scheduler_that_does_not_answer_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError("timed out")

    monkeypatch.setattr(distributed, "Client", refuse)
    [finding] = cluster(Placement("dask", "tcp://nowhere:1"), [], "3.11", {})
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
