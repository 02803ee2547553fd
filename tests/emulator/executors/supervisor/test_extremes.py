"""What is large: one gigabyte of output, two thousand files of code, a worker that is cut off."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest

from emulator.executors.process_table import processes
from tests.emulator.executors.conftest import wait_until
from tests.emulator.executors.supervisor.conftest import Supervise
from tests.emulator.executors.supervisor.fake_emulator import FakeEmulator

Emulator = Callable[..., FakeEmulator]
GIGABYTE = 1 << 30

pytestmark = pytest.mark.nightly


class Discarding(FakeEmulator):
    """Keeps the hash of an output, not its bytes."""

    def _put(self, kind: str, name: str, query: dict[str, str], body: bytes) -> tuple[int, object]:
        if kind != "outputs":
            return super()._put(kind, name, query, body)
        self.digest = getattr(self, "digest", hashlib.sha256())
        self.received = getattr(self, "received", 0)
        assert int(query["offset"]) == self.received
        self.digest.update(body)
        self.received += len(body)
        self.largest = max(getattr(self, "largest", 0), len(body))
        return 200, {"offset": self.received}


def test_a_gigabyte_of_output_is_sent_in_pieces_with_little_memory(supervise: Supervise, tmp_path: Path) -> None:
    outputs = [{"path": "outputs", "name": "outputs"}]
    command = f"head -c {GIGABYTE} /dev/zero > outputs/big"
    fake = Discarding(command, folders=["outputs"], outputs=outputs)
    try:
        process = supervise(fake)
        peak = 0

        def ended() -> bool:
            nonlocal peak
            status = Path(f"/proc/{process.pid}/status").read_text()
            peak = max([peak, *(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM"))])
            return bool(fake.ends)

        wait_until(ended, 120.0)
    finally:
        fake.stop()
    assert fake.received == GIGABYTE
    assert fake.digest.hexdigest() == hashlib.sha256(bytes(GIGABYTE)).hexdigest()
    assert fake.largest == 8 << 20
    assert peak < 120_000, f"{peak} kB at most"


def test_two_thousand_files_of_code_come_once_for_a_host(emulator: Emulator, supervise: Supervise) -> None:
    files = {f"package_{number % 40}/module_{number}.py": f"x = {number}".encode() for number in range(2000)}
    for fetched in (2000, 0):
        fake = emulator("find . -name '*.py' | wc -l", files)
        assert supervise(fake).wait(120) == 0
        assert bytes(fake.log) == b"2000\n"
        assert sum(request.startswith("GET") for request in fake.requests) == fetched


def test_a_worker_that_was_cut_off_and_comes_back_late_ends_its_trial_and_tells_nothing(
    emulator: Emulator, supervise: Supervise, tmp_path: Path
) -> None:
    mark = f"test/{tmp_path}"
    fake = emulator("echo up; sleep 1000", environment={"PATH": "{{path}}", "AMLET_TRIAL": mark})
    process = supervise(fake)
    fake.wait(lambda: b"up" in fake.log)
    port, before = fake.port, len(fake.requests)
    fake.stop()
    fake.is_superseded = True
    fake.start(port)
    assert process.wait(60) == 0
    assert not [one for one in processes() if one.mark == mark]
    assert not fake.ends
    assert set(fake.requests[before:]) == {"POST heartbeat"}
