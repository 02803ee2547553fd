"""Attempts that workers lease: what becomes of a run when they are lost, and which of them counts."""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import jwt
import pytest

from contracts.lifecycle import JobStatus
from emulator.executors.base import Attempt, Placement, TrialEvent, Work
from emulator.executors.lease import LeaseRefused
from emulator.executors.leases import Leases
from emulator.executors.offers import Offer
from emulator.executors.registry import EXECUTORS, ExecutorContext, ExecutorType
from emulator.executors.remote_attempt import RemoteAttempt
from emulator.identity.tokens import Caller
from emulator.services.fencing import check_attempt
from emulator.services.jobs.attempt_history import attempts_document, attempts_of, waits_for
from emulator.services.jobs.explanation import explanation
from emulator.services.refusal import Refusal
from emulator.settings import Settings
from emulator.storage import attempts, events
from emulator.storage.attempts import AttemptState, attempt_id
from emulator.studio.job_view import view
from tests.emulator.executors.conftest import wait_until
from tests.emulator.runner.conftest import WORKSPACE, EmulatorInstance, MakeInstance
from tests.emulator.runner.driver import driven

_REPORT = {"exit_code": 0, "signal": None, "reason": "exited", "message": ""}


class HandExecutor:
    """Offers attempts to workers, which the test plays."""

    def __init__(self, context: ExecutorContext) -> None:
        self.leases, self.changed = context.leases, context.changed
        self.size: int | None = None
        self.offered: list[str] = []
        self.attempts: list[RemoteAttempt] = []
        self._pool = ThreadPoolExecutor(1)

    def start(self, attempt: Attempt, on_event: Callable[[TrialEvent], None]) -> RemoteAttempt:
        made = RemoteAttempt(attempt, self.leases, self, self._pool, on_event)
        made.begin(_offer)
        return made

    def survives(self, attempt: str, record: str | None) -> bool:
        return self.leases.state(attempt) in {AttemptState.OFFERED, AttemptState.LEASED, AttemptState.ENDED}

    def adopt(self, attempt: Attempt, record: str | None, on_event: Callable[[TrialEvent], None]) -> RemoteAttempt:
        made = RemoteAttempt(attempt, self.leases, self, self._pool, on_event)
        made.resume()
        return made

    def discard(self, attempt: str, record: str | None) -> None:
        self.leases.revoke(attempt)

    def reap(self, kept: Collection[str]) -> None:
        self.leases.keep_only(kept)

    def capacity(self, placement: Placement | None = None) -> int | None:
        return self.size

    def close(self) -> None:
        self._pool.shutdown()

    def add(self, attempt: RemoteAttempt) -> None:
        self.offered.append(attempt.id)
        self.attempts.append(attempt)

    def occupy(self, attempt: RemoteAttempt, worker: str) -> None: ...

    def remove(self, attempt: str) -> None: ...


def _offer(work: Work) -> Offer:
    launch = work.prepare({})
    return Offer(["true"], launch.environment, "folder", launch.log)


Made = tuple[EmulatorInstance, HandExecutor]


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[HandExecutor]:
    """The executors of the emulators of a test."""
    found: list[HandExecutor] = []

    def make(context: ExecutorContext) -> HandExecutor:
        found.append(HandExecutor(context))
        return found[-1]

    class Type(ExecutorType):
        def make(self, context: ExecutorContext) -> HandExecutor:  # type: ignore[override]
            return make(context)

    monkeypatch.setitem(EXECUTORS, "process", Type("process", "by hand"))
    return found


def _settings(limit: int = 3) -> Settings:
    return replace(Settings().with_values({"attempt_limit": limit}), kill_grace=0.1)


@pytest.fixture
def by_hand(made: list[HandExecutor], make_instance: MakeInstance) -> Made:
    instance = make_instance(settings=_settings())
    return instance, made[-1]


def lease(executor: HandExecutor, instance: EmulatorInstance, name: str, number: int) -> str:
    """A worker has the attempt with that number at a job; its id."""
    wanted = attempt_id(instance.get(name).id, number)
    wait_until(lambda: wanted in executor.offered)
    executor.leases.lease(wanted, f"worker-{number}", f"host-{number}", number)
    instance.until(lambda: instance.get(name).status is JobStatus.RUNNING)
    return wanted


def lose(leases: Leases, attempt: str) -> None:
    """Its worker gives it up, which is as if its lease expired."""
    leases.end(attempt, _REPORT | {"exit_code": None, "reason": "lost_contact"})


def test_a_lost_attempt_is_queued_again_and_only_the_next_one_counts(by_hand: Made) -> None:
    instance, executor = by_hand
    instance.command("true")
    first = lease(executor, instance, "c", 1)
    lose(executor.leases, first)
    second = lease(executor, instance, "c", 2)
    for late in (executor.leases.heartbeat, lambda attempt: executor.leases.end(attempt, _REPORT)):
        with pytest.raises(LeaseRefused, match="does not count any more"):
            late(first)
    executor.leases.end(second, _REPORT)
    assert instance.ended("c").status is JobStatus.COMPLETED
    assert instance.statuses("c")[-6:] == ["Queued", "Running", "Queued", "Running", "Finalizing", "Completed"]
    conn, job = instance.store.reader(), instance.get("c").id
    [cause] = [event.cause for event in events.history(conn, job) if event.cause]
    assert cause == "attempt 1 was lost: worker worker-1 of host-1 could not reach the emulator"
    found = [(row.number, row.worker, row.host, row.state) for row in attempts.history(conn, job)]
    assert found == [(1, "worker-1", "host-1", "lost"), (2, "worker-2", "host-2", "ended")]
    assert [str(one) for one in attempts_of(conn, instance.get("c"))] == [
        "Attempt 1 on host-1 (worker-1): Lost, worker worker-1 of host-1 could not reach the emulator",
        "Attempt 2 on host-2 (worker-2): Completed",
    ]


def test_a_job_says_what_it_waits_for_until_a_worker_has_it(by_hand: Made) -> None:
    instance, executor = by_hand
    instance.sweep("true", total=1)
    emulator: Any = SimpleNamespace(store=instance.store, settings=_settings(), time=None)
    conn, name, trial = instance.store.reader(), "s", "s_0"
    wait_until(lambda: len(executor.attempts) == 1)
    executor.attempts[0].waits("no worker offers GPU=1")
    wait_until(lambda: waits_for(conn, instance.get(trial)) is not None)
    assert waits_for(conn, instance.get(name)) == "no worker offers GPU=1"
    assert "no worker offers GPU=1" in instance.hyperdrive()
    told = explanation(emulator, WORKSPACE, name)
    assert told["lines"][-1] == "Waits: no worker offers GPU=1"
    assert told["trials"][0]["reason"] == "no worker offers GPU=1"
    assert attempts_document(emulator, WORKSPACE, trial)["lines"][1:] == ["Waits: no worker offers GPU=1"]
    assert view(conn, instance.get(name)).waits_for == "no worker offers GPU=1"
    lease(executor, instance, trial, 1)
    assert waits_for(conn, instance.get(trial)) is waits_for(conn, instance.get(name)) is None


def test_a_worker_that_joins_is_used_although_nothing_else_happens(
    made: list[HandExecutor], make_instance: MakeInstance
) -> None:
    instance = make_instance(settings=_settings(), nodes_of=lambda workspace, compute: None)
    executor = made[-1]
    executor.size = 1
    instance.sweep("true", total=2, concurrent=2)
    wait_until(lambda: len(executor.offered) == 1)
    lease(executor, instance, "s_0", 1)
    executor.size = 2
    executor.changed()
    wait_until(lambda: len(executor.offered) == 2)


def test_a_run_that_loses_too_many_attempts_fails_and_says_why(by_hand: Made) -> None:
    instance, executor = by_hand
    instance.command("true")
    for number in (1, 2, 3):
        lose(executor.leases, lease(executor, instance, "c", number))
    job = instance.ended("c")
    assert job.status is JobStatus.FAILED
    assert job.error is not None
    assert job.error["code"] == "SystemError"
    assert job.error["message"].startswith("3 of its attempts were lost, the last one because worker worker-3")
    assert len(executor.offered) == 3


def test_a_preempted_attempt_does_not_count_among_the_lost_ones(by_hand: Made) -> None:
    instance, executor = by_hand
    instance.command("true")
    for number in (1, 2, 3, 4):
        attempt = lease(executor, instance, "c", number)
        instance.job_runner.preempt(instance.get("c").id)
        wait_until(lambda attempt=attempt: executor.leases.heartbeat(attempt)["cancel"])
        executor.leases.end(attempt, _REPORT | {"exit_code": None, "signal": 15, "reason": "cancelled"})
    executor.leases.end(lease(executor, instance, "c", 5), _REPORT)
    assert instance.ended("c").status is JobStatus.COMPLETED


def test_how_many_were_lost_is_known_after_a_restart(
    by_hand: Made, made: list[HandExecutor], make_instance: MakeInstance
) -> None:
    instance, executor = by_hand
    instance.command("true")
    lose(executor.leases, lease(executor, instance, "c", 1))
    lose(executor.leases, lease(executor, instance, "c", 2))
    wait_until(lambda: len(executor.offered) == 3)
    instance.job_runner.stop()
    again = make_instance(settings=_settings())
    lose(made[-1].leases, lease(made[-1], again, "c", 3))
    assert again.ended("c").status is JobStatus.FAILED
    assert {event.attempt for event in events.history(again.store.reader(), again.get("c").id)} == {1, 2, 3}


def test_a_cancel_reaches_the_worker_and_ends_the_run(by_hand: Made) -> None:
    instance, executor = by_hand
    instance.command("true")
    attempt = lease(executor, instance, "c", 1)
    instance.cancel("c")
    wait_until(lambda: executor.leases.heartbeat(attempt)["cancel"])
    executor.leases.end(attempt, _REPORT | {"exit_code": None, "signal": 15, "reason": "cancelled"})
    assert instance.ended("c").status is JobStatus.CANCELED


def test_a_canceled_run_whose_worker_is_gone_ends_all_the_same(by_hand: Made) -> None:
    instance, executor = by_hand
    instance.command("true")
    attempt = lease(executor, instance, "c", 1)
    instance.cancel("c")
    wait_until(lambda: executor.leases.heartbeat(attempt)["cancel"])
    lose(executor.leases, attempt)
    assert instance.ended("c").status is JobStatus.CANCELED


def test_the_token_of_a_process_that_was_killed_with_the_emulator_opens_nothing_any_more(
    make_instance: MakeInstance, tmp_path: Path
) -> None:
    """Real processes: the emulator is killed, then the trial; the next emulator starts it again."""
    tokens, go = tmp_path / "tokens", tmp_path / "go"
    command = f"echo $MLFLOW_TRACKING_TOKEN >> {tokens}; until [ -e {go} ]; do sleep 0.02; done"
    with driven(tmp_path / "state", "command", command):
        wait_until(lambda: tokens.is_file() and tokens.read_text().endswith("\n"))
    instance = make_instance(start=False)
    first = _caller(tokens.read_text().split()[0])
    check_attempt(instance.store.reader(), first)  # it survives the emulator, so that its token is still good
    for pid in instance.processes():
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    wait_until(lambda: not instance.processes())
    instance.job_runner.start()
    wait_until(lambda: len(tokens.read_text().split()) == 2)
    second = _caller(tokens.read_text().split()[1])
    check_attempt(instance.store.reader(), second)
    with pytest.raises(Refusal, match="attempt 2 has taken its place") as refused:
        check_attempt(instance.store.reader(), first)
    assert refused.value.status == 409
    go.touch()
    assert instance.ended("c").status is JobStatus.COMPLETED
    with pytest.raises(Refusal, match="its run is Completed"):
        check_attempt(instance.store.reader(), second)


def _caller(token: str) -> Caller:
    """Whose token it is; the key that signed it ended with its emulator's process."""
    claims = jwt.decode(token, options={"verify_signature": False})
    return Caller(claims["oid"], claims["tid"], claims["amlet_run"], claims["exp"], claims["amlet_attempt"])
