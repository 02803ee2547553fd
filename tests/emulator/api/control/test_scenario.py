"""Scenarios, set over the wire."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from contracts.lifecycle import JobStatus
from emulator.app import app_of
from emulator.services.context import Emulator
from emulator.storage import events, jobs, metrics
from tests.emulator.api.control.conftest import START, WORKSPACE, Send, job_url, put_sweep, status_of


def play(send: Send, *trials: dict[str, Any], requests: tuple[dict[str, Any], ...] = ()) -> None:
    answer = send("PUT", "/_amlet/scenario", json={"trials": list(trials), "requests": list(requests)})
    assert answer.status_code == 200, answer.text


def settle(send: Send, **options: Any) -> None:
    assert send("POST", "/_amlet/clock", json={"settle": True, **options}).status_code == 200


def trial(emulator: Emulator, name: str) -> jobs.Job:
    found = jobs.find(emulator.store.reader(), WORKSPACE, name)
    assert found is not None
    return found


def went_through(emulator: Emulator, name: str) -> list[tuple[JobStatus, float]]:
    found = events.history(emulator.store.reader(), trial(emulator, name).id)
    return [(event.status, event.at - START) for event in found]


def test_trials_log_take_their_time_and_fail_as_scripted(emulator: Emulator, send: Send) -> None:
    play(
        send,
        {"match": {"trial": 0}, "metrics": {"accuracy": [0.1, 0.9], "loss": [3, 1]}, "duration": 120},
        {"match": {"trial": 1}, "exit_code": 3, "duration": 30},
    )
    put_sweep(send)
    settle(send)
    good, bad = trial(emulator, "one_0"), trial(emulator, "one_1")
    assert (good.status, bad.status) == (JobStatus.COMPLETED, JobStatus.FAILED)
    assert (good.ended, bad.ended) == (START + 120, START + 30)
    assert bad.error is not None
    assert bad.error["exitCode"] == 3
    conn = emulator.store.reader()
    for name, values in (("accuracy", [0.1, 0.9]), ("loss", [3.0, 1.0])):
        assert [point.value for _, point in metrics.history(conn, good.id, name)] == values


def test_a_trial_hangs_until_its_sweep_times_out(emulator: Emulator, send: Send) -> None:
    play(send, {"match": {"trial": 0}, "hang": True}, {"duration": 60})
    put_sweep(send, timeout="PT2H")
    settle(send)
    assert trial(emulator, "one_0").status is JobStatus.CANCELED
    assert trial(emulator, "one_0").ended == START + 7200


def test_a_command_job_that_hangs_stays_running(emulator: Emulator, send: Send) -> None:
    play(send, {"match": {"job": "stuck"}, "hang": True})
    body = {"properties": {"jobType": "Command", "command": "true", "environmentId": "azureml:e:1"}}
    assert send("PUT", job_url("stuck"), json=body).status_code == 201
    settle(send)
    assert status_of(send, "stuck") == "Running"


def test_a_preempted_trial_starts_anew(emulator: Emulator, send: Send) -> None:
    play(send, {"match": {"trial": 0}, "preempt": 600, "duration": 1000}, {"duration": 60})
    put_sweep(send)
    settle(send)
    assert trial(emulator, "one_0").status is JobStatus.COMPLETED
    passed = went_through(emulator, "one_0")
    assert (JobStatus.QUEUED, 600.0) in passed
    assert passed[-1] == (JobStatus.COMPLETED, 1600.0)


def test_a_trial_fails_with_its_node(emulator: Emulator, send: Send) -> None:
    play(send, {"match": {"trial": 0}, "lose_node": 600, "duration": 1000}, {"duration": 60})
    put_sweep(send)
    settle(send)
    lost = trial(emulator, "one_0")
    assert (lost.status, lost.ended) == (JobStatus.FAILED, START + 600)
    assert lost.error is not None
    assert (lost.error["code"], lost.error["message"]) == ("SystemError", "Its node was lost.")


def test_a_trial_writes_much(emulator: Emulator, send: Send) -> None:
    play(send, {"match": {"trial": 0}, "log": {"lines": 20_000, "width": 50}}, {"log": ["hello"]})
    put_sweep(send)
    settle(send)
    logs = [emulator.place.run_artifacts(WORKSPACE, f"one_{n}") / "user_logs" / "std_log.txt" for n in (0, 1)]
    assert logs[0].stat().st_size == 20_000 * 51
    assert logs[1].read_text() == "hello\n"


def test_what_never_came_fails_the_verification(send: Send) -> None:
    play(send, {"match": {"trial": 9}, "exit_code": 1}, requests=({"match": "jobs/none", "status": 503},))
    put_sweep(send)
    settle(send)
    answer = send("POST", "/_amlet/scenario/verify")
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "UnfiredFaults")
    for name in ("trials-1", "fault-1"):
        assert name in answer.json()["error"]["message"]


def test_accounts_name_the_trials(send: Send) -> None:
    play(send, {"match": {"job": "one"}})
    put_sweep(send)
    settle(send)
    (account,) = send("GET", "/_amlet/scenario").json()["trials"]
    assert (account["trials"], account["missing"]) == (["one_0", "one_1"], 0)
    assert send("POST", "/_amlet/scenario/verify").status_code == 200


def test_a_new_scenario_takes_the_place_of_the_old_one(send: Send) -> None:
    play(send, {"exit_code": 1}, requests=({"status": 503},))
    play(send, {"match": {"trial": 1}})
    found = send("GET", "/_amlet/scenario").json()
    assert [len(found["trials"]), len(found["requests"])] == [1, 0]
    assert send("DELETE", "/_amlet/scenario").status_code == 204
    assert send("GET", "/_amlet/scenario").json() == {"trials": [], "requests": []}


@pytest.mark.parametrize("key", ["seed", "start", "frozen"])
def test_what_belongs_to_the_start_cannot_be_played_later(send: Send, key: str) -> None:
    value = {"seed": 1, "start": "2026-01-01T00:00:00Z", "frozen": True}[key]
    answer = send("PUT", "/_amlet/scenario", json={key: value})
    assert answer.status_code == 400
    assert answer.json()["error"]["message"].startswith(f"{key}: is settled when an emulator starts")


def test_real_processes_cannot_be_scripted(
    make_emulator: Callable[..., Emulator], ask: Callable[..., httpx.Response]
) -> None:
    app, headers = app_of(make_emulator(auth="any")), {"Authorization": "Bearer t"}
    answer = ask(app, "PUT", "/_amlet/scenario", headers=headers, json={"trials": [{}]})
    assert answer.status_code == 400
    assert "--clock virtual" in answer.json()["error"]["message"]
    requests = {"requests": [{"status": 503}]}
    assert ask(app, "PUT", "/_amlet/scenario", headers=headers, json=requests).status_code == 200
