"""The one source of ids and of chance: random, or derived from a seed so that every run gives the same."""

from __future__ import annotations

import hashlib
import secrets
import threading
import uuid
from collections import Counter
from typing import Protocol


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
    """Ids that nobody can foresee."""

    def uuid(self, purpose: str) -> uuid.UUID:
        """See `Ids`."""
        return uuid.uuid4()

    def hex(self, purpose: str) -> str:
        """See `Ids`."""
        return secrets.token_hex(16)

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

    def restart(self) -> None:
        """Begin all sequences again, as after a reset of the state."""
        with self._lock:
            self._given.clear()

    def _digest(self, purpose: str) -> bytes:
        with self._lock:
            self._given[purpose] += 1
            number = self._given[purpose]
        return hashlib.sha256(f"{self._seed}\0{purpose}\0{number}".encode()).digest()
