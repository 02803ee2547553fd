"""What passed between a scenario and its target, in a form in which two targets can be compared.

Names, ids, moments and amounts differ from target to target. What must agree is the kind of each answer: its status,
its headers, and which keys with which types its content has.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from contracts.suite.target import Request, Response, Surroundings

_GUID = re.compile(r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}")
#: Headers that clients act on.
_HEADERS = ("location", "retry-after", "content-type", "www-authenticate", "x-ms-error-code")
#: Objects whose keys are data, not contract.
_BAGS = frozenset({"tags", "properties", "parameters", "logFiles"})
#: Query parameters that a target makes up: signatures, their ends, and where a page begins.
_OF_THE_TARGET = frozenset({"sig", "se", "$skip", "$continuationtoken"})

Kinds = dict[str, Any]


def kinds(exchanges: Iterable[tuple[Request, Response]], surroundings: Surroundings) -> Kinds:
    """The kind of the last answer to each request.

    Parameters:
        exchanges: of one scenario.
        surroundings: of its target; what is its own in a request is taken out.
    """
    return {_asked(request, surroundings): _kind(response) for request, response in exchanges}


def disagreements(one: Any, other: Any, path: str = "$") -> Iterator[tuple[str, Any, Any]]:
    """Where two kinds differ: JSON path, and what each has there.

    >>> list(disagreements({"status": 200, "body": {"a": "text"}}, {"status": 200, "body": {}}))
    [('$.body.a', 'text', '(absent)')]
    """
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        for key in dict.fromkeys([*one, *other]):
            yield from disagreements(one.get(key, "(absent)"), other.get(key, "(absent)"), f"{path}.{key}")
    elif isinstance(one, list) and isinstance(other, list):
        if one and other:
            yield from disagreements(one[0], other[0], f"{path}[]")
    elif one != other:
        yield path, one, other


def _asked(request: Request, surroundings: Surroundings) -> str:
    """A request without what is a target's own: origin, workspace, names, ids, signatures."""
    url = urlsplit(request.url)
    path = unquote(url.path).replace(surroundings.workspace, "WORKSPACE")
    query = "&".join(sorted(f"{key}={value}" for key, value in parse_qsl(url.query) if key not in _OF_THE_TARGET))
    line = f"{request.method} {path}?{query}".replace(f"{surroundings.prefix}-", "PREFIX-")
    return _GUID.sub("GUID", line)


def _kind(response: Response) -> Kinds:
    headers = {name: "given" for name in _HEADERS if name in response.headers}
    return {"status": response.status, "headers": headers, "body": _of_json(response.json)}


def _of_json(value: Any, key: str = "") -> Any:
    match value:
        case dict() if key in _BAGS and all(isinstance(inner, str) for inner in value.values()):
            return "object"
        case dict():
            return {name: _of_json(inner, name) for name, inner in value.items()}
        case list():
            return [_of_json(value[0])] if value else []
        case bool():
            return "truth value"
        case int() | float():
            return "number"
        case str():
            return "text"
    return "null"
