"""Where a JSON document is not what a scenario expects, as data."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_PLAIN_KEY = re.compile(r"[A-Za-z_$][\w-]*\Z")


@dataclass(frozen=True, slots=True)
class Like:
    """A value that need only satisfy a condition.

    Parameters:
        what: how a difference shows it: `text matching 'PT.*'`.
        fits: whether a value is good.
    """

    what: str
    fits: Callable[[Any], bool]


ABSENT = Like("nothing: the key is absent", lambda value: False)
ANYTHING = Like("anything but null", lambda value: value is not None)


def text(pattern: str) -> Like:
    """A text that matches a regular expression as a whole."""
    form = re.compile(pattern)
    return Like(f"text matching {pattern!r}", lambda value: isinstance(value, str) and bool(form.fullmatch(value)))


def one_of(*values: Any) -> Like:
    """One of several values."""
    return Like(f"one of {', '.join(map(str, values))}", lambda value: value in values)


def unlike(unwanted: Any) -> Like:
    """Another value, but one."""
    return Like(f"anything but {unwanted!r}", lambda value: value is not None and value != unwanted)


def having(part: str) -> Like:
    """A text, or list, that contains something."""
    return Like(f"something that contains {part!r}", lambda value: isinstance(value, str | list) and part in value)


def same_text(wanted: str) -> Like:
    """A text that is the same but for upper and lower case."""
    return Like(
        f"{wanted!r} in any case", lambda value: isinstance(value, str) and value.casefold() == wanted.casefold()
    )


def close_to(wanted: float) -> Like:
    """A number, or the text of one, that is this one but for rounding."""

    def fits(value: Any) -> bool:
        try:
            return abs(float(value) - wanted) <= 1e-9 * max(1.0, abs(wanted))
        except (TypeError, ValueError):
            return False

    return Like(f"a number close to {wanted}", fits)


def json_text(wanted: Any) -> Like:
    """A text that holds a JSON document, whatever its spaces."""

    def fits(value: Any) -> bool:
        try:
            return isinstance(value, str) and bool(json.loads(value) == wanted)
        except ValueError:
            return False

    return Like(f"the JSON text of {json.dumps(wanted)}", fits)


@dataclass(frozen=True, slots=True)
class Difference:
    """One place where a document is not as expected.

    Parameters:
        path: JSON path.
        expected: the value, or what it should be like.
        got: the value that is there; `(absent)` where there is none.
    """

    path: str
    expected: Any
    got: Any

    def as_json(self) -> dict[str, Any]:
        """As it is printed."""
        return {"path": self.path, "expected": self.expected, "got": self.got}


def differences(expected: Any, got: Any, path: str = "$") -> Iterator[Difference]:
    """Compare a document with what is expected of it.

    Objects may have more keys than expected; lists have as many items. `true` is not a number.

    Parameters:
        expected: JSON in which any part may be a `Like`.
        got: JSON.
        path: where both are.

    >>> [found.path for found in differences({"a": {"b": 1}}, {"a": {"b": 2}, "c": 3})]
    ['$.a.b']
    """
    if isinstance(expected, Like):
        if not expected.fits(got):
            yield Difference(path, expected.what, got)
    elif isinstance(expected, Mapping):
        if isinstance(got, Mapping):
            for key, value in expected.items():
                yield from _at_key(value, got, key, path + (f".{key}" if _PLAIN_KEY.match(key) else f"[{key!r}]"))
        else:
            yield Difference(path, shown(expected), got)
    elif isinstance(expected, Sequence) and not isinstance(expected, str):
        if isinstance(got, list) and len(got) == len(expected):
            for place, (one, other) in enumerate(zip(expected, got, strict=True)):
                yield from differences(one, other, f"{path}[{place}]")
        else:
            yield Difference(path, shown(expected), got)
    elif isinstance(expected, bool) is not isinstance(got, bool) or expected != got:
        yield Difference(path, expected, got)


def _at_key(expected: Any, got: Mapping[str, Any], key: str, path: str) -> Iterator[Difference]:
    if key in got:
        if expected is ABSENT:
            yield Difference(path, ABSENT.what, got[key])
        else:
            yield from differences(expected, got[key], path)
    elif expected is not ABSENT:
        yield Difference(path, shown(expected), "(absent)")


def shown(expected: Any) -> Any:
    """An expectation as plain JSON."""
    if isinstance(expected, Like):
        return expected.what
    if isinstance(expected, Mapping):
        return {key: shown(value) for key, value in expected.items()}
    if isinstance(expected, Sequence) and not isinstance(expected, str):
        return [shown(value) for value in expected]
    return expected
