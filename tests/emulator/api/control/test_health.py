from __future__ import annotations

from emulator.services.context import Emulator
from emulator.storage import meta
from tests.emulator.api.control.conftest import Send


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
