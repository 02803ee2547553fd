"""The emulator as a process of its own: started, asked, stopped, killed."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import ssl
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

import pytest

from emulator.server import home
from emulator.server.home import Record
from emulator.server.state_lock import StateLock
from emulator.storage import schema
from emulator.storage.database import Database

_SCRIPT = """
import sys
from pathlib import Path
from emulator.server.process import Options, log_to_stderr, serve
log_to_stderr()
home, state_dir, https_port, http_port = sys.argv[1:]
options = Options(Path(home), Path(state_dir), int(https_port), int(http_port))
serve(options, on_ready=lambda record: print(record.id, flush=True))
print("ended", flush=True)
"""

Start = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start an emulator with its home and state in `tmp_path`; stdout has the id of its record once it is ready."""
    processes: list[subprocess.Popen[str]] = []

    def run(state: str = "state", https_port: int = 0, http_port: int = 0) -> subprocess.Popen[str]:
        arguments = [str(tmp_path / "home"), str(tmp_path / state), str(https_port), str(http_port)]
        processes.append(
            subprocess.Popen(
                [sys.executable, "-c", _SCRIPT, *arguments],
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
        )
        return processes[-1]

    yield run
    for process in processes:
        process.kill()
        process.communicate()


def line(stream: IO[str] | None) -> str:
    assert stream is not None
    return stream.readline().strip()


def ready(process: subprocess.Popen[str], tmp_path: Path) -> Record:
    """The record of an emulator that says it is ready."""
    identity = line(process.stdout)
    assert identity, process.communicate()[1]
    (record,) = (record for record in home.running(tmp_path / "home") if record.id == identity)
    return record


def get(record: Record, path: str, headers: dict[str, str] | None = None) -> tuple[int, bytes]:
    """A request over TLS that trusts the emulator's authority alone."""
    context = ssl.create_default_context(cafile=record.ca)
    connection = http.client.HTTPSConnection("127.0.0.1", record.https_port, context=context, timeout=20)
    connection.request("GET", path, headers=headers or {})
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer.status, body


def get_plain(record: Record, path: str, headers: dict[str, str] | None = None) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", record.http_port, timeout=20)
    connection.request("GET", path, headers=headers or {})
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer.status, body


def test_it_answers_on_both_listeners_when_its_record_is_there(start: Start, tmp_path: Path) -> None:
    record = ready(start(), tmp_path)
    assert get(record, "/_amlet/ready")[0] == 200
    assert get_plain(record, "/_amlet/health")[0] == 200
    assert record.state_dir == str(tmp_path / "state")
    assert (tmp_path / "home" / "emulators" / f"{record.id}.json").stat().st_mode & 0o077 == 0


def test_the_header_in_its_record_opens_a_token_that_opens_the_control_plane(start: Start, tmp_path: Path) -> None:
    record = ready(start(), tmp_path)
    path = f"/msi/token?api-version=2019-08-01&resource={record.origin}"
    status, body = get_plain(record, path, {"X-IDENTITY-HEADER": record.identity_header})
    assert status == 200
    token = json.loads(body)["access_token"]
    workspace = "/subscriptions/s/resourceGroups/g/providers/Microsoft.MachineLearningServices/workspaces/w"
    status, body = get(record, f"{workspace}?api-version=2024-10-01", {"Authorization": f"Bearer {token}"})
    assert (status, json.loads(body)["name"]) == (200, "w")


def test_forwarding_headers_do_not_turn_plain_http_into_https(start: Start, tmp_path: Path) -> None:
    record = ready(start(), tmp_path)
    status, body = get_plain(record, "/_amlet/ready", {"X-Forwarded-Proto": "https"})
    assert (status, json.loads(body)["error"]["code"]) == (403, "HttpsRequired")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_in_order(start: Start, tmp_path: Path, number: signal.Signals) -> None:
    process = start()
    record = ready(process, tmp_path)
    process.send_signal(number)
    output, errors = process.communicate(timeout=30)
    assert (process.returncode, output.strip()) == (0, "ended"), errors
    assert not record.is_running
    assert home.running(tmp_path / "home") == []
    assert sorted(path.name for path in (tmp_path / "state").glob("amlet.db*")) == ["amlet.db"]


def test_stop_waits_until_it_has_ended(start: Start, tmp_path: Path) -> None:
    process = start()
    record = ready(process, tmp_path)
    assert home.stop(record)
    assert process.wait(10) == 0
    assert home.stop(record)


def test_two_emulators_never_share_a_state_directory(start: Start, tmp_path: Path) -> None:
    record = ready(start(), tmp_path)
    second = start()
    _, errors = second.communicate(timeout=30)
    assert second.returncode != 0
    assert f"is in use by an emulator (process {record.pid})" in errors
    assert "--state-dir" in errors
    assert get(record, "/_amlet/ready")[0] == 200


@pytest.mark.parametrize("option", ["--port", "--http-port"])
def test_a_port_in_use_is_named_with_the_option_that_mends_it(start: Start, tmp_path: Path, option: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        process = start(https_port=port) if option == "--port" else start(http_port=port)
        _, errors = process.communicate(timeout=30)
    assert process.returncode != 0
    assert f"port {port} of 127.0.0.1 is in use; choose another one with {option} " in errors
    assert not (tmp_path / "state" / "amlet.db").exists()
    assert home.running(tmp_path / "home") == []


def test_a_state_directory_of_a_newer_version_is_refused(start: Start, tmp_path: Path) -> None:
    (tmp_path / "state").mkdir()
    store = Database.open(tmp_path / "state" / "amlet.db")
    store.write(lambda conn: conn.execute("PRAGMA application_id = 1")).result()
    store.close()
    import sqlite3

    newer = sqlite3.connect(tmp_path / "state" / "amlet.db")
    newer.execute(f"PRAGMA user_version = {schema.VERSION + 1}")
    newer.close()
    process = start()
    _, errors = process.communicate(timeout=30)
    assert process.returncode != 0
    assert "was written by a newer amlet" in errors


def test_after_kill_9_its_record_counts_no_more_and_its_state_can_be_taken_up(start: Start, tmp_path: Path) -> None:
    process = start()
    record = ready(process, tmp_path)
    process.kill()
    process.wait()
    assert not record.is_running
    assert home.running(tmp_path / "home") == []
    again = ready(start(), tmp_path)
    assert again.identity_header == record.identity_header
    assert again.ca == record.ca


def test_emulators_that_start_at_once_share_one_authority(start: Start, tmp_path: Path) -> None:
    processes = [start(f"state{number}") for number in range(3)]
    records = [ready(process, tmp_path) for process in processes]
    assert {get(record, "/_amlet/health")[0] for record in records} == {200}
    assert [path.name for path in (tmp_path / "home").iterdir() if path.name.startswith(".ca")] == []


def test_a_lock_is_gone_with_its_process(tmp_path: Path) -> None:
    lock = StateLock(tmp_path)
    pid = os.fork()
    if pid == 0:
        StateLock(tmp_path).acquire("child")
        os._exit(0)
    os.waitpid(pid, 0)
    lock.acquire("parent")
    assert StateLock(tmp_path).holder() == "parent"
    lock.release()
    assert StateLock(tmp_path).holder() is None
