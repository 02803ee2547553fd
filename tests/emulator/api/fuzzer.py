"""Malformed requests: each operation with bodies and queries of wrong JSON types, from a seed."""

from __future__ import annotations

import copy
import random
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from starlette.routing import BaseRoute, Route

from emulator.api.lazy_routes import every_route

#: Values of every JSON type, and those that are hard on integers, floats, texts and paths.
ODD: Sequence[Any] = (
    *(None, True, False, 0, -1, 1, 2**31, 2**63, -(2**63) - 1, 10**30, 0.5, -1e308, "", "x", "0", "-1", "nan", "1e999"),
    *(
        "\0",
        "a\nb",
        "../..",
        "/",
        "%",
        "'",
        '"',
        "\ud7ff",
        "𝄞" * 10,
        "x" * 10_000,
        "azureml:",
        "azureml://",
        "P",
        "PT1S",
    ),
    *([], [None], ["x"], [[]], [{}], [0] * 50, {}, {"": None}, {"x": 1}, {"x": {}}, {"x": []}, {"properties": "x"}),
    *({"properties": None}, {"properties": []}, {"properties": {}}, {"properties": {"properties": "x"}}, {"key": 1}),
)


class Sent(NamedTuple):
    """One request; a body of None is none."""

    method: str
    path: str
    query: Mapping[str, str]
    body: Any


class Fuzzer:
    """Makes requests from a seed.

    Parameters:
        routes: of the application.
        workspace: parts of the path by name.
        bodies: good ones, which are spoiled, each with a word in the paths that it is meant for.
        calls: what follows the prefix of MLflow.
        names: of jobs, runs and assets that there are.
        seed: the same one makes the same requests.
    """

    def __init__(
        self,
        routes: Sequence[BaseRoute],
        workspace: Mapping[str, str],
        bodies: Sequence[tuple[str, Any]],
        names: Sequence[str],
        calls: Sequence[str],
        seed: int,
    ) -> None:
        self._random = random.Random(seed)
        self._routes = sorted(
            (
                (method, route.path)
                for route in every_route(routes)
                if isinstance(route, Route)
                for method in route.methods or ()
            ),
        )
        self._workspace, self._bodies, self._names, self._calls = workspace, bodies, names, calls
        self._odd = list(ODD)
        # One route of MLflow is thirty operations, and those that read no body need fewer tries.
        self._weights = [
            20.0 if "{call" in path else 3.0 if method in ("PUT", "POST", "PATCH") else 1.0
            for method, path in self._routes
        ]

    def requests(self, count: int) -> Iterator[Sent]:
        """So many requests."""
        for _ in range(count):
            method, template = self._random.choices(self._routes, self._weights)[0]
            path = self._path(template)
            body = None if method in ("GET", "HEAD") else self._body(path)
            yield Sent(method, path, self._query(), body)

    def _path(self, template: str) -> str:
        path = template
        while "{" in path:
            before, _, rest = path.partition("{")
            name, _, after = rest.partition("}")
            path = f"{before}{self._part(name.partition(':')[0])}{after}"
        return path

    def _part(self, name: str) -> str:
        if name in self._workspace:
            return self._workspace[name]
        if name == "call":
            return self._random.choice(self._calls)
        if name == "version" and self._random.random() < 0.7:
            return self._random.choice(("v1.0", "v2.0", "1"))
        return self._random.choice(self._names)

    def _query(self) -> dict[str, str]:
        query = {"api-version": "2024-01-01-preview"}
        for _ in range(self._random.choice((0, 0, 1, 2))):
            query[self._random.choice(_QUERIES)] = self._random.choice(_TEXTS)
        return query

    def _body(self, path: str) -> Any:
        if self._random.random() < 0.1:
            return self._random.choice(self._odd)
        fitting = [body for word, body in self._bodies if word in path]
        every = [body for _, body in self._bodies]
        body = copy.deepcopy(self._random.choice(fitting if fitting and self._random.random() < 0.9 else every))
        for _ in range(self._random.choice((1, 1, 1, 2, 3))):
            self._spoil(body)
        return body

    def _spoil(self, body: Any) -> None:
        """Put something odd in the place of one value, at any depth, or under a further key."""
        place = body
        while isinstance(place, dict | list) and place:
            key = self._random.choice(list(place) if isinstance(place, dict) else range(len(place)))
            inner = place[key]
            if not (isinstance(inner, dict | list) and inner) or self._random.random() < 0.3:
                place[key] = copy.deepcopy(self._random.choice(self._odd))
                return
            place = inner


_QUERIES = (
    *("$top", "$skip", "$skipToken", "$orderby", "$filter", "orderBy", "listViewType", "tag", "properties", "hash"),
    *(
        "hashVersion",
        "page_token",
        "max_results",
        "metric_key",
        "run_id",
        "run_uuid",
        "experiment_id",
        "path",
        "filter",
    ),
    *(
        "order_by",
        "experiment_name",
        "count",
        "names",
        "searchText",
        "isDefault",
        "$continuationtoken",
        "since",
        "limit",
    ),
    *(
        "comp",
        "restype",
        "prefix",
        "marker",
        "maxresults",
        "blockid",
        "timeout",
        "jobType",
        "status",
        "after",
        "offset",
    ),
)
_TEXTS = (
    *(
        "",
        "x",
        "0",
        "-1",
        "1",
        "1e3",
        "nan",
        "9" * 30,
        str(2**63),
        str(-(2**63) - 1),
        "\0",
        "a=b",
        "%",
        "_",
        "'",
        "true",
    ),
    *("../..", "/", "createdtime asc", "Active", "٣", "x" * 5_000, "=", "a=", "=b", "[]", "{}", "²"),
)
