"""The operations nearest to a request that none of them answers: a wrong method, a misspelled word, a part too many."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from starlette.routing import BaseRoute, Match, Route

from contracts.diagnostics.suggestions import likeness
from emulator.api.arm.refused import RefusedRoute

_MOST = 3
_LONGEST = 2000


class Operation(NamedTuple):
    """A method and the template of its path."""

    method: str
    path: str

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


def operations(routes: Iterable[BaseRoute]) -> Iterator[Operation]:
    """All operations that an application serves; HEAD goes with GET."""
    for route in routes:
        if isinstance(route, Route) and not isinstance(route, RefusedRoute):
            for method in sorted((route.methods or set()) - {"HEAD"}):
                yield Operation(method, route.path)


def nearest(routes: Iterable[BaseRoute], method: str, path: str) -> list[Operation]:
    """The operations that were probably meant, the likeliest first.

    Parameters:
        routes: of the application.
        method, path: what was asked.
    """
    routes = list(routes)
    scope = {"type": "http", "method": method, "path": path}
    if same := [route for route in routes if route.matches(scope)[0] is Match.PARTIAL]:
        return list(operations(same))[:_MOST]
    words = path[:_LONGEST].split("/")
    graded = ((_likeness(words, operation), operation) for operation in operations(routes))
    by_grade = sorted(graded, key=lambda pair: (-pair[0], pair[1].method != method, pair[1]))
    return [operation for grade, operation in by_grade[:_MOST] if grade > 0.6]


def _likeness(words: list[str], operation: Operation) -> float:
    """From 0 to 1: how much of the words of a path agrees with a template, whose parameters agree with anything."""
    template = operation.path.split("/")
    alike = sum(
        1.0 if part.startswith("{") else likeness(word, part) for word, part in zip(words, template, strict=False)
    )
    return alike / max(len(words), len(template))
