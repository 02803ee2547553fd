"""The one source of ids and of chance: random, or derived from a seed so that every run gives the same."""

from __future__ import annotations

import hashlib
import secrets
import threading
import uuid
from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING, Protocol

from emulator.storage import meta

if TYPE_CHECKING:
    import sqlite3

    from emulator.storage import Database


#: How many processes with seeded ids a store has had before.
_STARTS = "starts"

_AT_ONCE = 64  # random ids for which the system is asked together


class Ids(Protocol):
    """Gives ids; injected everywhere, like the clock.

    Each purpose has a sequence of its own, so that what one client asks for does not change the ids of another.
    """

    def uuid(self, purpose: str) -> uuid.UUID:
        """A new version-4 UUID."""
        ...

    def hex(self, purpose: str) -> str:
        """32 hexadecimal digits."""
        ...

    def below(self, limit: int, purpose: str) -> int:
        """A number from 0 to `limit - 1`."""
        ...


class RandomIds:
    """Ids that cannot be foreseen.

    The chance for them is asked of the system for many at a time: each request has an id, and each question to the
    system lets another thread go first.
    """

    def __init__(self) -> None:
        self._ready: list[str] = []

    def uuid(self, purpose: str) -> uuid.UUID:
        """See `Ids`."""
        return uuid.UUID(bytes=bytes.fromhex(self.hex(purpose)), version=4)

    def hex(self, purpose: str) -> str:
        """See `Ids`."""
        try:
            return self._ready.pop()  # one step, so that no two threads get the same
        except IndexError:
            chance = secrets.token_hex(16 * _AT_ONCE)
            first, *others = (chance[start : start + 32] for start in range(0, len(chance), 32))
            self._ready += others
            return first

    def below(self, limit: int, purpose: str) -> int:
        """See `Ids`."""
        return secrets.randbelow(limit)


class SeededIds:
    """The same ids from run to run, as long as the same is asked in the same order for each purpose.

    Parameters:
        seed: where they come from.

    >>> SeededIds(7).uuid("run") == SeededIds(7).uuid("run")
    True
    """

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._given: Counter[str] = Counter()
        self._lock = threading.Lock()

    def uuid(self, purpose: str) -> uuid.UUID:
        """See `Ids`."""
        return uuid.UUID(bytes=self._digest(purpose)[:16], version=4)

    def hex(self, purpose: str) -> str:
        """See `Ids`."""
        return self._digest(purpose)[:16].hex()

    def below(self, limit: int, purpose: str) -> int:
        """See `Ids`."""
        return int.from_bytes(self._digest(purpose), "big") % limit

    @classmethod
    def kept_in(cls, store: Database, seed: int) -> SeededIds:
        """The ids of one process with a store; the next one gets others, or ids of before would come again."""

        def begin(conn: sqlite3.Connection) -> int:
            starts = int(meta.get(conn, _STARTS) or b"0")
            meta.put(conn, _STARTS, str(starts + 1).encode())
            return starts

        ids = cls(seed)
        ids.resume({_STARTS: store.write(begin).result()})
        return ids

    @property
    def given(self) -> dict[str, int]:
        """How many ids each purpose got; `resume` with it goes on from here."""
        with self._lock:
            return dict(self._given)

    def resume(self, given: Mapping[str, int]) -> None:
        """Go on as if so many ids had been given for each purpose; none is as after the start."""
        with self._lock:
            self._given = Counter(given)

    def _digest(self, purpose: str) -> bytes:
        with self._lock:
            self._given[purpose] += 1
            number, starts = self._given[purpose], self._given[_STARTS]
        return hashlib.sha256(f"{self._seed}\0{starts}\0{purpose}\0{number}".encode()).digest()
