"""Which known name a wrong one was probably meant to be."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from itertools import islice

#: Names that are compared at most, and characters of each: comparing takes time in proportion to both.
_MOST = 500
_LONGEST = 100


def closest(name: str, known: Iterable[str], *, cutoff: float = 0.6, longest: int = _LONGEST) -> str | None:
    """The known name most like this one; None when none is like it.

    Parameters:
        name: the wrong name.
        known: of these, the first 500 whose length lets them be alike are compared.
        cutoff: how like, from 0 (nothing in common) to 1 (equal), it has to be at least.
        longest: characters of each name that count.

    Example:
        >>> closest("learning_rat", ["batch_size", "learning_rate"])
        'learning_rate'
    """
    from difflib import get_close_matches  # slow to import, and most messages need none

    word = name[:longest]
    # 2 * shorter / (sum of lengths) is the most that two texts can be alike.
    fitting = (
        other for other in known if 2 * min(len(other), len(word)) >= cutoff * (len(other[:longest]) + len(word))
    )
    compared = {other[:longest]: other for other in islice(fitting, _MOST)}
    found = get_close_matches(word, compared, n=1, cutoff=cutoff)
    return compared[found[0]] if found else None


class Suggestions:
    """Looks up what the wrong names of one report mean; after some, it says nothing, so that a report stays linear.

    Parameters:
        most: wrong names that get a suggestion; more would not be read.
    """

    def __init__(self, most: int = 25) -> None:
        self._left = most

    def closest(self, name: str, known: Iterable[str], *, cutoff: float = 0.6) -> str | None:
        """As the function of this name; None too when enough were looked up."""
        if self._left <= 0:
            return None
        self._left -= 1
        return closest(name, known, cutoff=cutoff)


def likeness(one: str, other: str) -> float:
    """How alike two words are, from 0 to 1, in any case of letters."""
    from difflib import SequenceMatcher

    return SequenceMatcher(None, one[:_LONGEST].lower(), other[:_LONGEST].lower()).ratio()


def by_likeness(name: str, names: Collection[str]) -> list[str]:
    """Names, those most like one first; of more than 500, the others follow as they are."""
    ordered = sorted(names)
    compared = sorted(ordered[:_MOST], key=lambda other: -likeness(name, other))
    return compared + ordered[_MOST:]
