"""Texts with wildcards, matched in time that grows with the product of both lengths at most, 64 characters a step.

All ways through the pattern are followed at once: a set of places in the text, one bit for each, is moved on by one
part of the pattern after the other. No way is tried twice, so no pattern and no text are hard.
"""

from __future__ import annotations

import re
from itertools import groupby

_WILD = re.compile(r"(\*\*?)")


class Wildcards:
    """What a text with wildcards matches, without regard to case.

    Parameters:
        pattern: `*` stands for anything; with a separator for anything between two of them, and `**` for several.
        separator: one character between the parts of what is matched: `/` in paths.

    >>> Wildcards("/jobs/*", "/").match("/jobs/a/cancel")
    False
    """

    def __init__(self, pattern: str, separator: str | None = None) -> None:
        parts = [part for part in _WILD.split(pattern.lower()) if part]
        self._parts = [part for part, _ in groupby(parts, str)]  # a wildcard again and again is the same as once
        self._literals = {part for part in self._parts if not _WILD.fullmatch(part)}
        self._separator = separator

    def match(self, text: str) -> bool:
        """Whether the whole text is matched."""
        text = text.lower()
        every = (1 << len(text) + 1) - 1  # the places between characters, both ends included
        within = _inner(text, self._separator)
        occurrences = {part: _occurrences(part, text) for part in self._literals}
        places = 1
        for part in self._parts:
            if not places:
                return False
            if part == "**" or (part == "*" and self._separator is None):
                places = every & ~((places & -places) - 1)
            elif part == "*":
                # Each place spreads to the end of its run of characters that are not the separator: the sum carries
                # a bit through the run, and what it changed is where it went.
                places = ((((places & within) + within) ^ within) | places) & every
            else:
                places = (places & occurrences[part]) << len(part)
        return bool(places >> len(text) & 1)


def _inner(text: str, separator: str | None) -> int:
    """The places in front of a character that is not the separator."""
    return int("".join("0" if one == separator else "1" for one in reversed(text)) or "0", 2)


def _occurrences(part: str, text: str) -> int:
    """The places in front of a part, also where it overlaps with itself."""
    bits, at = bytearray(b"0" * (len(text) + 1)), text.find(part)
    while at >= 0:
        bits[~at] = ord("1")  # the first place is the last digit
        at = text.find(part, at + 1)
    return int(bits, 2)
