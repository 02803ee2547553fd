"""The metric logger against a real server on this machine."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from types import SimpleNamespace
from typing import Any

import pytest

from gateway import tracking

WORKSPACE = "/mlflow/v1.0/subscriptions/s/resourceGroups/g/providers/Microsoft.MachineLearningServices/workspaces/w"


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[SimpleNamespace]:
    """A tracking server that answers what `answers` says (200 when empty) and remembers what came."""
    seen = SimpleNamespace(calls=[], tokens=set(), clients=set(), answers=[], drop=False)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            seen.calls.append((self.path.removeprefix(WORKSPACE + "/api/2.0/mlflow/"), body))
            seen.tokens.add(self.headers["Authorization"])
            seen.clients.add(self.client_address)
            status = seen.answers.pop(0) if seen.answers else 200
            text = b"{}" if status == 200 else b'{"error_code": "INVALID", "message": "the text of the refusal"}'
            self.send_response(status)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)
            self.close_connection = seen.drop

        def log_message(self, *args: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as httpd:
        Thread(target=httpd.serve_forever, args=(0.01,), daemon=True).start()
        monkeypatch.setenv("MLFLOW_TRACKING_URI", f"http://127.0.0.1:{httpd.server_port}{WORKSPACE}")
        monkeypatch.setenv("MLFLOW_TRACKING_TOKEN", "secret")
        monkeypatch.setenv("MLFLOW_RUN_ID", "sweep_3")
        yield seen
        tracking.close()
        httpd.shutdown()


def test_a_metric_arrives_with_run_step_and_time(server: SimpleNamespace) -> None:
    tracking.log_metric("loss", 0.25, step=7)
    [(endpoint, body)] = server.calls
    assert endpoint == "runs/log-metric"
    assert body.pop("timestamp") > 1_600_000_000_000
    assert body == {"run_id": "sweep_3", "run_uuid": "sweep_3", "key": "loss", "value": 0.25, "step": 7}
    assert server.tokens == {"Bearer secret"}


def test_calls_share_one_connection(server: SimpleNamespace) -> None:
    for step in range(5):
        tracking.log_metric("loss", step, step)
    assert len(server.clients) == 1


def test_a_connection_closed_by_the_server_is_opened_again(server: SimpleNamespace) -> None:
    server.drop = True
    tracking.log_metric("loss", 1)
    tracking.log_metric("loss", 2)
    assert [body["value"] for _, body in server.calls] == [1, 2]


def test_several_metrics_go_in_one_request(server: SimpleNamespace) -> None:
    tracking.log_metrics({"loss": 1, "accuracy": 0.5}, step=2)
    [(endpoint, body)] = server.calls
    assert endpoint == "runs/log-batch"
    assert [(point["key"], point["value"], point["step"]) for point in body["metrics"]] == [
        ("loss", 1, 2),
        ("accuracy", 0.5, 2),
    ]


def test_parameters_and_tags_are_text(server: SimpleNamespace) -> None:
    tracking.log_param("depth", 3)
    tracking.set_tag("phase", None)
    assert [(endpoint, body["key"], body["value"]) for endpoint, body in server.calls] == [
        ("runs/log-parameter", "depth", "3"),
        ("runs/set-tag", "phase", "None"),
    ]


@pytest.mark.parametrize(
    ("value", "written"),
    [(float("nan"), "NaN"), (float("inf"), "Infinity"), (float("-inf"), "-Infinity"), (True, 1.0), ("0.5", 0.5)],
)
def test_numbers_are_written_as_mlflow_reads_them(server: SimpleNamespace, value: Any, written: object) -> None:
    tracking.log_metric("loss", value)
    assert server.calls[0][1]["value"] == written


def test_a_busy_server_is_asked_again(server: SimpleNamespace) -> None:
    server.answers = [503]
    tracking.log_metric("loss", 1)
    assert len(server.calls) == 2


def test_a_refusal_is_raised_with_the_servers_text(server: SimpleNamespace) -> None:
    server.answers = [400]
    with pytest.raises(tracking.TrackingError, match=r"run sweep_3: .* 400: .*the text of the refusal"):
        tracking.log_metric("loss", 1)
    assert len(server.calls) == 1


def test_outside_a_run_the_error_says_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    monkeypatch.delenv("MLFLOW_RUN_ID", raising=False)
    with pytest.raises(tracking.NotInRun, match=r"MLFLOW_TRACKING_URI and MLFLOW_RUN_ID not set.*amlet job create"):
        tracking.log_metric("loss", 1)


def test_a_file_store_is_no_tracking_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "file:///mlruns")
    monkeypatch.setenv("MLFLOW_RUN_ID", "r")
    with pytest.raises(tracking.NotInRun, match="file:///mlruns"):
        tracking.log_metric("loss", 1)


def test_an_azureml_address_is_asked_over_https(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "azureml://127.0.0.1:9/mlflow/v1.0/w")
    monkeypatch.setenv("MLFLOW_RUN_ID", "r")
    monkeypatch.setattr(tracking, "_TRIES", 1)
    with pytest.raises(tracking.TrackingError, match=r"no answer from https://127\.0\.0\.1:9"):
        tracking.log_metric("loss", 1)


def test_importing_it_loads_nothing_heavy() -> None:
    code = (
        "import sys, gateway.tracking;"
        "print({'pydantic', 'httpx', 'http.client', 'asyncio', 'ssl', 'yaml', 'azure'} & set(sys.modules))"
    )
    assert subprocess.check_output([sys.executable, "-c", code], text=True).strip() == "set()"
