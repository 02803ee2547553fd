from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from emulator.app import app_of
from emulator.services.context import Emulator
from tests.emulator.api.control.conftest import START, Send, put_sweep, status_of


def move(send: Send, **change: Any) -> dict[str, Any]:
    answer = send("POST", "/_amlet/clock", json=change)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_it_tells_the_time(send: Send) -> None:
    assert send("GET", "/_amlet/clock").json() == {
        "now": START,
        "at": "2026-01-01T00:00:00.0000000+00:00",
        "clock": "virtual",
        "frozen": True,
        "passed": 0.0,
    }


def test_a_sweep_s_timeout_of_two_hours_is_reached_without_waiting(send: Send) -> None:
    put_sweep(send, timeout="PT2H", maxTotalTrials=10, maxConcurrentTrials=1)
    assert move(send, advance=7199)["now"] == START + 7199
    assert status_of(send) == "Running"
    move(send, advance=1)
    assert status_of(send) in {"Canceled", "Completed"}


def test_time_runs_until_nothing_is_left_to_happen(send: Send) -> None:
    put_sweep(send)
    assert move(send, settle=True)["passed"] == 3600.0
    assert status_of(send) == "Completed"


def test_it_runs_no_further_than_its_limit(send: Send) -> None:
    put_sweep(send)
    assert move(send, settle=True, limit=100)["passed"] <= 100
    assert status_of(send) == "Running"


def test_set_free_it_runs_when_somebody_looks(send: Send) -> None:
    put_sweep(send)
    assert move(send, frozen=False)["frozen"] is False
    assert status_of(send) == "Completed"


def test_the_date_and_the_life_of_tokens_follow_it(emulator: Emulator, send: Send, ask: Callable[..., Any]) -> None:
    assert send("GET", "/metadata/endpoints").headers["date"] == "Thu, 01 Jan 2026 00:00:00 GMT"
    move(send, advance=3601)
    for path in ("/metadata/endpoints", "/_amlet/clock", "/_amlet/health"):
        assert send("GET", path).headers.get_list("date") == ["Thu, 01 Jan 2026 01:00:01 GMT"]


def test_a_token_expires_by_it(make_emulator: Callable[..., Emulator], ask: Callable[..., httpx.Response]) -> None:
    from dataclasses import replace

    from amlet.testing.emulator_instance import signing_key
    from emulator.clock import VirtualClock
    from emulator.identity.tokens import TokenAuthority
    from emulator.simulation.time_control import TimeControl

    clock = VirtualClock(START)
    tokens = TokenAuthority(signing_key(), origin="https://127.0.0.1:8443", clock=clock)
    emulator = replace(make_emulator(), clock=clock, tokens=tokens, time=TimeControl(clock))
    headers = {"Authorization": f"Bearer {tokens.issue('https://management.azure.com')}"}
    app = app_of(emulator)
    assert ask(app, "GET", "/_amlet/clock", headers=headers).status_code == 200
    assert ask(app, "POST", "/_amlet/clock", headers=headers, json={"advance": 3601}).status_code == 200
    answer = ask(app, "GET", "/_amlet/clock", headers=headers)
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "ExpiredAuthenticationToken")


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({}, "body: nothing would happen; give one of frozen, advance or settle"),
        ({"advance": -1}, "advance: -1 is not what is expected here: 0 or more"),
        ({"advanse": 1}, "advanse: unknown key; did you mean 'advance'?"),
        ({"advance": "soon"}, "advance: 'soon' is not what is expected here: a number"),
    ],
)
def test_what_cannot_be_is_refused_with_key_and_remedy(send: Send, body: dict[str, Any], message: str) -> None:
    answer = send("POST", "/_amlet/clock", json=body)
    assert answer.status_code == 400
    assert answer.json()["error"]["message"].startswith(message)


def test_the_clock_of_this_machine_cannot_be_moved(
    make_emulator: Callable[..., Emulator], ask: Callable[..., httpx.Response]
) -> None:
    app, headers = app_of(make_emulator(auth="any")), {"Authorization": "Bearer t"}
    answer = ask(app, "POST", "/_amlet/clock", headers=headers, json={"advance": 1})
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "RealClock")
    assert "--clock virtual" in answer.json()["error"]["message"]
    assert ask(app, "GET", "/_amlet/clock", headers=headers).json()["clock"] == "real"
