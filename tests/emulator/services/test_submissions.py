"""How the job runner hears of new jobs."""

from __future__ import annotations

import asyncio
from typing import Any, cast

from emulator.runner.interface import JobEvent, JobRunner, Submitted
from emulator.services.jobs.submissions import Submissions
from emulator.storage import Database, jobs
from emulator.storage.jobs import Job
from tests.emulator.storage.conftest import a_job


class _Runner(JobRunner):
    """Remembers what it was told."""

    def __init__(self) -> None:
        self.told: list[str] = []

    def notify(self, event: JobEvent) -> None:
        assert isinstance(event, Submitted)
        assert event.known is not None
        self.told.append(event.known.name)

    def start(self) -> None: ...

    def stop(self) -> None: ...


def _job(name: str) -> Job:
    return Database.in_memory().write(lambda conn: jobs.created(conn, a_job(name))).result()


def test_the_first_job_is_told_at_once_and_those_that_follow_together_in_their_order() -> None:
    runner, made = _Runner(), [_job(name) for name in "abc"]
    submissions = Submissions(runner)

    async def use() -> None:
        loop = cast("Any", asyncio.get_running_loop())
        told: list[Any] = []
        loop.call_later = lambda _, tell: told.append(tell)  # the pause, without waiting
        for job in made:
            submissions.submit(job)
        assert runner.told == ["a"]
        told.pop()()
        assert runner.told == ["a", "b", "c"]
        told.pop()()  # nothing came: the next one is told at once again
        submissions.submit(_job("d"))
        assert runner.told[-1] == "d"

    asyncio.run(use())


def test_where_time_is_virtual_each_job_is_told_at_once() -> None:
    runner = _Runner()
    submissions = Submissions(runner, at_once=True)
    for name in "ab":
        submissions.submit(_job(name))
    assert runner.told == ["a", "b"]


def test_a_loop_that_ended_within_its_pause_keeps_no_job_back() -> None:
    runner = _Runner()
    submissions = Submissions(runner)

    async def use(name: str) -> None:
        submissions.submit(_job(name))

    asyncio.run(use("a"))
    asyncio.run(use("b"))
    assert runner.told == ["a", "b"]
