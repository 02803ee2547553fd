"""The verbs of scenarios: what a client does in a workspace, said over any target."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import urlencode

from contracts.lifecycle import ENDED
from contracts.suite.answer import Answer, Unexpected, shown_url
from contracts.suite.difference import Difference, Like, one_of
from contracts.suite.target import Request, Response, Surroundings, Target

#: The version with which the official SDK sends sweeps.
API_VERSION = "2024-01-01-preview"

#: Pauses between two looks become longer, from `poll` to so many times as much.
_SLOWER, _SLOWEST = 1.2, 20.0

_LIST = Like("a list", lambda value: isinstance(value, list))
_MADE = one_of(200, 201)
_DONE = frozenset(str(status) for status in ENDED)


class Workspace:
    """A workspace of a target, as one scenario uses it.

    Parameters:
        target: what is checked.
        scenario: name of the scenario; part of the names it gives.
    """

    def __init__(self, target: Target, scenario: str) -> None:
        self._target = target
        self._scenario = scenario
        self.exchanges: list[tuple[Request, Response]] = []
        self.last = "no request yet"

    @property
    def surroundings(self) -> Surroundings:
        """Where this takes place."""
        return self._target.surroundings

    @property
    def id(self) -> str:
        """ARM id of the workspace."""
        return self.surroundings.workspace

    def name(self, suffix: str = "") -> str:
        """A name that belongs to this scenario alone: `suite-a_rule-b`."""
        return "-".join(filter(None, [self.surroundings.prefix, self._scenario, suffix]))

    def shared_name(self, what: str) -> str:
        """A name that all scenarios share, of something that is made once and only read."""
        return f"{self.surroundings.prefix}-shared-{what}"

    def send(
        self,
        method: str,
        url: str,
        body: Any = None,
        *,
        headers: Mapping[str, str] | None = None,
        signed_in: bool = True,
    ) -> Answer:
        """Send any request.

        Parameters:
            body: bytes as they are, anything else as JSON; None for no content.
        """
        content = body if isinstance(body, bytes | None) else json.dumps(body).encode()
        given = dict(headers or {})
        if content is not None and not isinstance(body, bytes):
            given.setdefault("Content-Type", "application/json")
        request = Request(method, url, content, given, signed_in)
        self.last = f"{method} {shown_url(url)}"
        answer = Answer(request, self._target.send(request))
        self.exchanges.append((request, answer.response))
        self.last += f" -> {answer.status}"
        return answer

    def arm(self, method: str, path: str = "", body: Any = None, /, *, api: str = API_VERSION, **query: str) -> Answer:
        """A request to the control plane below the workspace."""
        return self.send(method, f"{self.id}{path}?{urlencode({**query, 'api-version': api})}", body)

    def history(self, method: str, path: str, body: Any = None, /, **query: str) -> Answer:
        """A request to run history below the workspace."""
        asked = f"?{urlencode(query)}" if query else ""
        return self.send(method, f"/history/v1.0{self.id}{path}{asked}", body)

    def mlflow(self, method: str, call: str, body: Any = None, /, *, version: str = "v1.0", **query: str) -> Answer:
        """A call of MLflow's REST API: `mlflow("POST", "runs/create", {...})`."""
        asked = f"?{urlencode(query)}" if query else ""
        return self.send(method, f"/mlflow/{version}{self.id}/api/2.0/mlflow/{call}{asked}", body)

    def put_job(self, name: str, body: Any) -> Answer:
        """PUT a job."""
        return self.arm("PUT", f"/jobs/{name}", body)

    def job(self, name: str) -> Answer:
        """GET a job that is there."""
        answer = self.arm("GET", f"/jobs/{name}")
        answer.must_be(200, {"name": name, "properties": {}})
        return answer

    def made(self, name: str, body: Any) -> Answer:
        """A job that is there afterwards: made now, or found with this very body."""
        answer = self.put_job(name, body)
        answer.must_be(_MADE, {"name": name, "properties": {}})
        return answer

    def until(self, what: str, look: Callable[[], Any]) -> Any:
        """Look until there is something to see (anything true), and give it.

        Raises:
            Unexpected: the target's patience is at an end.
        """
        left, pause = self.surroundings.patience, self.surroundings.poll
        while True:
            seen = look()
            if seen:
                return seen
            if left <= 0:
                raise Unexpected([Difference("$", what, "(not within the target's patience)")], self.last)
            self._target.pause(pause)
            # By what was waited and not by a clock: on a target with virtual time none passes.
            left -= pause
            pause = min(pause * _SLOWER, self.surroundings.poll * _SLOWEST)

    def until_status(self, name: str, *statuses: str) -> Answer:
        """Wait until a job has one of several statuses, and give its document.

        Raises:
            Unexpected: it ended with another one, or not in time.
        """

        def look() -> Answer | None:
            answer = self.job(name)
            status = answer.field("properties", "status")
            if status in statuses:
                return answer
            if status in _DONE:
                wanted = " or ".join(statuses)
                raise Unexpected([Difference("$.properties.status", wanted, status)], self.last)
            return None

        found: Answer = self.until(f"job {name} is {' or '.join(statuses)}", look)
        return found

    def ended(self, name: str) -> Answer:
        """Wait until a job has ended, however it did, and give its document."""
        return self.until_status(name, *_DONE)

    def trials(self, name: str) -> list[dict[str, Any]]:
        """The run-history documents of a sweep's trials, all pages together."""
        first = self.history("GET", f"/runs/{name}/children")
        found = list(_page(first))
        for page in self._following(first):
            found += _page(page)
        return found

    def pages(self, path: str, **query: str) -> Iterator[Answer]:
        """The pages of a list of the control plane."""
        answer = self.arm("GET", path, **query)
        answer.must_be(200, {"value": _LIST})
        yield answer
        yield from self._following(answer)

    def _following(self, answer: Answer) -> Iterator[Answer]:
        seen = set()
        while link := answer.json.get("nextLink"):
            # A target that answers with the same page again would keep this going for ever.
            if link in seen:
                raise Unexpected([Difference("$.nextLink", "a page that was not seen yet", link)], self.last)
            seen.add(link)
            answer = self.send("GET", link)
            answer.must_be(200, {"value": _LIST})
            yield answer

    def listed(self, path: str = "/jobs", **query: str) -> list[dict[str, Any]]:
        """All items of a list of the control plane."""
        return [item for page in self.pages(path, **query) for item in page.json["value"]]

    def names(self, path: str = "/jobs", **query: str) -> list[str]:
        """The names of the items of a list."""
        return [item["name"] for item in self.listed(path, **query)]


def _page(answer: Answer) -> list[dict[str, Any]]:
    answer.must_be(200, {"value": _LIST})
    page: list[dict[str, Any]] = answer.json["value"]
    return page
