"""What a session tells of its requests."""

from __future__ import annotations

import logging

import pytest

from gateway.transport.calls import read_json
from gateway.transport.events import Exchanged
from gateway.transport.http_errors import ServiceRequestError
from gateway.transport.messages import ConnectionFault, Request, Response
from tests.gateway.transport.conftest import HOST

ASKED = Request("GET", f"{HOST}/jobs/j?sig=SECRET", params={"code": "SECRET"}, audience=HOST)


def test_every_exchange_is_told_with_its_ids(answering) -> None:
    on = answering(Response(503, {"x-ms-request-id": "r-1"}), Response(200, {"x-ms-request-id": "r-2"}, b"{}"))
    told: list[Exchanged] = []
    on.session.on_exchange = told.append
    on.session.run(read_json(ASKED))
    assert [(event.method, event.address, event.status, event.request_id) for event in told] == [
        ("GET", f"{HOST}/jobs/j", 503, "r-1"),
        ("GET", f"{HOST}/jobs/j", 200, "r-2"),
    ]
    assert told[0].correlation_id == told[1].correlation_id == on.script.asked[0].headers["x-ms-client-request-id"]


def test_a_connection_that_broke_is_told_too(answering) -> None:
    on = answering(ConnectionFault("reset", sent=True), Response(200, {}, b"{}"))
    told: list[Exchanged] = []
    on.session.on_exchange = told.append
    on.session.run(read_json(ASKED))
    assert (told[0].status, told[0].fault) == (None, "reset")


def test_the_log_has_exchanges_and_pauses_and_no_secret(answering, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "gateway.transport")
    on = answering(Response(429, {"retry-after": "7"}), *[ConnectionFault("reset", sent=True)] * 4)
    with pytest.raises(ServiceRequestError):
        on.session.run(read_json(ASKED))
    assert f"GET {HOST}/jobs/j -> 429 in " in caplog.text
    assert f"{HOST}/jobs/j answered 429; the next try is in 7.0 s" in caplog.text
    assert "-> reset in " in caplog.text
    assert not [secret for secret in ("SECRET", "token-1", "Bearer") if secret in caplog.text]


def test_only_a_long_pause_is_worth_a_warning(answering, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING, "gateway.transport")
    on = answering(Response(429, {"retry-after": "1"}), Response(429, {"retry-after": "30"}), Response(200, {}, b"{}"))
    on.session.run(read_json(ASKED))
    assert [record.getMessage() for record in caplog.records] == [
        f"{HOST}/jobs/j answered 429; the next try is in 30.0 s"
    ]
