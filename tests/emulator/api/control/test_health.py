from __future__ import annotations

import sqlite3

import pytest

from emulator.services.context import Emulator
from emulator.storage import StoreUnavailable, meta
from tests.emulator.api.control.conftest import Send, job_url

COMMAND = {"jobType": "Command", "command": "true", "environmentId": "azureml:e:1"}


def test_health_and_ready_say_that_all_is_well(send: Send) -> None:
    for path in ("/_amlet/health", "/_amlet/ready"):
        answer = send("GET", path, headers={})
        assert (answer.status_code, answer.json()["status"]) == (200, "ok")


def test_ready_really_writes(emulator: Emulator, send: Send) -> None:
    for _ in range(2):
        send("GET", "/_amlet/ready")
    assert meta.get(emulator.store.reader(), "ready") == b"2"


def test_an_emulator_whose_store_takes_no_work_is_not_ready(emulator: Emulator, send: Send) -> None:
    emulator.store.close()
    assert send("GET", "/_amlet/health").status_code == 200
    answer = send("GET", "/_amlet/ready")
    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "NotReady")
    assert "closed" in answer.json()["error"]["message"]


def test_on_a_full_disk_it_is_not_ready_and_a_client_is_told_to_try_again(
    emulator: Emulator, send: Send, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = emulator.store.write

    def full(conn: sqlite3.Connection) -> None:
        raise StoreUnavailable("the state directory cannot be written: database or disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(emulator.store, "write", lambda work: real(full))
        ready = send("GET", "/_amlet/ready")
        put = send("PUT", job_url("one"), json={"properties": COMMAND})
    assert (ready.status_code, put.status_code) == (503, 503)
    assert put.headers["Retry-After"] == "2"
    assert "disk is full" in put.json()["error"]["message"]
    assert send("GET", "/_amlet/ready").status_code == 200
    assert send("PUT", job_url("one"), json={"properties": COMMAND}).status_code == 201
