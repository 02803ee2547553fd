"""What a run of the contract suite leaves in a workspace, and how it is taken away again."""

from __future__ import annotations

import json
import logging
import re
from urllib.parse import urlsplit

from contracts.lifecycle import ENDED
from contracts.suite.target import Request, Response, Target

_RESOURCE = re.compile(r"(?P<path>/subscriptions/.+/workspaces/[^/]+/(?P<kind>jobs|codes|environments|data)/[^/]+)")
_API = "2023-04-01-preview"
_DONE = frozenset(str(status) for status in ENDED)
_log = logging.getLogger(__name__)


class Leftovers:
    """Remembers what was created, and deletes it.

    Parameters:
        target: where it was created, and is deleted.
    """

    def __init__(self, target: Target) -> None:
        self._target = target
        self._resources: dict[str, str] = {}
        self._runs: dict[str, None] = {}
        self._experiments: dict[str, None] = {}

    def note(self, request: Request, response: Response) -> None:
        """Remember what a request created."""
        path = urlsplit(request.url).path
        if response.status in (200, 201) and request.method == "PUT" and (found := _RESOURCE.match(path)):
            self._resources[found["path"]] = found["kind"]
        if response.status == 200 and path.endswith("/api/2.0/mlflow/runs/create"):
            self._runs[str(response.json["run"]["info"]["run_id"])] = None
        if response.status == 200 and path.endswith("/api/2.0/mlflow/experiments/create"):
            self._experiments[str(response.json["experiment_id"])] = None

    def remove(self) -> None:
        """Stop what still runs and delete everything; what refuses to go is logged, and the rest goes on."""
        jobs = [path for path, kind in self._resources.items() if kind == "jobs"]
        for path in jobs:
            self._ask("POST", f"{path}/cancel", wanted=(200, 202, 400, 404))
        for path in jobs:
            self._wait(path)
        for path in self._resources:
            self._ask("DELETE", path, wanted=(200, 202, 204, 404))
        for run in self._runs:
            self._mlflow("runs/delete", {"run_id": run})
        for experiment in self._experiments:
            self._mlflow("experiments/delete", {"experiment_id": experiment})
        self._resources, self._runs, self._experiments = {}, {}, {}

    def _wait(self, path: str) -> None:
        """Until a job has ended: one that has not cannot be deleted."""
        left = self._target.surroundings.patience
        while left > 0:
            response = self._target.send(Request("GET", f"{path}?api-version={_API}"))
            document = response.json
            if response.status != 200 or document["properties"]["status"] in _DONE:
                return
            self._target.pause(self._target.surroundings.poll)
            left -= self._target.surroundings.poll

    def _mlflow(self, call: str, body: dict[str, str]) -> None:
        url = f"/mlflow/v1.0{self._target.surroundings.workspace}/api/2.0/mlflow/{call}"
        self._send(Request("POST", url, json.dumps(body).encode(), {"Content-Type": "application/json"}), (200, 404))

    def _ask(self, method: str, path: str, wanted: tuple[int, ...]) -> None:
        self._send(Request(method, f"{path}?api-version={_API}"), wanted)

    def _send(self, request: Request, wanted: tuple[int, ...]) -> None:
        response = self._target.send(request)
        if response.status not in wanted:
            _log.warning("%s %s answered %s: it may be left", request.method, request.url, response.status)
