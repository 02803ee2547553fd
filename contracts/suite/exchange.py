"""One exchange of a public recording of the service, and what it says of the answer of a target."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from contracts.suite.answer import Answer
from contracts.suite.difference import Difference
from contracts.suite.shape import shape_differences
from contracts.suite.workspace import Workspace

_LOCATION = re.compile(r"\{LOCATION:([\w-]+)\}")


@dataclass(frozen=True, slots=True)
class Step:
    """A request of a recording.

    Parameters:
        method, path, query, body: the request; `{W}` stands for the ARM path of the workspace, `{LOCATION:id}` for the
            Location that exchange `id` was answered with.
        wait: whether the job that it makes has to end before the next request.
    """

    method: str
    path: str
    query: Mapping[str, str]
    body: Any
    wait: bool = False

    @classmethod
    def from_json(cls, given: Mapping[str, Any]) -> Step:
        """From one item of `setup`, or from an exchange."""
        query = given.get("query") or {}
        return cls(given["method"], given["path"], query, given.get("body"), bool(given.get("wait")))


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request, what has to be sent before it, and what the service answered.

    Parameters:
        id: short name.
        source: the recording.
        setup: sent first.
        step: the request.
        status: of the answer.
        headers: what they have to be like: `*` anything, `~re` text that matches, else this text; by lower-case names.
        absent_headers: what must not be there.
        shape: of the content; see `contracts.suite.shape`. Of a content that is not JSON: `=` and the text.
    """

    id: str
    source: str
    setup: tuple[Step, ...]
    step: Step
    status: int
    headers: Mapping[str, str]
    absent_headers: tuple[str, ...]
    shape: Any

    @classmethod
    def from_json(cls, given: Mapping[str, Any]) -> Exchange:
        """From the JSON of a recorded exchange."""
        return cls(
            given["id"],
            given["source"],
            tuple(Step.from_json(one) for one in given.get("setup") or ()),
            Step.from_json(given),
            given["status"],
            given.get("headers") or {},
            tuple(given.get("absent_headers") or ()),
            given["shape"],
        )


class Replay:
    """Sends recorded exchanges to a workspace, one after the other, as later ones read what earlier ones made.

    Parameters:
        blob_origin: what `{BLOB}` stands for.
    """

    def __init__(self, blob_origin: str = "") -> None:
        self._blob_origin = blob_origin
        self._locations: dict[str, str] = {}

    def differences(self, exchange: Exchange, workspace: Workspace) -> list[Difference]:
        """Send an exchange; where the answer is not what the service answered."""
        for step in exchange.setup:
            self.send(step, workspace)
        answer = self.send(exchange.step, workspace)
        self._locations[exchange.id] = answer.response.headers.get("location", "")
        return list(self._compare(exchange, answer, workspace))

    def send(self, step: Step, workspace: Workspace) -> Answer:
        """Send one request, and wait where it says so."""
        url = _LOCATION.sub(lambda found: self._locations[found[1]], self._filled(step.path, workspace))
        if step.query:
            url += ("&" if "?" in url else "?") + urlencode(step.query)
        answer = workspace.send(step.method, url, self._filled(step.body, workspace))
        if step.wait:
            workspace.ended(step.path.rpartition("/")[2])
        return answer

    def _compare(self, exchange: Exchange, answer: Answer, workspace: Workspace) -> Iterator[Difference]:
        if answer.status != exchange.status:
            yield Difference("$.status", exchange.status, answer.status)
        for name, like in exchange.headers.items():
            found = answer.response.headers.get(name)
            if found is None or not _header_fits(like, found):
                yield Difference(f"$.headers.{name}", like, found)
        for name in exchange.absent_headers:
            if name in answer.response.headers:
                yield Difference(f"$.headers.{name}", "(absent)", answer.response.headers[name])
        shape = self._filled(exchange.shape, workspace)
        if isinstance(shape, str) and shape.startswith("="):
            text = answer.response.body.decode("utf-8", "replace")
            if text != shape[1:]:
                yield Difference("$.body", shape, text)
        else:
            yield from shape_differences(shape, answer.json, "$.body")

    def _filled(self, value: Any, workspace: Workspace) -> Any:
        if isinstance(value, str):
            return value.replace("{W}", workspace.id).replace("{BLOB}", self._blob_origin)
        if isinstance(value, Mapping):
            return {key: self._filled(one, workspace) for key, one in value.items()}
        if isinstance(value, list):
            return [self._filled(one, workspace) for one in value]
        return value


def _header_fits(like: str, found: str) -> bool:
    if like == "*":
        return True
    return re.search(like[1:], found) is not None if like.startswith("~") else like == found
