"""With a seed and a virtual clock everything is the same from run to run, to the byte."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import httpx

from amlet.testing.emulator_instance import signing_key
from emulator.app import app_of
from emulator.config import EmulatorConfig, build
from emulator.place import Place
from emulator.settings import Settings
from emulator.storage import Database
from tests.emulator.api.control.conftest import START, WORKSPACE, curve_for, job_url, put_sweep

Ask = Callable[..., httpx.Response]


def answers(folder: Path, ask: Ask, *, seed: int = 7, polls: int = 0) -> list[tuple[str, bytes, list[tuple[str, str]]]]:
    """What one and the same session is answered: status, body and headers of each request."""
    store = Database.in_memory()
    config = EmulatorConfig(
        Settings().with_values({"auth": "any"}),
        virtual=True,
        seed=seed,
        start=START,
        curve_for=curve_for,
        signing_key=signing_key(),
    )
    emulator = build(config, Place(folder), store)
    emulator.job_runner.start()
    app, found = app_of(emulator), []

    def send(method: str, url: str, **options: object) -> httpx.Response:
        headers = {"Authorization": "Bearer t"}
        answer = ask(app, method, url, headers=headers, **options)
        found.append((f"{method} {url} {answer.status_code}", answer.content, answer.headers.multi_items()))
        return answer

    put_sweep(send)
    for _ in range(polls):
        ask(app, "GET", "/metadata/endpoints")
    for url in (job_url("one"), job_url("one_0"), job_url("missing"), f"{WORKSPACE}/jobs?api-version=2024-10-01"):
        send("GET", url)
    mlflow = f"/mlflow/v1.0{WORKSPACE}/api/2.0/mlflow/runs"
    run = send("POST", f"{mlflow}/create", json={"experiment_id": "0"}).json()["run"]["info"]["run_id"]
    send("POST", f"{mlflow}/log-metric", json={"run_id": run, "key": "loss", "value": 1, "timestamp": 1})
    send("GET", f"{mlflow}/get?run_id={run}")
    artifact = f"/mlflow/v1.0{WORKSPACE}/api/2.0/mlflow-artifacts/artifacts/ExperimentRun/dcid.{run}/a.txt"
    send("PUT", artifact, content=b"text")
    send("GET", artifact)
    send("POST", "/_amlet/faults", json={"match": "jobs/*", "status": 503})
    send("GET", job_url("one"))
    emulator.job_runner.stop()
    store.close()
    return found


def test_two_runs_of_a_session_are_answered_alike_to_the_byte(tmp_path: Path, ask: Ask) -> None:
    one, other = answers(tmp_path / "one", ask), answers(tmp_path / "other", ask)
    assert [status for status, _, _ in one if int(status.rpartition(" ")[2]) not in {200, 201, 404, 503}] == []
    for mine, yours in zip(one, other, strict=True):
        assert mine == yours


def test_another_seed_gives_other_trials(tmp_path: Path, ask: Ask) -> None:
    assert answers(tmp_path / "one", ask)[2] != answers(tmp_path / "other", ask, seed=8)[2]


def test_what_another_client_asks_changes_no_job(tmp_path: Path, ask: Ask) -> None:
    one, other = answers(tmp_path / "one", ask), answers(tmp_path / "other", ask, polls=5)
    assert [(status, body) for status, body, _ in one[:3]] == [(status, body) for status, body, _ in other[:3]]
