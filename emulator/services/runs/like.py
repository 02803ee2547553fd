"""SQL's LIKE: `%` stands for anything, `_` for one character. Source: MLflow hands such patterns to its database."""

from __future__ import annotations


def is_like(text: str, pattern: str, *, ignore_case: bool) -> bool:
    """Whether a text matches a pattern.

    The steps are at most the product of both lengths, however many wildcards there are: only the last `%` that was met
    is ever tried again, as what stood before it has been matched at the earliest place.

    Parameters:
        ignore_case: as ILIKE does.
    """
    if ignore_case:
        text, pattern = text.casefold(), pattern.casefold()
    at = place = 0
    again: tuple[int, int] | None = None  # where the last % ends in the pattern, and what of the text it has taken
    while at < len(text):
        if place < len(pattern) and pattern[place] == "%":
            place += 1
            again = (place, at)
        elif place < len(pattern) and pattern[place] in ("_", text[at]):
            at, place = at + 1, place + 1
        elif again:
            place, at = again[0], again[1] + 1
            again = (place, at)
        else:
            return False
    return not pattern[place:].strip("%")
