"""Values and lists of names as a message shows them: cut to a readable length, however long they are."""

from __future__ import annotations

import json
import reprlib
from collections.abc import Collection
from itertools import islice
from typing import Any

_LONGEST = 80
_CUT = "..."
_REPR = reprlib.Repr()
_REPR.maxlevel = 3
_REPR.maxstring = _REPR.maxlong = _REPR.maxother = 100
_ENCODER = json.JSONEncoder(default=str, ensure_ascii=False)


def shown(value: Any) -> str:
    """A value as JSON of at most 80 characters; the rest of a longer one is not even encoded.

    Example:
        >>> shown({"lr": [0.1, None]})
        '{"lr": [0.1, null]}'
    """
    if isinstance(value, str):
        value = value[: _LONGEST + 1]
    text = ""
    try:
        for part in _ENCODER.iterencode(value):
            text += part
            if len(text) > _LONGEST:
                return text[: _LONGEST - len(_CUT)] + _CUT
    except (ValueError, TypeError, RecursionError):  # it holds itself, has keys that JSON has not, or is very deep
        return text + _CUT
    return text


def short_repr(value: Any) -> str:
    """A value as Python writes it, for readers of YAML, of which Python's values are nearer than JSON's; bounded too.

    Example:
        >>> short_repr({"rate": float("inf")})
        "{'rate': inf}"
    """
    text = _REPR.repr(value)
    return text if len(text) <= _LONGEST else text[: _LONGEST - len(_CUT)] + _CUT


def listed(names: Collection[str], most: int = 50) -> str:
    """Names with commas between them, and how many more there are.

    Parameters:
        most: how many are named.

    Example:
        >>> listed(["a", "b", "c"], most=2)
        'a, b and 1 more'
    """
    text = ", ".join(islice(names, most))
    return f"{text} and {len(names) - most} more" if len(names) > most else text


def counted(number: int, noun: str) -> str:
    """How many of what.

    Parameters:
        number: how many.
        noun: what, in the singular; its plural ends with `s`.

    Example:
        >>> counted(1, "file"), counted(2048, "byte")
        ('1 file', '2,048 bytes')
    """
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
