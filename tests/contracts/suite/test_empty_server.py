"""A suite that a server of nothing passes is worth nothing."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from contracts.suite.scenario import rules_of
from contracts.suite.scenarios import ALL

_MODULE = """
import pytest
from contracts.suite.scenarios import ALL
from contracts.suite.target import Feature, Response, Surroundings

class Empty:
    workspace = "/subscriptions/s/resourceGroups/g/providers/Microsoft.MachineLearningServices/workspaces/w"
    surroundings = Surroundings(workspace, features=frozenset({Feature.PROCESSES, Feature.LONG_WAITS}))

    def send(self, request):
        return Response(200, {"content-type": "application/json"}, b"{}")

    def pause(self, seconds):
        pass

@pytest.fixture
def target():
    return Empty()

globals().update({f"Test{one.__name__}": type(f"Test{one.__name__}", (one,), {}) for one in ALL})
"""


def test_a_server_that_answers_200_and_an_empty_object_to_everything_fails_every_scenario(
    tmp_path: Path, run_pytest: Callable[..., Any]
) -> None:
    (tmp_path / "test_empty.py").write_text(_MODULE)
    outcomes, output = run_pytest("test_empty.py")
    scenarios = {f"Test{one.__name__}::{name}" for one in ALL for name, _ in rules_of(one)}
    assert outcomes.keys() == scenarios, output[-2000:]
    assert {name for name, outcome in outcomes.items() if outcome not in ("FAILED", "ERROR")} == set()


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def do_PUT(self) -> None:
        self.do_GET()

    def do_POST(self) -> None:
        self.do_GET()

    def log_message(self, *arguments: Any) -> None:
        """Say nothing."""


@pytest.fixture
def origin() -> Iterator[str]:
    """The origin of a server that answers 200 and an empty object."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_so_does_a_server_that_is_named_by_its_address(origin: str, run_pytest: Callable[..., Any]) -> None:
    outcomes, output = run_pytest("--pyargs", "amlet.testing.suite", f"--target=url:{origin}", "-k", "Listing or Refus")
    assert len(outcomes) > 20, output[-2000:]
    assert set(outcomes.values()) <= {"FAILED", "ERROR"}, output[-2000:]


def test_an_address_that_is_none_is_refused(run_pytest: Callable[..., Any]) -> None:
    _, output = run_pytest("--pyargs", "amlet.testing.suite", "--target=url:127.0.0.1")
    assert "'127.0.0.1' is not an origin: expected url:https://HOST:PORT" in output
