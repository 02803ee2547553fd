"""What a page is told, and when it is told nothing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import orjson
import pytest
from starlette.applications import Starlette

from contracts.lifecycle import JobStatus
from emulator.storage import Database, events, jobs, metrics
from emulator.storage.jobs import JobId
from emulator.storage.metrics import Point
from emulator.studio import feed
from tests.emulator.studio import states


@pytest.fixture
def store(tmp_path: Path) -> Any:
    database = Database.open(tmp_path / "amlet.db")
    yield database
    database.close()


@pytest.fixture
def sweep(store: Database) -> JobId:
    return states.write(store, states.sweep, "calm_fox", 1000.0, trials=4, running=2)  # type: ignore[no-any-return]


@pytest.fixture(autouse=True)
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed, "_PERIOD", 0.001)
    monkeypatch.setattr(feed, "_QUIET_LOOKS", 5)


def listen(store: Database, look: feed.Look, *happenings: Callable[[], Any], app: Starlette | None = None) -> list[Any]:
    """The news after each happening; None for a sign of life that tells nothing."""

    async def heard() -> list[Any]:
        stream: AsyncIterator[Any] = feed.stream(app or Starlette(), store, look).body_iterator  # type: ignore[attr-defined]
        assert await anext(stream) == b"retry: 1000\n\n"
        told = [read(await anext(stream))]
        for happening in happenings:
            happening()
            told.append(read(await anext(stream)))
        return told

    return asyncio.run(heard())


def read(event: bytes) -> Any:
    return orjson.loads(event.removeprefix(b"data: ")) if event.startswith(b"data: ") else None


def test_a_page_is_told_when_a_trial_logs_or_ends_or_begins(store: Database, sweep: JobId, tmp_path: Path) -> None:
    child = jobs.children(store.reader(), sweep)[-1].id
    told = listen(
        store,
        feed.of_job(sweep, tmp_path / "artifacts"),
        lambda: states.write(store, metrics.append, child, [("accuracy", Point(0.5, 1.0))]),
        lambda: states.write(store, events.move, child, JobStatus.CANCELED, 2000.0),
        lambda: states.write(store, states.job, "calm_fox_4", 1000.0, type="Command", parent=sweep, trial=4),
    )
    assert [list(news) for news in told] == [["job", "logs"], ["job"], ["job"], ["job"]]


def test_a_page_is_told_of_a_log_that_grows(store: Database, sweep: JobId, tmp_path: Path) -> None:
    told = listen(store, feed.of_job(sweep, tmp_path / "run"), lambda: states.log(tmp_path / "run", "12345"))
    assert told[1] == {"logs": {"user_logs/std_log.txt": 5}}


def test_a_page_is_told_nothing_of_other_jobs(store: Database, sweep: JobId, tmp_path: Path) -> None:
    other = lambda: states.write(store, states.job, "other", 1000.0)  # noqa: E731
    assert listen(store, feed.of_job(sweep, tmp_path / "run"), other)[1] is None


def test_a_list_is_told_of_new_jobs_and_of_statuses(store: Database, sweep: JobId) -> None:
    told = listen(
        store,
        feed.of_workspace(),
        lambda: states.write(store, states.job, "newcomer", 1000.0),
        lambda: states.write(store, events.move, sweep, JobStatus.CANCEL_REQUESTED, 2000.0),
    )
    assert all("jobs" in news for news in told)


def test_a_stream_ends_with_its_job(store: Database, sweep: JobId, tmp_path: Path) -> None:
    with pytest.raises(StopAsyncIteration):
        listen(store, feed.of_job(sweep, tmp_path), lambda: states.write(store, jobs.delete, sweep))


def test_a_stream_ends_when_the_emulator_stops(store: Database, sweep: JobId, tmp_path: Path) -> None:
    app = Starlette()
    with pytest.raises(StopAsyncIteration):
        listen(store, feed.of_job(sweep, tmp_path), lambda: setattr(app.state, "closing", True), app=app)
