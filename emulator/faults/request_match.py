"""Which requests a fault is meant for."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Annotated, Any, NamedTuple

from pydantic import AfterValidator, BeforeValidator, Field

from emulator.faults.entry import Entry
from emulator.faults.wildcards import Wildcards


class Asked(NamedTuple):
    """What of a request can be matched.

    Parameters:
        path: in ARM's usual spelling, without the query.
        query, headers: the names of headers in lower case.
    """

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]


_METHODS = ("GET", "HEAD", "PUT", "POST", "PATCH", "DELETE", "OPTIONS")


def _methods(text: str) -> str:
    """Methods in capitals.

    Raises:
        ValueError: one of them is none.
    """
    for method in text.upper().split("|"):
        if method not in _METHODS:
            raise ValueError(f"{method!r} is not a method; known are {', '.join(_METHODS)}, several as in PUT|PATCH")
    return text.upper()


_Wild = Annotated[str, Field(max_length=2000)]


class RequestMatch(Entry):
    """A rule for requests; what is left out is not looked at.

    Parameters:
        method: `GET`, or several: `PUT|PATCH`.
        path: `*` stands for a part of it, `**` for several; one without a slash in front is the end of a path:
            `jobs/*` matches every request for one job.
        query, headers: by name, values with `*` for anything.

    >>> RequestMatch.model_validate("GET jobs/*").path
    'jobs/*'
    """

    method: Annotated[str, AfterValidator(_methods)] | None = None
    path: Annotated[str, Field(min_length=1, max_length=2000)] | None = None
    query: dict[str, _Wild] = {}
    headers: dict[str, _Wild] = {}

    def matches(self, asked: Asked) -> bool:
        """Whether a request is one of those."""
        methods, path, query, headers = self._compiled
        return (
            (not methods or asked.method in methods)
            and (path is None or path.match(asked.path))
            and all(wanted.match(asked.query.get(name, "")) for name, wanted in query.items())
            and all(wanted.match(asked.headers.get(name, "")) for name, wanted in headers.items())
        )

    @cached_property
    def _compiled(self) -> tuple[Any, ...]:
        path = self.path
        if path is not None and path[0] not in "/*":
            path = f"**/{path}"
        return (
            frozenset(self.method.split("|")) if self.method else frozenset(),
            None if path is None else Wildcards(path, "/"),
            {name: Wildcards(value) for name, value in self.query.items()},
            {name.lower(): Wildcards(value) for name, value in self.headers.items()},
        )

    def __str__(self) -> str:
        """As it is written in short: `GET jobs/*`."""
        rest = [f"{name}={value}" for values in (self.query, self.headers) for name, value in values.items()]
        return " ".join([self.method or "any method", self.path or "any path", *rest])


def _spelled(value: Any) -> Any:
    """`GET jobs/*` and `jobs/*` as the mappings they are short for."""
    if not isinstance(value, str):
        return value
    first, _, rest = value.strip().partition(" ")
    if rest:
        return {"method": first, "path": rest.strip()}
    return {"method": first} if set(first.split("|")) <= set(_METHODS) else {"path": first}


#: A rule for requests, in full or in short.
Match = Annotated[RequestMatch, BeforeValidator(_spelled, json_schema_input_type=str | RequestMatch)]
