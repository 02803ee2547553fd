"""The suite's trial does as a command what `play` says of it."""

from __future__ import annotations

import json
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from contracts.suite.trial import COMMAND, OUTPUT, play


class Tracking(ThreadingHTTPServer):
    """Keeps what is logged."""

    logged: list[dict[str, Any]]


class Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        content = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.logged.append(json.loads(content))  # type: ignore[attr-defined]
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *arguments: Any) -> None:
        """Say nothing."""


@pytest.fixture
def tracking() -> Iterator[Tracking]:
    with Tracking(("127.0.0.1", 0), Handler) as server:
        server.logged = []
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("text", ["0.5", "0.5,0.7,x3", "x4", "0.1,w0.01,0.2", ""])
def test_the_command_logs_and_ends_as_played(tmp_path: Path, tracking: Tracking, text: str) -> None:
    environ = {
        "PATH": "/usr/bin:/bin",
        "NO_PROXY": "127.0.0.1",
        "MLFLOW_TRACKING_URI": f"http://127.0.0.1:{tracking.server_port}",
        "MLFLOW_TRACKING_TOKEN": "t",
        "MLFLOW_RUN_ID": "run",
    }
    import sys

    command = COMMAND.replace("${{search_space.play}}", text).replace("python ", f"{sys.executable} ", 1)
    done = subprocess.run(["bash", "-c", command], cwd=tmp_path, env=environ, capture_output=True, check=False)
    expected = play({"play": text})
    assert done.returncode == expected.exit_code, done.stderr
    logged = [(point["step"], point["value"]) for point in tracking.logged]
    assert logged == [(step, value) for step, (_, value) in enumerate(expected.points)]
    assert (tmp_path / "outputs" / OUTPUT).read_text() == text


def test_a_wait_lasts() -> None:
    assert play({"play": "0.5,w60"}).duration == 61.0


def test_without_the_parameter_nothing_is_done() -> None:
    assert (play({"lr": 1}).points, play({"lr": 1}).exit_code) == ((), 0)
