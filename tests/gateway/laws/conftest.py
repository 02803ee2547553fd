"""A submission that asks for all there is: code, local inputs, an environment of its own; on either client."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from gateway import Input, MLClient, aio, command
from gateway.entities.environment import Environment
from gateway.transport.messages import Request, Response
from tests.gateway.laws.scripted import ARM, Workspace

Submit = Callable[[Workspace], Any]


class Credential:
    """Gives out numbered tokens."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, dict[str, Any]]] = []

    def get_token(self, *scopes: str, **options: Any) -> Any:
        self.asked.append((scopes[0], options))
        return SimpleNamespace(token=f"TOKEN-{len(self.asked)}", expires_on=2**40)


class Line:
    """A synchronous transport to a scripted workspace; time passes at once."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.pauses: list[float] = []

    def send(self, request: Request) -> Response:
        return self.workspace.answer(request)

    def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)

    def close(self) -> None:
        pass


class AsyncLine(Line):
    """The same, awaited."""

    async def send(self, request: Request) -> Response:  # type: ignore[override]
        await asyncio.sleep(0)
        return self.workspace.answer(request)

    async def close(self) -> None:  # type: ignore[override]
        pass


@pytest.fixture
def job(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A job with two code files, a local input and an environment that is not registered."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "a.py").write_text("print('a')\n")
    (tmp_path / "src" / "b.py").write_text("print('b')\n")
    (tmp_path / "d.csv").write_text("x,y\n1,2\n")
    made = command(
        name="j",
        code=str(tmp_path / "src"),
        command="python a.py --d ${{inputs.d}}",
        environment=Environment(image="image:1"),
        inputs={"d": Input(type="uri_file", path=str(tmp_path / "d.csv"))},
        compute="cpu",
        experiment_name="laws",
    )
    made.identity = None
    return made


@pytest.fixture
def credential() -> Credential:
    return Credential()


@pytest.fixture(params=["sync", "async"])
def submit(request: pytest.FixtureRequest, job: Any, credential: Credential) -> Submit:
    """`submit(workspace)` submits the job with one client or the other."""

    def synchronous(workspace: Workspace) -> Any:
        with MLClient(credential, "s", "g", "w", base_url=ARM, transport=Line(workspace)) as client:
            return client.jobs.create_or_update(job)

    def asynchronous(workspace: Workspace) -> Any:
        async def session() -> Any:
            async with aio.MLClient(credential, "s", "g", "w", base_url=ARM, transport=AsyncLine(workspace)) as client:
                return await client.jobs.create_or_update(job)

        return asyncio.run(session())

    return synchronous if request.param == "sync" else asynchronous
