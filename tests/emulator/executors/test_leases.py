"""Leases without HTTP: what the thread that watches the deadlines does, and who may hold what while time passes."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from emulator.clock import RealClock
from emulator.executors.lease import LeaseRefused
from emulator.executors.leases import Leases
from emulator.services.context import Emulator
from emulator.storage import attempts
from emulator.storage.attempts import AttemptState, attempt_id
from tests.emulator.attempt_site import Site
from tests.emulator.executors.conftest import wait_until


@pytest.fixture
def site(make_emulator: Callable[..., Emulator], tmp_path: Path, ask: object) -> Iterator[Site]:
    """An emulator whose leases last a moment."""
    emulator = make_emulator(lease_seconds=0.3)
    site = Site(emulator, tmp_path, ask, clock=RealClock())  # type: ignore[arg-type]
    yield site
    site.emulator.leases.close()


def hold(site: Site) -> str:
    attempt = attempt_id(site.job, 1)
    site.emulator.leases.lease(attempt, "w", "host", 1)
    return attempt


def test_a_lease_that_nobody_extends_is_lost_by_itself(site: Site) -> None:
    hold(site)
    wait_until(lambda: len(site.told.events) == 2)
    assert [event[0] for event in site.told.events] == ["leased", "lost"]
    assert site.row.state is AttemptState.LOST


def test_a_lease_that_is_extended_goes_on(site: Site) -> None:
    attempt = hold(site)
    end = time.monotonic() + 0.7
    while time.monotonic() < end:
        site.emulator.leases.heartbeat(attempt)
    assert site.row.state is AttemptState.LEASED


def test_leases_begin_anew_when_the_machine_has_slept(
    make_emulator: Callable[..., Emulator], tmp_path: Path, ask: Any
) -> None:
    site = Site(make_emulator(), tmp_path, ask)
    attempt, leases, due = hold(site), site.emulator.leases, site.clock.now() + 30
    site.clock.advance(3600)
    leases.expire(due)
    assert site.row.state is AttemptState.LEASED
    site.clock.advance(29)
    leases.expire(site.clock.now())
    assert leases.heartbeat(attempt)["cancel"] is False
    site.clock.advance(31)
    leases.expire(site.clock.now() - 1)
    assert site.row.state is AttemptState.LOST
    leases.close()


def test_while_something_is_written_the_attempt_cannot_be_revoked(site: Site) -> None:
    attempt, leases = hold(site), site.emulator.leases
    revoking = threading.Thread(target=leases.revoke, args=[attempt])
    with leases.counted(attempt, leased=True):
        revoking.start()
        revoking.join(0.05)
        assert revoking.is_alive()
        assert site.row.state is AttemptState.LEASED
    revoking.join()
    assert site.row.state is AttemptState.REVOKED
    with pytest.raises(LeaseRefused, match="it is revoked"), leases.counted(attempt):
        pass


def test_of_many_workers_that_ask_at_once_one_gets_the_lease(site: Site) -> None:
    attempt, leases, start = attempt_id(site.job, 1), site.emulator.leases, threading.Barrier(8)
    answers: list[str] = []

    def ask(pid: int) -> None:
        start.wait()
        try:
            leases.lease(attempt, "w", "host", pid)
        except LeaseRefused as refused:
            answers.append(refused.code)
        else:
            answers.append("leased")

    asking = [threading.Thread(target=ask, args=[pid]) for pid in range(8)]
    for one in asking:
        one.start()
    for one in asking:
        one.join()
    assert sorted(answers) == ["AttemptLeased"] * 7 + ["leased"]


def test_an_attempt_that_was_never_offered_is_not_known(site: Site) -> None:
    with pytest.raises(LeaseRefused, match="it is not known"):
        site.emulator.leases.heartbeat("999/1")
    row = attempts.AttemptRow(site.job, 2, "reach", "record")
    site.emulator.store.write(lambda conn: attempts.keep(conn, row)).result()
    assert site.emulator.leases.state(attempt_id(site.job, 2)) is None


def test_leases_can_be_closed_and_asked_again(site: Site) -> None:
    attempt, leases = hold(site), site.emulator.leases
    assert isinstance(leases, Leases)
    leases.close()
    assert leases.state(attempt) is AttemptState.LEASED
    wait_until(lambda: site.row.state is AttemptState.LOST)
