"""Faults on requests, in process and over real sockets."""

from __future__ import annotations

import http.client
import json
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import httpx
import pytest

from emulator.app import app_of
from emulator.clock import VirtualClock
from emulator.faults.plan import ConnectionBroken
from emulator.services.context import Emulator
from emulator.simulation.time_control import TimeControl
from tests.emulator.conftest import Served

_WORKSPACE = "/subscriptions/s/resourceGroups/g/providers/Microsoft.MachineLearningServices/workspaces/w"
_JOBS = f"{_WORKSPACE}/jobs?api-version=2024-10-01"
_BODY = {"properties": {"jobType": "Command", "command": "true", "environmentId": "azureml:env:1", "computeId": "cpu"}}


@pytest.fixture
def emulator(make_emulator: Callable[..., Emulator]) -> Emulator:
    return make_emulator(auth="any")


@pytest.fixture
def send(emulator: Emulator, ask: Callable[..., httpx.Response]) -> Callable[..., httpx.Response]:
    app = app_of(emulator)
    return lambda method, url, **options: ask(app, method, url, headers={"Authorization": "Bearer t"}, **options)


def test_a_refusal_has_arm_s_envelope_and_headers(emulator: Emulator, send: Callable[..., httpx.Response]) -> None:
    emulator.faults.plan(match="GET jobs", status=429, retry_after=7)
    answer = send("GET", _JOBS)
    assert answer.status_code == 429
    assert answer.headers["retry-after"] == "7"
    assert answer.headers["x-ms-response-type"] == "error"
    assert answer.json()["error"]["code"] == "TooManyRequests"
    assert answer.json()["error"]["message"] == "This is planned: fault-1."
    assert send("GET", _JOBS).status_code == 200


def test_a_refusal_can_be_spelled_out(emulator: Emulator, send: Callable[..., httpx.Response]) -> None:
    emulator.faults.plan(status=409, code="Mine", message="Not now.", headers={"x-mine": "1"})
    emulator.faults.plan(status=502, body="<html>bad gateway</html>")
    emulator.faults.plan(status=200, body={"value": []})
    first, second, third = (send("GET", _JOBS) for _ in range(3))
    assert (first.json()["error"]["code"], first.json()["error"]["message"]) == ("Mine", "Not now.")
    assert first.headers["x-mine"] == "1"
    assert (second.status_code, second.text) == (502, "<html>bad gateway</html>")
    assert (third.status_code, third.json()) == (200, {"value": []})


def test_a_refused_request_is_not_carried_out(emulator: Emulator, send: Callable[..., httpx.Response]) -> None:
    emulator.faults.plan(match="PUT jobs/*", status=503)
    url = _JOBS.replace("jobs", "jobs/one")
    assert send("PUT", url, json=_BODY).status_code == 503
    assert send("GET", url).status_code == 404


def test_control_never_fails(emulator: Emulator, send: Callable[..., httpx.Response]) -> None:
    emulator.faults.plan(status=503, times=None)
    assert send("GET", "/_amlet/ready").status_code == 200
    assert send("GET", _JOBS).status_code == 503


def test_in_process_a_broken_connection_is_an_exception(
    emulator: Emulator, send: Callable[..., httpx.Response], caplog: pytest.LogCaptureFixture
) -> None:
    emulator.faults.plan(reset=True)
    emulator.faults.plan(truncate=3)
    for _ in range(2):
        with pytest.raises(ConnectionBroken):
            send("GET", _JOBS)
    assert not caplog.records
    assert [entry.fault for entry in emulator.journal.entries] == ["fault-1", "fault-2"]


def test_latency_moves_a_virtual_clock_on(
    make_emulator: Callable[..., Emulator], ask: Callable[..., httpx.Response]
) -> None:
    clock = VirtualClock(1000.0)
    emulator = replace(make_emulator(auth="any"), clock=clock, time=TimeControl(clock))
    emulator.faults.plan(latency=3600)
    answer = ask(app_of(emulator), "GET", _JOBS, headers={"Authorization": "Bearer t"})
    assert answer.status_code == 200
    assert clock.now() == 4600.0
    assert answer.headers["date"] == "Thu, 01 Jan 1970 01:16:40 GMT"


@pytest.fixture
def served(emulator: Emulator, serve_tls: Callable[..., Served]) -> Served:
    return serve_tls(lambda origin: app_of(emulator))


@pytest.fixture
def connect(served: Served) -> Iterator[Callable[[], http.client.HTTPSConnection]]:
    """Connections over TLS, closed in the end."""
    made: list[http.client.HTTPSConnection] = []
    context = ssl.create_default_context(cafile=served.ca)

    def make() -> http.client.HTTPSConnection:
        made.append(http.client.HTTPSConnection(served.origin.removeprefix("https://"), context=context, timeout=20))
        return made[-1]

    yield make
    for connection in made:
        connection.close()


def over(connection: http.client.HTTPSConnection, method: str, url: str, body: str | None = None) -> Any:
    connection.request(method, url, body, {"Authorization": "Bearer t"})
    return connection.getresponse()


def test_over_a_socket_a_reset_comes_before_the_request_is_carried_out(
    emulator: Emulator, connect: Callable[[], http.client.HTTPSConnection]
) -> None:
    emulator.faults.plan(match="PUT jobs/*", reset="before")
    url = _JOBS.replace("jobs", "jobs/one")
    with pytest.raises(ConnectionResetError):
        over(connect(), "PUT", url, json.dumps(_BODY))
    assert over(connect(), "GET", url).status == 404


def test_over_a_socket_a_reset_can_come_in_the_place_of_the_answer(
    emulator: Emulator, connect: Callable[[], http.client.HTTPSConnection]
) -> None:
    emulator.faults.plan(match="PUT jobs/*", reset="after")
    url = _JOBS.replace("jobs", "jobs/one")
    with pytest.raises(ConnectionResetError):
        over(connect(), "PUT", url, json.dumps(_BODY))
    assert over(connect(), "GET", url).status == 200


def test_over_a_socket_a_body_can_end_early(
    emulator: Emulator, connect: Callable[[], http.client.HTTPSConnection]
) -> None:
    emulator.faults.plan(match="jobs", truncate=5)
    answer = over(connect(), "GET", _JOBS)
    with pytest.raises(http.client.IncompleteRead) as raised:
        answer.read()
    assert raised.value.partial == b'{"val'
    assert over(connect(), "GET", _JOBS).read() == b'{"value":[]}'


def test_a_fault_of_one_connection_leaves_others_alone(
    emulator: Emulator, connect: Callable[[], http.client.HTTPSConnection]
) -> None:
    emulator.faults.plan(match="GET jobs/slow", latency=0.2)
    one, other = connect(), connect()
    answers: list[int] = []
    slow = _JOBS.replace("jobs", "jobs/slow")
    thread = threading.Thread(target=lambda: answers.append(over(one, "GET", slow).status))
    thread.start()
    assert over(other, "GET", _JOBS).status == 200
    thread.join()
    assert answers == [404]
