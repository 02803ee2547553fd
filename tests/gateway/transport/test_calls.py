"""Retries, tokens, errors, pages and long-running operations, against a scripted transport."""

from __future__ import annotations

import json
from threading import Event

import azure.core.exceptions
import pytest

from gateway.transport import http_errors
from gateway.transport.calls import read_json, read_page, send
from gateway.transport.long_running import begin, poll
from gateway.transport.messages import ConnectionFault, Request, Response
from gateway.transport.steps import Steps, together
from gateway.transport.trust import UntrustedHost

HOST = "https://management.azure.com"
JOB = Request("GET", f"{HOST}/jobs/j", audience=HOST)
OK = Response(200, {}, b'{"name": "j"}')


def refusal(status: int, code: str = "UserError", **headers: str) -> Response:
    body = {"error": {"code": code, "message": "No."}}
    return Response(status, {name.replace("_", "-"): text for name, text in headers.items()}, json.dumps(body).encode())


def test_the_token_and_a_correlation_id_go_along(answering) -> None:
    on = answering(OK)
    assert on.session.run(read_json(JOB)) == {"name": "j"}
    asked = on.script.asked[0]
    assert asked.headers["Authorization"] == "Bearer token-1"
    assert asked.headers["x-ms-client-request-id"]
    assert on.credential.calls == [(f"{HOST}/.default", {})]


def test_one_token_serves_many_calls(answering) -> None:
    on = answering(OK, OK)
    on.session.run(read_json(JOB))
    on.session.run(read_json(JOB))
    assert len(on.credential.calls) == 1


def test_throttling_is_waited_out_for_as_long_as_the_service_asks(answering) -> None:
    on = answering(refusal(429, retry_after="7"), refusal(503, x_ms_retry_after_ms="1500"), OK)
    on.session.run(read_json(JOB))
    assert on.waits == [7.0, 1.5]


def test_a_service_that_asks_for_more_time_than_there_is_is_given_up_and_quoted(answering) -> None:
    on = answering(refusal(429, retry_after="3600"))
    with pytest.raises(http_errors.HttpResponseError) as raised:
        on.session.run(read_json(JOB))
    assert on.waits == []
    assert raised.value.hint == "the service asks to wait 3600 s; repeat it then"


def test_what_the_service_asks_for_is_not_cut_short(answering) -> None:
    on = answering(refusal(429, retry_after="120"), OK)
    on.session.run(read_json(JOB))
    assert on.waits == [120.0]


def test_a_date_to_wait_for_is_read_by_the_service_s_own_clock(answering) -> None:
    date, later = "Wed, 02 Jan 2030 03:04:05 GMT", "Wed, 02 Jan 2030 03:04:35 GMT"
    on = answering(refusal(503, retry_after=later, date=date), OK)
    on.session.run(read_json(JOB))
    assert on.waits == [30.0]


def test_server_errors_are_retried_with_growing_jittered_pauses(answering) -> None:
    on = answering(refusal(500), refusal(502), OK)
    on.session.run(read_json(JOB))
    assert 0.25 <= on.waits[0] <= 0.5 <= on.waits[1] <= 1.0


def test_a_post_is_not_repeated_after_a_server_error(answering) -> None:
    on = answering(refusal(500))
    with pytest.raises(http_errors.HttpResponseError):
        on.session.run(send(Request("POST", f"{HOST}/x", audience=HOST)))
    assert len(on.script.asked) == 1


def test_a_post_is_repeated_when_it_never_left(answering) -> None:
    on = answering(ConnectionFault("refused", sent=False), OK)
    on.session.run(send(Request("POST", f"{HOST}/x", audience=HOST)))
    assert len(on.script.asked) == 2


def test_a_post_that_may_have_arrived_is_not_repeated(answering) -> None:
    on = answering(ConnectionFault("reset", sent=True))
    with pytest.raises(
        azure.core.exceptions.ServiceRequestError, match=r"no answer from https://management\.azure\.com/x"
    ):
        on.session.run(send(Request("POST", f"{HOST}/x", audience=HOST)))


def test_a_host_that_stays_silent_is_given_up(answering) -> None:
    on = answering(*[ConnectionFault("refused", sent=False)] * 5)
    with pytest.raises(http_errors.ServiceRequestError):
        on.session.run(send(JOB))
    assert len(on.script.asked) == 5


def test_a_401_renews_the_token_once_with_the_claims_of_the_challenge(answering) -> None:
    on = answering(refusal(401, www_authenticate='Bearer error="insufficient_claims", claims="eyJ4In0="'), OK)
    on.session.run(read_json(JOB))
    assert on.credential.calls[1] == (f"{HOST}/.default", {"claims": '{"x"}'})
    assert on.script.asked[1].headers["Authorization"] == "Bearer token-2"


def test_a_second_401_is_an_authentication_error(answering) -> None:
    on = answering(refusal(401), refusal(401, "InvalidAuthenticationToken"))
    with pytest.raises(azure.core.exceptions.ClientAuthenticationError, match=r"\(InvalidAuthenticationToken\) No\."):
        on.session.run(read_json(JOB))


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (404, "ResourceNotFoundError"),
        (409, "ResourceExistsError"),
        (400, "HttpResponseError"),
        (403, "HttpResponseError"),
    ],
)
def test_refusals_are_our_errors_and_azure_cores(answering, status: int, kind: str) -> None:
    on = answering(refusal(status, x_ms_request_id="r-1"))
    with pytest.raises(getattr(http_errors, kind)) as raised:
        on.session.run(read_json(JOB))
    assert isinstance(raised.value, getattr(azure.core.exceptions, kind))
    assert str(raised.value) == "(UserError) No.\nCode: UserError\nMessage: No."
    assert (raised.value.status_code, raised.value.request_id) == (status, "r-1")


def test_an_answer_that_is_no_json_is_quoted(answering) -> None:
    on = answering(Response(200, {}, b"<html>proxy login</html>"))
    with pytest.raises(http_errors.HttpResponseError, match="<html>proxy login"):
        on.session.run(read_json(JOB))


def test_tokens_go_to_no_foreign_host(answering) -> None:
    on = answering(OK)
    with pytest.raises(UntrustedHost, match=r"no token is sent to evil\.example"):
        on.session.run(read_json(Request("GET", "https://evil.example/jobs", audience=HOST)))
    assert on.script.asked == []


def test_tokens_do_not_travel_in_the_open(answering) -> None:
    on = answering(OK)
    on.session.trust("http://10.0.0.1:80")
    with pytest.raises(UntrustedHost, match="plain http"):
        on.session.run(read_json(Request("GET", "http://10.0.0.1:80/jobs", audience=HOST)))


def test_loopback_may_be_plain(answering) -> None:
    on = answering(OK)
    on.session.trust("http://127.0.0.1:8480")
    assert on.session.run(read_json(Request("GET", "http://127.0.0.1:8480/jobs", audience=HOST)))


def test_pages_are_followed_on_the_same_host_only(answering) -> None:
    page = {"value": [1], "nextLink": f"{HOST}/jobs?$skip=1"}
    on = answering(Response(200, {}, json.dumps(page).encode()))
    first = on.session.run(read_page(JOB))
    assert list(first) == [1]
    assert first.following is not None
    assert first.following.url == f"{HOST}/jobs?$skip=1"

    page["nextLink"] = "https://evil.example/jobs"
    on = answering(Response(200, {}, json.dumps(page).encode()))
    with pytest.raises(UntrustedHost, match="another host"):
        on.session.run(read_page(JOB))


def test_a_long_running_operation_is_polled_at_its_location(answering) -> None:
    on = answering(
        Response(202, {"location": f"{HOST}/results/1", "retry-after": "1"}, b"null"), Response(202), Response(200)
    )
    operation = on.session.run(begin(Request("POST", f"{HOST}/cancel", audience=HOST)))
    assert (operation.done, operation.pause) == (False, 1.0)
    operation = on.session.run(poll(operation))
    assert not operation.done
    assert on.session.run(poll(operation)).done
    assert [request.url for request in on.script.asked[1:]] == [f"{HOST}/results/1"] * 2


def test_an_answer_of_200_ends_a_long_running_operation_at_once(answering) -> None:
    assert answering(Response(200)).session.run(begin(Request("POST", f"{HOST}/cancel", audience=HOST))).done


def test_operations_run_at_once_give_their_results_in_order(answering) -> None:
    def number(value: int) -> Steps[int]:
        yield from ()
        return value

    assert answering().session.run(together([number(n) for n in range(40)])) == list(range(40))


def test_when_one_operation_fails_those_that_have_not_begun_stay_undone(answering) -> None:
    begun: list[int] = []
    never = Event()

    def number(value: int) -> Steps[int]:
        yield from ()
        begun.append(value)
        if value == 0:
            raise KeyError("zero")
        never.wait(0.2)
        return value

    with pytest.raises(KeyError, match="zero"):
        answering().session.run(together([number(n) for n in range(200)]))
    assert len(begun) < 200


@pytest.mark.parametrize(
    "answer",
    [Response(403, {}, b"<no json>"), Response(200, {}, b"<no json>"), ConnectionFault("reset", sent=True)],
)
def test_no_message_holds_a_signature_or_a_token(answering, answer: Response | ConnectionFault) -> None:
    on = answering(answer)
    request = Request("POST", f"{HOST}/box/blob?sig=SECRET", headers={"Authorization": "SECRET"}, body=b"SECRET")
    with pytest.raises(azure.core.exceptions.AzureError) as raised:
        on.session.run(read_json(request))
    assert f"{HOST}/box/blob" in str(raised.value)
    assert "SECRET" not in f"{raised.value} {request!r}"
