"""A workspace that exists only as a table of answers, and a connection to it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest

from contracts.resource_id import WorkspaceId
from gateway.client.connection import Connection
from gateway.transport.messages import Request, Response

ORIGIN = "https://arm.test"
WORKSPACE = WorkspaceId("s", "g", "w")
Answer = Response | dict[str, Any] | Callable[[Request], Any]


@dataclass
class Service:
    """Answers by `METHOD path` (regular expressions over what follows the workspace's id, or over the whole URL)."""

    answers: dict[str, Answer] = field(default_factory=dict)
    asked: list[Request] = field(default_factory=list)

    def send(self, request: Request) -> Response:
        self.asked.append(request)
        for key, answer in self.answers.items():
            if re.search(key + "$", f"{request.method} {request.url.split('?')[0]}"):
                made = answer(request) if callable(answer) else answer
                if not isinstance(made, Response):
                    made = Response(200, {}, json.dumps(made).encode())
                return Response(made.status, made.headers, made.body, request)
        return Response(404, {}, b'{"error": {"code": "UserError", "message": "not in the table"}}', request)

    def close(self) -> None:
        pass

    @property
    def lines(self) -> list[str]:
        """What was asked, shortened."""
        here = f"{ORIGIN}{WORKSPACE}"
        return [f"{request.method} {request.url.replace(here, '').split('?')[0]}" for request in self.asked]

    def body(self, line: str) -> Any:
        """The JSON of the last request on that line."""
        place = len(self.lines) - 1 - self.lines[::-1].index(line)
        return json.loads(self.asked[place].body or b"null")


class Credential:
    def get_token(self, *scopes: str, **options: Any) -> Any:
        return SimpleNamespace(token="t", expires_on=2**40)


@pytest.fixture
def service() -> Service:
    details = {
        "properties": {
            "discoveryUrl": f"{ORIGIN}/discovery",
            "mlFlowTrackingUri": f"azureml://arm.test/mlflow/v1.0{WORKSPACE}",
        }
    }
    return Service({r"GET https://arm\.test" + re.escape(str(WORKSPACE)): details, "GET .*/discovery": {"api": ORIGIN}})


@pytest.fixture
def connection(service: Service) -> Connection:
    """A connection to the service that never really waits."""
    made = Connection(lambda: WORKSPACE, Credential(), base_url=ORIGIN, transport=service)
    made.session._sleep = lambda seconds: None
    return made
