"""By what the processes of a trial are known: a variable in their environment, and a number among their limits.

A program may lose the variable (`env -i`, `clearenv`, a title that it writes over its environment). It keeps the
number, which is the limit of file locks: Linux passes it on, and has not looked at it since 2.4. Every process inherits
it, across `exec`, `setsid` and the end of the process that started it, and reading it needs no rights. So the processes
of a trial can be told from those of another one that runs beside it, which a subreaper could not do.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable
from functools import cache

#: The variable in the environment of every process of a trial.
VARIABLE = "AMLET_TRIAL"

_ATTEMPT_BITS = 32
_STATE_BITS = 30  # with these the number is positive, also where it is read as a signed one


@cache
def number(mark: str) -> int:
    """The number that stands for a mark, `STATE/ATTEMPT`; the same at every time and on every machine."""
    state, _, attempt = mark.partition("/")
    return _state_number(state) << _ATTEMPT_BITS | _bits(attempt, _ATTEMPT_BITS)


class Marks:
    """Some attempts by their marks; tells which processes are theirs.

    Parameters:
        marks: `STATE/ATTEMPT` of each.
    """

    def __init__(self, marks: Iterable[str]) -> None:
        self._marks = frozenset(marks)
        self._numbers = frozenset(map(number, self._marks))

    def carried_by(self, mark: str | None, found: int | None) -> bool:
        """Whether a process with this variable and this number is one of theirs."""
        return mark in self._marks or found in self._numbers


class StateMarks:
    """All attempts of some state directories but for a few; tells which processes are theirs.

    Parameters:
        states: ids of the state directories.
        kept: marks of the attempts that are left out.
    """

    def __init__(self, states: Collection[str], kept: Iterable[str] = ()) -> None:
        self._prefixes = tuple(f"{state}/" for state in states)
        self._states = frozenset(map(_state_number, states))
        self._kept = Marks(kept)

    def carried_by(self, mark: str | None, found: int | None) -> bool:
        """Whether a process with this variable and this number is one of theirs."""
        if self._kept.carried_by(mark, found):
            return False
        is_named = mark is not None and mark.startswith(self._prefixes)
        return is_named or (found is not None and found >> _ATTEMPT_BITS in self._states)


@cache
def _state_number(state: str) -> int:
    return _bits(state, _STATE_BITS) or 1  # never a small number, which may be a limit that somebody set


def _bits(text: str, count: int) -> int:
    digest = hashlib.sha256(text.encode(errors="surrogateescape")).digest()
    return int.from_bytes(digest[:8], "big") >> (64 - count)
