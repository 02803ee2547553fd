"""Long-running operations: by status code at a location, by status document, and waiting for them."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from gateway.aio.poller import AsyncPoller
from gateway.operations.poller import Poller
from gateway.transport.async_session import AsyncSession
from gateway.transport.http_errors import HttpResponseError
from gateway.transport.long_running import POLL_SECONDS, begin, poll, until_done
from gateway.transport.messages import Request, Response
from gateway.transport.trust import UntrustedHost
from tests.gateway.transport.conftest import HOST, Script

START = Request("POST", f"{HOST}/jobs/j/cancel", audience=HOST)
ACCEPTED = Response(202, {"location": f"{HOST}/results/1", "retry-after": "3"}, b"null")


def status(text: str, **more: Any) -> Response:
    return Response(200, {}, json.dumps({"status": text, **more}).encode())


@pytest.mark.parametrize("code", [200, 201, 204])
def test_an_answer_without_a_place_to_look_is_the_end(answering, code: int) -> None:
    assert answering(Response(code)).session.run(begin(START)).done


def test_a_location_answers_202_until_it_is_over(answering) -> None:
    on = answering(ACCEPTED, Response(202), Response(202, {"location": "/results/2"}), Response(200))
    operation = on.session.run(begin(START))
    assert (operation.done, operation.pause) == (False, 3.0)
    operation = on.session.run(until_done(operation))
    assert operation.done
    assert on.waits == [3.0, POLL_SECONDS, POLL_SECONDS]
    assert [asked.url.removeprefix(HOST) for asked in on.script.asked[1:]] == ["/results/1", "/results/1", "/results/2"]


@pytest.mark.parametrize("code", [200, 201, 202])
@pytest.mark.parametrize("header", ["azure-asyncoperation", "operation-location"])
def test_a_status_document_says_when_it_is_over(answering, header: str, code: int) -> None:
    begun = Response(code, {header: f"{HOST}/operations/1", "location": f"{HOST}/results/1"})
    on = answering(begun, status("InProgress"), status("Running"), status("Succeeded"))
    operation = on.session.run(begin(START))
    assert not operation.done
    assert on.session.run(until_done(operation)).done
    assert {asked.url for asked in on.script.asked[1:]} == {f"{HOST}/operations/1"}


@pytest.mark.parametrize("ended", ["Failed", "Canceled"])
def test_an_operation_that_fails_says_why(answering, ended: str) -> None:
    begun = Response(202, {"azure-asyncoperation": f"{HOST}/operations/1"})
    on = answering(begun, status(ended, error={"code": "QuotaExceeded", "message": "no cores left"}))
    with pytest.raises(HttpResponseError, match=r"\(QuotaExceeded\) no cores left") as raised:
        on.session.run(poll(on.session.run(begin(START))))
    assert "quota" in (raised.value.hint or "")


def test_an_operation_that_fails_without_a_reason_is_an_error_all_the_same(answering) -> None:
    begun = Response(202, {"azure-asyncoperation": f"{HOST}/operations/1"})
    on = answering(begun, status("Failed"))
    with pytest.raises(HttpResponseError, match="OperationFailed"):
        on.session.run(poll(on.session.run(begin(START))))


def test_a_place_on_another_host_is_not_looked_at(answering) -> None:
    on = answering(Response(202, {"location": "https://evil.example/results/1"}))
    operation = on.session.run(begin(START))
    with pytest.raises(UntrustedHost):
        on.session.run(poll(operation))
    assert len(on.script.asked) == 1


def test_waiting_ends_at_the_timeout(answering) -> None:
    on = answering(ACCEPTED, *[Response(202, {"retry-after": "3"})] * 3)
    poller = Poller(on.session.run(begin(START)), on.session.run)
    with pytest.raises(TimeoutError, match="7 seconds; it goes on without us"):
        poller.result(timeout=7)
    assert on.waits == [3.0, 3.0, 1.0]
    assert poller.status() == "InProgress"


def test_a_poller_waits_for_the_result(answering) -> None:
    on = answering(ACCEPTED, Response(202), Response(200))
    poller = Poller(on.session.run(begin(START)), on.session.run)
    poller.result()
    assert (poller.done(), poller.status()) == (True, "Succeeded")


def test_an_asynchronous_poller_does_the_same(answering) -> None:
    async def wait() -> tuple[bool, str]:
        script = Script([ACCEPTED, Response(202), Response(200)])
        script.sleep = lambda seconds: None  # type: ignore[attr-defined]
        session = AsyncSession(script, answering().credential)
        session.trust(HOST)
        poller = AsyncPoller(await session.run(begin(START)), session)
        await poller.result(timeout=60)
        return poller.done(), poller.status()

    assert asyncio.run(wait()) == (True, "Succeeded")
