"""The leases of attempts that workers run: one attempt, one token, one worker, until a deadline that it extends.

The law, which does not depend on who starts the workers:
- An attempt is offered, then leased by one worker, then ends as that worker reports, is lost, or is revoked.
- A heartbeat extends the lease, and carries back whether the attempt is to be stopped.
- An attempt whose lease expires is lost: its worker fell silent. It does not come back.
- Nothing counts that is written with the token of an attempt that has ended, was lost or revoked, or whose run has gone
  on to another attempt: every use of it is refused.
- Offers and states are kept: the next process of the emulator goes on with them. While there was no emulator, or its
  machine slept, nobody could extend a lease, so that all of them begin anew then.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Any

from emulator.clock import Clock
from emulator.executors.lease import Lease, LeaseListener, LeaseRefused, exit_of
from emulator.executors.offers import Offer, Offers
from emulator.identity.tokens import TokenAuthority
from emulator.place import Place
from emulator.settings import Settings
from emulator.storage import Database, StoreUnavailable, attempts
from emulator.storage.attempts import CLOSED, AttemptState, parts_of
from emulator.storage.jobs import JobId

#: How many heartbeats a worker sends while a lease lasts.
_HEARTBEATS = 15

#: Seconds after which the thread that watches the deadlines looks again at the latest.
_LONGEST_WAIT = 3600.0

#: Seconds until a lease that expired is looked at again, where the store took no writes.
_AGAIN = 1.0

#: What the reasons of an end say of a worker that has not run the attempt to its end.
_GIVEN_BACK = {"lost_contact": "could not reach the emulator", "preempted": "was stopped, or is gone"}

_log = logging.getLogger(__name__)


class Leases:
    """The leases of one emulator.

    Parameters:
        store: keeps their states.
        place: its state directory keeps the offers.
        clock: tells what has expired.
        tokens: issues the tokens of attempts.
        settings: how long a lease lasts, and how long a worker goes on without an emulator.
    """

    def __init__(self, store: Database, place: Place, clock: Clock, tokens: TokenAuthority, settings: Settings) -> None:
        self._store, self._place, self._clock = store, place, clock
        self._tokens, self._settings = tokens, settings
        self._live: dict[str, Lease] = {}
        self._changed = threading.Condition()
        self._watcher: threading.Thread | None = None
        self.offers = Offers(place.state_dir / "offers")

    def offer(self, attempt: str, run: str, offer: Offer, listener: LeaseListener) -> str:
        """Let workers lease an attempt; the token for the one that does.

        Parameters:
            attempt: its id; the attempt is kept in the store.
            run: name of its run.
            offer: what the worker gets.
            listener: is told what becomes of it.

        Raises:
            OSError: the offer cannot be kept.
        """
        job, number = _parts(attempt)
        # The file first: what the store calls offered can be leased, also by the next process of the emulator.
        self.offers.write(attempt, offer)
        self._store.write(lambda conn: attempts.move(conn, job, number, AttemptState.OFFERED)).result()
        self._add(Lease(attempt, job, number, offer, AttemptState.OFFERED, listener=listener))
        return self.token(attempt, run)

    def resume(self, attempt: str, listener: LeaseListener) -> AttemptState | None:
        """Go on with an attempt that an earlier process of the emulator offered.

        Parameters:
            attempt: its id.
            listener: is told at once of a lease, and of an end, that came before.

        Returns:
            `OFFERED`, `LEASED` or `ENDED`; None for an attempt that is not known, was lost or revoked.
        """
        lease = self._find(attempt)
        if lease is None:
            return None
        with lease.lock:
            if lease.state in {AttemptState.LOST, AttemptState.REVOKED}:
                return None
            report = self.offers.report(attempt) if lease.state is AttemptState.ENDED else None
            lease.listener = listener
            if lease.state is not AttemptState.OFFERED:
                listener.leased(lease.worker, lease.host)
            if report is not None:
                listener.ended(exit_of(report))
            return lease.state

    def state(self, attempt: str) -> AttemptState | None:
        """What has become of an attempt that was offered; None where it is not known."""
        lease = self._find(attempt)
        return lease.state if lease else None

    def token(self, attempt: str, run: str) -> str:
        """The token of an attempt; whoever has it can lease the attempt while it is offered."""
        lifetime = int(self._settings.trial_token_hours * 3600)
        return self._tokens.issue_for_worker(run, attempt, lifetime=lifetime)

    @property
    def heartbeat_seconds(self) -> float:
        """Seconds between the heartbeats of a worker."""
        return self._settings.lease_seconds / _HEARTBEATS

    def url(self, attempt: str) -> str:
        """Where a worker reaches an attempt."""
        return f"{self._place.worker_origin}/_amlet/attempts/{attempt.replace('/', '-')}"

    def request_stop(self, attempt: str, grace: float | None = None) -> None:
        """Have the next heartbeat say that the attempt is to be stopped.

        Parameters:
            attempt: its id.
            grace: seconds between SIGTERM and SIGKILL; None for those of its offer.
        """
        if lease := self._find(attempt):
            lease.grace, lease.stops = grace, True

    def revoke(self, attempt: str) -> None:
        """Nothing of an attempt counts from now on; one that has ended stays as it is."""
        if lease := self._find(attempt):
            with lease.lock:
                if lease.state not in CLOSED:
                    self._move(lease, AttemptState.REVOKED)

    def forget(self, attempt: str) -> None:
        """The end of an attempt is stored: nothing has to be kept of it but its row."""
        self.revoke(attempt)
        with self._changed:
            self._live.pop(attempt, None)
        self.offers.remove(attempt)

    def keep_only(self, kept: Collection[str]) -> None:
        """Remove what is kept of all other attempts; called before the first `offer`."""
        self.offers.keep_only(kept)

    def lease(self, attempt: str, worker: str, host: str, pid: int) -> dict[str, Any]:
        """Give an attempt to a worker; again, where that worker asks again.

        Parameters:
            attempt: its id.
            worker: name of the worker.
            host: of its machine.
            pid: of its process: another one of the same name is another worker.

        Returns:
            What the worker is told.

        Raises:
            LeaseRefused: it does not count any more, or another worker has it.
        """
        with self.counted(attempt) as lease:
            if lease.state is AttemptState.LEASED and not lease.is_held_by(worker, host, pid):
                raise LeaseRefused(
                    "AttemptLeased", f"Attempt {attempt} is leased by worker {lease.worker} of {lease.host}."
                )
            is_new = lease.state is AttemptState.OFFERED
            lease.worker, lease.host, lease.pid = worker, host, pid
            self._move(lease, AttemptState.LEASED)
            self._extend(lease)
            if is_new and lease.listener:
                lease.listener.leased(worker, host)
            seconds = self._settings.lease_seconds
            return {
                **lease.offer.document(),
                "number": lease.number,
                "heartbeat_seconds": self.heartbeat_seconds,
                "lease_seconds": seconds,
                "offline_seconds": self._settings.offline_seconds,
                "log": "user_logs/std_log.txt",
                "log_limit_bytes": self._settings.log_limit,
            }

    def heartbeat(self, attempt: str) -> dict[str, Any]:
        """Extend a lease; whether the attempt is to be stopped.

        Raises:
            LeaseRefused: it does not count any more, or nobody has leased it.
        """
        with self.counted(attempt, leased=True) as lease:
            self._extend(lease)
            answer = {"cancel": lease.stops, "lease_seconds": self._settings.lease_seconds}
            return answer if lease.grace is None else {**answer, "grace_seconds": lease.grace}

    def end(self, attempt: str, report: dict[str, Any]) -> None:
        """Note how an attempt ended; again, where the same is reported again.

        Parameters:
            attempt: its id.
            report: `exit_code`, `signal`, `reason` and `message`, as in the protocol.

        Raises:
            LeaseRefused: it does not count any more, or has ended otherwise.
        """
        known = self._find(attempt)
        # Its answer was lost on its way, so that the worker reports again.
        if known and known.state is AttemptState.ENDED and self.offers.report(attempt) == report:
            return
        with self.counted(attempt, leased=True) as lease:
            if why := _GIVEN_BACK.get(report.get("reason", "")):
                self._lose(lease, f"worker {lease.worker} of {lease.host} {why}")
                return
            # Before the state: after a crash between the two the worker reports again. The other way round an end would
            # be known, and not which.
            self.offers.write_report(attempt, report)
            self._move(lease, AttemptState.ENDED)
            if lease.listener:
                lease.listener.ended(exit_of(report))

    @contextmanager
    def counted(self, attempt: str, *, leased: bool = False) -> Iterator[Lease]:
        """Have something happen while an attempt counts; it cannot be revoked or lost meanwhile.

        Parameters:
            attempt: its id.
            leased: whether a worker must have leased it.

        Raises:
            LeaseRefused: it does not count any more, or nobody has leased it.
        """
        lease = self._find(attempt)
        if lease is None:
            raise LeaseRefused("AttemptSuperseded", f"Attempt {attempt} does not count any more: it is not known.")
        with lease.lock:
            if lease.state in CLOSED:
                raise _superseded(attempt, f"it is {lease.state}")
            # The store may know what this lease does not: the run was canceled, or goes on with another attempt.
            if why := attempts.why_closed(self._store.reader(), lease.job, lease.number):
                raise _superseded(attempt, why)
            if leased and lease.state is not AttemptState.LEASED:
                raise LeaseRefused("AttemptNotLeased", f"Attempt {attempt} is not leased: lease it first.")
            yield lease

    def expire(self, due: float | None = None) -> None:
        """Lose the attempts whose leases have expired.

        Parameters:
            due: when this was to be done, in seconds since the epoch; much later than that, the machine has slept, and
                all leases begin anew.
        """
        now, seconds = self._clock.now(), self._settings.lease_seconds
        with self._changed:
            if due is not None and now - due > seconds / 3:
                for lease in self._live.values():
                    lease.deadline = None if lease.deadline is None else now + seconds
            late = [lease for lease in self._live.values() if lease.deadline is not None and lease.deadline <= now]
        for lease in late:
            with lease.lock:  # it may just have been extended
                if lease.state is AttemptState.LEASED and lease.deadline is not None and lease.deadline <= now:
                    self._lose(lease, f"worker {lease.worker} of {lease.host} was silent for {seconds:g} s")

    def close(self) -> None:
        """Let go of all attempts; what is asked next begins with what the store and the offers say."""
        with self._changed:
            self._live.clear()
            watcher, self._watcher = self._watcher, None
            self._changed.notify()
        if watcher:
            watcher.join()

    def _find(self, attempt: str) -> Lease | None:
        """The lease of an attempt, also one of an earlier process of the emulator."""
        with self._changed:
            if lease := self._live.get(attempt):
                return lease
        parts = parts_of(attempt)
        row = attempts.find(self._store.reader(), *parts) if parts else None
        if row is None or row.state is AttemptState.STARTED or (offer := self.offers.read(attempt)) is None:
            return None
        found = Lease(attempt, row.job, row.number, offer, row.state, row.worker, row.host)
        if row.state is AttemptState.LEASED:
            found.deadline = self._clock.now() + self._settings.lease_seconds
        return self._add(found)

    def _add(self, lease: Lease) -> Lease:
        with self._changed:
            # Two requests may have found the attempt in the store at once; both go on with one lease.
            added = self._live.setdefault(lease.attempt, lease)
            if self._watcher is None:
                self._watcher = threading.Thread(target=self._watch, name="leases", daemon=True)
                self._watcher.start()
            self._changed.notify()
        return added

    def _extend(self, lease: Lease) -> None:
        """Not every heartbeat is stored: a restart begins all leases anew, and readers want to know about when."""
        seconds = self._settings.lease_seconds
        is_first, lease.deadline = lease.deadline is None, self._clock.now() + seconds
        until = lease.deadline
        if until - lease.stored > seconds / 3:
            lease.stored = until
            self._store.write(lambda conn: attempts.extend(conn, lease.job, lease.number, until)).result()
        if is_first:
            with self._changed:
                self._changed.notify()

    def _lose(self, lease: Lease, why: str) -> None:
        self._move(lease, AttemptState.LOST)
        if lease.listener:
            lease.listener.lost(why)

    def _move(self, lease: Lease, state: AttemptState) -> None:
        self._store.write(
            lambda conn: attempts.move(conn, lease.job, lease.number, state, worker=lease.worker, host=lease.host)
        ).result()
        lease.state = state

    def _watch(self) -> None:
        """Lose what has expired, until another thread does, or none."""
        while True:
            with self._changed:
                if self._watcher is not threading.current_thread():
                    return
                deadlines = [
                    lease.deadline
                    for lease in self._live.values()
                    if lease.deadline is not None and lease.state is AttemptState.LEASED
                ]
                before = self._clock.now()
                wait = max(0.0, min(deadlines, default=before + _LONGEST_WAIT) - before)
                is_changed = self._changed.wait(min(wait, _LONGEST_WAIT))
            try:
                self.expire(None if is_changed else before + wait)
            except StoreUnavailable as error:
                _log.error("%s; attempts whose leases have expired are lost when it can be written", error)
                with self._changed:
                    self._changed.wait(_AGAIN)


def _superseded(attempt: str, why: str) -> LeaseRefused:
    return LeaseRefused("AttemptSuperseded", f"Attempt {attempt} does not count any more: {why}.")


def _parts(attempt: str) -> tuple[JobId, int]:
    parts = parts_of(attempt)
    if parts is None:
        raise ValueError(f"{attempt!r} is not the id of an attempt")
    return parts
