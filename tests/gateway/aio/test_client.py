"""The asynchronous client against the table of answers that the synchronous one is tested with."""

from __future__ import annotations

import asyncio
import inspect
import json
import re
from types import SimpleNamespace
from typing import Any

import pytest

import gateway
from gateway import aio, command
from gateway.client import asset_operations, job_operations, resource_operations
from gateway.transport.async_session import AsyncSession
from gateway.transport.http_errors import ResourceNotFoundError
from gateway.transport.messages import Request, Response
from gateway.transport.steps import Steps, exchange, together, wait

ORIGIN = "https://arm.test"
W = "/subscriptions/s/resourceGroups/g/providers/Microsoft.MachineLearningServices/workspaces/w"


class Table:
    """Answers by `METHOD path`, awaited."""

    def __init__(self, answers: dict[str, Any]) -> None:
        self.answers = answers
        self.asked: list[Request] = []

    async def send(self, request: Request) -> Response:
        self.asked.append(request)
        line = f"{request.method} {request.url.partition('?')[0].replace(ORIGIN + W, '')}"
        answer = next((text for key, text in self.answers.items() if re.fullmatch(key, line)), None)
        made = answer(request) if callable(answer) else answer
        body = {"error": {"code": "UserError", "message": "missing"}} if made is None else made
        return Response(404 if made is None else 200, {}, json.dumps(body).encode(), request)

    async def close(self) -> None:
        self.answers.clear()


class AsyncCredential:
    """As those of azure.identity.aio."""

    def __init__(self) -> None:
        self.asked = 0

    async def get_token(self, *scopes: str, **options: Any) -> Any:
        self.asked += 1
        return SimpleNamespace(token="t", expires_on=2**40)


def _client(table: Table, credential: Any) -> aio.MLClient:
    return aio.MLClient(credential, "s", "g", "w", base_url=ORIGIN, transport=table)


def _echo(request: Request) -> dict[str, Any]:
    return {"name": "j", "id": f"{W}/jobs/j", **json.loads(request.body or b"")}


def test_a_job_is_submitted_with_the_token_of_an_asynchronous_credential() -> None:
    table, credential = Table({"PUT /jobs/j": _echo}), AsyncCredential()

    async def session() -> str | None:
        async with _client(table, credential) as client:
            job = await client.jobs.create_or_update(command(name="j", command="echo 1", environment="e:1"))
            await client.jobs.create_or_update(command(name="j", command="echo 1", environment="e:1"))
            return job.name

    assert asyncio.run(session()) == "j"
    assert table.asked[0].headers["Authorization"] == "Bearer t"
    assert credential.asked == 1


def test_a_listing_fetches_pages_as_they_are_needed() -> None:
    def page(request: Request) -> dict[str, Any]:
        number = 2 if "skip" in request.url else 1
        job = {"name": f"j{number}", "properties": {"jobType": "Command", "command": "x"}}
        return {"value": [job], "nextLink": f"{ORIGIN}{W}/jobs?$skip=1" if number == 1 else None}

    table = Table({"GET /jobs": page})

    async def names(limit: int | None) -> list[str | None]:
        async with aio.MLClient(AsyncCredential(), "s", "g", "w", base_url=ORIGIN, transport=table) as client:
            return [job.name async for job in client.jobs.list(max_results=limit)]

    assert asyncio.run(names(1)) == ["j1"]
    assert len(table.asked) == 1


def test_a_missing_job_raises_the_error_of_the_synchronous_client() -> None:
    with pytest.raises(ResourceNotFoundError, match="missing"):
        asyncio.run(_client(Table({}), AsyncCredential()).jobs.get("j"))


def test_operations_run_at_once_on_one_loop() -> None:
    meeting = asyncio.Barrier(3)

    class Meeting(Table):
        async def send(self, request: Request) -> Response:
            await asyncio.wait_for(meeting.wait(), 5)
            return Response(200, {}, b"", request)

    session = AsyncSession(Meeting({}))
    steps = together([exchange(Request("GET", f"{ORIGIN}/{number}")) for number in range(3)])
    assert [answer.status for answer in asyncio.run(session.run(steps))] == [200] * 3


def test_cancelling_the_task_ends_the_operation() -> None:
    ended = []

    def endless() -> Steps[None]:
        try:
            yield from wait(3600)
        finally:
            ended.append(True)

    async def cancel() -> None:
        task = asyncio.create_task(AsyncSession(Table({})).run(endless()))
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(cancel())
    assert ended == [True]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (gateway.MLClient, aio.MLClient),
        (job_operations.JobOperations, aio.client.JobOperations),
        (asset_operations.ComponentOperations, aio.asset_operations.ComponentOperations),
        (asset_operations.ModelOperations, aio.asset_operations.ModelOperations),
        (resource_operations.DatastoreOperations, aio.resource_operations.DatastoreOperations),
    ],
    ids=["MLClient", "JobOperations", "ComponentOperations", "ModelOperations", "DatastoreOperations"],
)
def test_the_surface_is_that_of_the_synchronous_client(one: type, other: type) -> None:
    def public(cls: type) -> set[str]:
        return {name for name in dir(cls) if not name.startswith("_")} - {"documents"}

    assert public(one) == public(other)
    for name in public(one):
        if inspect.isfunction(getattr(one, name)):
            ours, theirs = inspect.signature(getattr(one, name)), inspect.signature(getattr(other, name))
            assert list(ours.parameters) == list(theirs.parameters), name
