"""Fencing: nothing is taken from an attempt of a run that does not count any more."""

from __future__ import annotations

import sqlite3
from typing import NamedTuple

from emulator.identity.tokens import Caller
from emulator.place import Place
from emulator.services.refusal import Refusal
from emulator.storage.attempts import parts_of, why_closed

#: Where a request says that the listener for other hosts let it in: `scope["state"][OTHER_HOST]`, an `Admitted`, which
#: no client can set.
OTHER_HOST = "other_host"

_POLICY = "attempt-"


class Admitted(NamedTuple):
    """A request that the listener for other hosts let in.

    Parameters:
        caller: whose token was checked; None where the route or the blob service checks what it carries.
    """

    caller: Caller | None


def origin_for(state: object, place: Place) -> str:
    """The origin at which the client of a request reaches the emulator, without a slash at the end.

    Parameters:
        state: of the request.
        place: with both origins.
    """
    return place.worker_origin if getattr(state, OTHER_HOST, None) else place.https_origin


def check_attempt(conn: sqlite3.Connection, caller: Caller) -> None:
    """Refuse a caller whose token is that of an attempt which was superseded, lost or revoked, or has ended.

    Parameters:
        conn: for reading; the connection of a write makes the check one with what is written.
        caller: who sends a request.

    Raises:
        Refusal: 409.
    """
    if caller.attempt is not None:
        _check(conn, caller.attempt)


def policy_of(caller: Caller | None) -> str:
    """The stored access policy of what an attempt is signed for, in force while it counts; empty for other callers."""
    attempt = caller.attempt if caller else None
    return f"{_POLICY}{attempt.replace('/', '-')}" if attempt else ""


def check_policy(conn: sqlite3.Connection, policy: str) -> None:
    """Refuse what depends on a policy of `policy_of` that is not in force any more.

    Parameters:
        conn: for reading.
        policy: the signed identifier of a shared access signature.

    Raises:
        Refusal: 409; or 403, when there is no such policy.
    """
    attempt = policy.removeprefix(_POLICY).replace("-", "/")
    if not policy.startswith(_POLICY) or parts_of(attempt) is None:
        raise Refusal(403, "AuthenticationFailed", f"There is no stored access policy {policy[:80]!r}.")
    _check(conn, attempt)


def _check(conn: sqlite3.Connection, attempt: str) -> None:
    parts = parts_of(attempt)
    if parts and (why := why_closed(conn, *parts)):
        raise Refusal(
            409, "AttemptSuperseded", f"Attempt {attempt} does not count any more: {why}. Nothing was written."
        )
