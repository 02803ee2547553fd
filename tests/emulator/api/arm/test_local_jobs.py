"""What only an emulator tells of a job."""

from __future__ import annotations

import sqlite3
from typing import Any

import pytest

from contracts.lifecycle import JobStatus
from contracts.local_choices import LocalChoices
from emulator.engine.actions import StopCause
from emulator.engine.objective import Goal
from emulator.engine.termination.bandit import Bandit
from emulator.storage import decisions, events, jobs, metrics
from emulator.storage.jobs import JobId, NewJob
from emulator.storage.metrics import Point
from tests.emulator.api.arm.conftest import WORKSPACE, Client

EXPLANATION = f"/_amlet{WORKSPACE}/jobs/s/explanation"


@pytest.fixture
def told(client: Client, sweep: dict[str, Any]) -> Client:
    """A sweep of which one trial completed, one was cut by the policy, one failed and one timed out."""
    client.arm("PUT", "/jobs/s", json=sweep)
    bandit = Bandit(Goal.MAXIMIZE, slack_amount=0.1)

    def record(conn: sqlite3.Connection) -> None:
        parent = jobs.find(conn, WORKSPACE, "s")
        assert parent is not None
        for index, (logged, statuses, cause) in enumerate(TRIALS):
            new = NewJob(
                WORKSPACE, f"s_{index}", "Command", "exp", {"command": "x"}, 1.0, "me", parent=parent.id, trial=index
            )
            trial = jobs.create(conn, new)
            log(conn, parent.id, trial, index, logged)
            for status in statuses:
                events.move(conn, trial, status, 2.0, cause)
        error = {"code": "UserError", "message": "The command exited with code 3.", "exitCode": 3}
        jobs.set_error(conn, trial_of(conn, 2), error | {"lastLines": ["Traceback", "KeyError: 'x'"]})

    def log(conn: sqlite3.Connection, parent: JobId, trial: JobId, index: int, logged: dict[str, float]) -> None:
        metrics.append(conn, trial, [(name, Point(value, 1.0)) for name, value in logged.items()])
        if "accuracy" in logged and (decision := bandit.observe(index, logged["accuracy"])):
            decisions.append(conn, parent, 1.0, "policy", decision)

    def trial_of(conn: sqlite3.Connection, index: int) -> JobId:
        job = jobs.find(conn, WORKSPACE, f"s_{index}")
        assert job is not None
        return job.id

    client.emulator.store.write(record).result()
    return client


CUT = (
    "s_1 Canceled: Bandit at interval 1: its best accuracy 0.5 is below 0.8, the slack allowed behind s_0 "
    "(0.9 at that interval)."
)
STOPPED = (JobStatus.RUNNING, JobStatus.CANCEL_REQUESTED, JobStatus.CANCELED)
TRIALS: list[tuple[dict[str, float], tuple[JobStatus, ...], str]] = [
    ({"accuracy": 0.9}, (JobStatus.RUNNING, JobStatus.FINALIZING, JobStatus.COMPLETED), ""),
    ({"accuracy": 0.5}, STOPPED, StopCause.EARLY_TERMINATION),
    ({"acc": 0.5}, (JobStatus.RUNNING, JobStatus.FAILED), ""),
    ({"accuracy": 0.85}, STOPPED, StopCause.TRIAL_TIMEOUT),
]


def test_the_explanation_says_why_each_trial_ended_as_it_did(told: Client) -> None:
    answer = told.request("GET", EXPLANATION)
    assert answer.status_code == 200
    assert answer.json()["lines"] == [
        "The sweep goes on; 4 trials: 1 Completed, 2 Canceled, 1 Failed.",
        "Best is s_0: 0.9 is the highest accuracy that any trial ever logged; next is s_3 with 0.85.",
        CUT,
        "s_2 Failed: The command exited with code 3. It did not log the primary metric 'accuracy'; logged were 'acc'.",
        "    Traceback",
        "    KeyError: 'x'",
        "s_3 Canceled: Stopped by: trial timeout.",
    ]


def test_the_record_comes_with_the_text(told: Client) -> None:
    trials = told.request("GET", EXPLANATION).json()["trials"]
    decision = trials[1]["decision"]
    assert (decision["policy"], decision["interval"], decision["cancel"]) == ("Bandit", 1, True)
    assert (decision["value"], decision["threshold"], decision["leader"]) == (0.5, 0.8, 0)
    assert trials[2]["outcome"]["exit_code"] == 3
    assert trials[2]["metric_names"] == ["acc"]


def test_a_sweep_that_has_ended_says_how(told: Client) -> None:
    def end(conn: sqlite3.Connection) -> None:
        job = jobs.find(conn, WORKSPACE, "s")
        assert job is not None
        events.move(conn, job.id, JobStatus.FAILED, 3.0, "why not")

    told.emulator.store.write(end).result()
    assert told.request("GET", EXPLANATION).json()["lines"][:2] == [
        "The sweep ended Failed; 4 trials: 1 Completed, 2 Canceled, 1 Failed.",
        "why not",
    ]


def test_other_jobs_are_not_explained(told: Client, command: dict[str, Any]) -> None:
    told.arm("PUT", "/jobs/c", json=command)
    answers = {name: told.request("GET", EXPLANATION.replace("/s/", f"/{name}/")) for name in ("s_1", "c", "none")}
    assert {name: answer.status_code for name, answer in answers.items()} == {"s_1": 400, "c": 400, "none": 404}
    assert "its sweep is s." in answers["s_1"].json()["error"]["message"]


def test_the_explanation_wants_a_token(told: Client) -> None:
    assert told.request("GET", EXPLANATION, headers={}).status_code == 401


def test_a_running_job_can_lose_its_nodes(told: Client) -> None:
    assert told.request("POST", EXPLANATION.replace("explanation", "preempt")).status_code == 202
    sweep = jobs.find(told.emulator.store.reader(), WORKSPACE, "s")
    assert sweep is not None
    assert told.job_runner.preempted == [sweep.id]


def test_what_does_not_run_has_no_node_to_lose(told: Client) -> None:
    answer = told.request("POST", EXPLANATION.replace("s/explanation", "s_0/preempt"))
    assert answer.status_code == 400
    assert answer.json()["error"]["message"].startswith("Job s_0 cannot be preempted: it is Completed")
    assert told.job_runner.preempted == []


def test_a_trial_cannot_preempt(told: Client) -> None:
    token = told.emulator.tokens.issue_for_run("s_0", lifetime=60)
    answer = told.request(
        "POST", EXPLANATION.replace("explanation", "preempt"), headers={"Authorization": f"Bearer {token}"}
    )
    assert answer.status_code == 403


def test_how_a_job_was_made_is_told(client: Client, sweep: dict[str, Any]) -> None:
    client.arm("PUT", "/jobs/s", json=sweep, headers=_chosen(client, seed="42", python="/py"))
    told = client.request("GET", EXPLANATION.replace("explanation", "provenance")).json()
    assert told == {"name": "s", "choices": {"python": "/py", "seed": "42"}, "seed": 42, "provenance": None}


def test_a_seed_that_is_no_number_is_refused(client: Client, sweep: dict[str, Any]) -> None:
    answer = client.arm("PUT", "/jobs/s", json=sweep, headers=_chosen(client, seed="-1"))
    assert answer.status_code == 400
    assert "The seed '-1'" in answer.json()["error"]["message"]


def _chosen(client: Client, **choices: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {client.token}"} | LocalChoices(**choices).headers
