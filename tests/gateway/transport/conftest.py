"""A transport that follows a script, and a session over it that never really waits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest

from gateway.transport.messages import ConnectionFault, Request, Response
from gateway.transport.session import Session

HOST = "https://management.azure.com"


@dataclass
class Script:
    """Answers in order; remembers what was asked."""

    answers: list[Response | ConnectionFault] = field(default_factory=list)
    asked: list[Request] = field(default_factory=list)

    def send(self, request: Request) -> Response:
        self.asked.append(request)
        answer = self.answers.pop(0)
        if isinstance(answer, ConnectionFault):
            raise answer
        return Response(answer.status, answer.headers, answer.body, request)

    def close(self) -> None:
        pass


class Credential:
    """Gives out numbered tokens that are valid for an hour."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, Any]] = []

    def get_token(self, *scopes: str, **options: Any) -> Any:
        self.calls.append((scopes[0], options))
        return SimpleNamespace(token=f"token-{len(self.calls)}", expires_on=2**40)


@dataclass
class ScriptedSession:
    script: Script
    session: Session
    credential: Credential
    waits: list[float]


@pytest.fixture
def answering() -> Callable[..., ScriptedSession]:
    """`answering(answer, answer ...)`: a session whose transport gives these answers."""

    def build(*answers: Response | ConnectionFault) -> ScriptedSession:
        script, credential, waits = Script(list(answers)), Credential(), []
        session = Session(script, credential, sleep=waits.append)
        session.trust(HOST)
        return ScriptedSession(script, session, credential, waits)

    return build
