"""What the suite asks of the thing it checks: take a request, give the response, let time pass."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request.

    Parameters:
        method: `GET`, `PUT` ...
        url: a path with its query (`/subscriptions/...` of the control plane; `/history/...`, `/mlflow/...` of the data
            plane), or a whole URL as an earlier response gave it.
        body: the content, None for none.
        headers: beside the ones that a target adds itself.
        signed_in: whether the target adds its bearer token; it never does for hosts that are not the service's own.
    """

    method: str
    url: str
    body: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    signed_in: bool = True


@dataclass(frozen=True, slots=True)
class Response:
    """The response to one request.

    Parameters:
        status: HTTP status.
        headers: by their names in lower case.
        body: the content as it came, decompressed.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The content as JSON; other text comes as text, no content as None."""
        if not self.body:
            return None
        try:
            return json.loads(self.body)
        except ValueError:
            return self.body.decode("utf-8", "replace")


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Where the scenarios take place.

    Parameters:
        workspace: ARM id of the workspace.
        prefix: begin of all names that the suite gives; no dash in it; new for each run where a target is kept.
        compute: ARM id or short name of the compute; None for serverless.
        environment: id of an environment in which `python` is on the PATH.
        patience: seconds of the target's own time that a job may take.
        poll: seconds of its own time between the first two looks; later pauses are longer.
        page_size: most items in a page of a list; None where that is not known.
        features: what can be asked of it beyond the least; see `Feature`.
    """

    workspace: str
    prefix: str = "suite"
    compute: str | None = "cpu"
    environment: str = "azureml:suite:1"
    patience: float = 120.0
    poll: float = 0.05
    page_size: int | None = None
    features: frozenset[str] = frozenset()


class Feature:
    """What only some targets have; a scenario that needs one is skipped, with this reason, where it is absent."""

    #: Trials are real processes: they print, write files and see their environment.
    PROCESSES = "processes"
    #: Minutes cost nothing: the time is virtual, or recorded, or waiting is wanted.
    LONG_WAITS = "long waits"


class NotCovered(Exception):
    """A target, such as a recording, cannot know the response to a request; its scenario is skipped with this text."""


class Target(Protocol):
    """Something that keeps the contract, or should.

    The law for every target:
    - `send` gives the response as it came, whatever its status, and follows no redirects; it raises only when there is
      no response at all, or `NotCovered`.
    - `pause` lets so many seconds of the target's own time pass, real or virtual.
    """

    surroundings: Surroundings

    def send(self, request: Request) -> Response:
        """Send a request and give its response."""
        ...

    def pause(self, seconds: float) -> None:
        """Let time pass."""
        ...
