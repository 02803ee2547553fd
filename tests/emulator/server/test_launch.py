from __future__ import annotations

import os
import socket
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from amlet._guard import command_line
from emulator.server import home
from emulator.server.home import Record
from emulator.server.launch import LaunchFailed, start_detached


@pytest.fixture
def launched(tmp_path: Path) -> Iterator[Record]:
    record = start_detached(command_line(), tmp_path, tmp_path / "state")
    yield record
    assert home.stop(record)


def test_it_answers_as_soon_as_it_is_launched(launched: Record, tmp_path: Path) -> None:
    with urllib.request.urlopen(f"{launched.http_origin}/_amlet/health", timeout=20) as answer:
        assert answer.status == 200
    assert home.find(tmp_path) == launched


def test_it_is_in_a_session_of_its_own(launched: Record) -> None:
    assert os.getsid(launched.pid) == launched.pid != os.getsid(0)


def test_what_kept_it_from_starting_is_told(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        with pytest.raises(LaunchFailed, match=f"port {port} of 127.0.0.1 is in use") as failed:
            start_detached(command_line(), tmp_path, tmp_path / "state", ["--port", port])
    assert failed.value.exit_code == 5
    assert "amlet: " not in str(failed.value)
