"""The JSON types of what is stored: a value of another type is refused before it can spoil what reads it back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from emulator.services.refusal import user_error

#: What a message calls the types of JSON.
_WORDS = {dict: "an object", list: "an array", str: "a string", bool: "true or false"}
_PLAIN = (str, int, float, type(None))


def check_types(given: Mapping[str, Any], types: Mapping[str, type], place: str = "properties") -> None:
    """Refuse members of other types; members may be absent or null.

    Parameters:
        given: an object of a body.
        types: `dict`, `list`, `str` or `bool`, by the name of the member.
        place: where the object is in the body, for the message.

    Raises:
        Refusal: 400, naming the first member of another type.
    """
    for name, wanted in types.items():
        value = given.get(name)
        if value is not None and not isinstance(value, wanted):
            where = f"{place}.{name}" if place else name
            raise user_error(f"{where} must be {_WORDS[wanted]}.", target=where)


def check_texts(given: Any, place: str) -> None:
    """Refuse what is not an object of plain values; the service reads numbers as strings, and null is absent.

    Parameters:
        given: `tags` or `properties`, as in the body.
        place: where they are in it.

    Raises:
        Refusal: 400.
    """
    if given is None:
        return
    if not isinstance(given, dict) or not all(isinstance(value, _PLAIN) for value in given.values()):
        raise user_error(f"{place} must be an object of strings.", target=place)
