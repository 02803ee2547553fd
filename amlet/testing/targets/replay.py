"""A recorded run of the contract suite as its target."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import unquote, urlsplit

from amlet.testing.targets.over_transport import TransportTarget
from contracts.suite.target import Feature, NotCovered, Request, Response, Surroundings
from gateway.transport import cassette
from gateway.transport.cassette import Recorded
from gateway.transport.messages import ConnectionFault
from gateway.transport.replay import NotRecorded, ReplayTransport

_JOB = re.compile(r"(?P<workspace>/subscriptions/.+/workspaces/[^/]+)/jobs/(?P<prefix>[^-/]+)-[^/]+")


class ReplayTarget(TransportTarget):
    """Answers as was recorded; what was not recorded is not covered."""

    def send(self, request: Request) -> Response:
        """See `contracts.suite.target.Target`."""
        try:
            return super().send(request)
        except NotRecorded as gap:
            raise NotCovered(str(gap)) from None


@contextmanager
def replayed(path: str) -> Iterator[ReplayTarget]:
    """A target that is a cassette.

    Parameters:
        path: of the cassette; made with AMLET_RECORD while the suite ran.

    Raises:
        gateway.transport.cassette.CassetteError: it is not a cassette, or not one of the suite.
    """
    exchanges = cassette.read(path)
    transport = ReplayTransport(exchanges)
    yield ReplayTarget(
        transport,
        surroundings_of(path, exchanges),
        control_plane=transport.base_url or "",
        data_plane=_data_plane(exchanges),
        token=lambda: "replayed",
        pause=transport.sleep,
    )


def surroundings_of(path: str, exchanges: Iterable[Recorded]) -> Surroundings:
    """Where the scenarios took place when they were recorded, as the requests and answers show it.

    Raises:
        gateway.transport.cassette.CassetteError: no job of the suite was created.
    """
    exchanges = list(exchanges)
    for exchange in exchanges:
        found = _JOB.match(unquote(urlsplit(exchange.asked.url).path))
        body = exchange.asked.body.get("json")
        properties = body.get("properties") if isinstance(body, dict) else None
        if found and exchange.asked.method == "PUT" and isinstance(properties, dict) and "trial" in properties:
            return Surroundings(
                workspace=found["workspace"],
                prefix=found["prefix"],
                compute=properties.get("computeId"),
                environment=properties["trial"]["environmentId"],
                poll=1.0,
                patience=1000.0,
                page_size=_page_size(exchanges),
                features=frozenset({Feature.PROCESSES, Feature.LONG_WAITS}),
            )
    raise cassette.CassetteError(f"{path} is not a recording of the contract suite: it creates none of its jobs")


def _page_size(exchanges: Iterable[Recorded]) -> int | None:
    """The size of the pages that have a next one."""
    pages = [_json(exchange) for exchange in exchanges]
    sizes = [len(page["value"]) for page in pages if isinstance(page, dict) and page.get("nextLink")]
    return max(sizes, default=None)


def _data_plane(exchanges: Iterable[Recorded]) -> str | None:
    urls = (urlsplit(exchange.asked.url) for exchange in exchanges)
    return next(
        (f"{url.scheme}://{url.netloc}" for url in urls if url.path.startswith(("/history/", "/mlflow/"))), None
    )


def _json(exchange: Recorded) -> Any:
    if isinstance(exchange.answer, ConnectionFault):
        return None
    try:
        return json.loads(exchange.answer.body)
    except ValueError:
        return None
