from __future__ import annotations

import logging
import threading

import pytest

from emulator.runner.deferred import DeferredJobRunner
from emulator.runner.interface import CancelRequested, JobEvent, JobRunner, MetricsLogged, Submitted
from emulator.storage.jobs import JobId


class Noting(JobRunner):
    """Notes what it is told."""

    def __init__(self) -> None:
        self.told: list[object] = []

    def notify(self, event: JobEvent) -> None:
        self.told.append(event)

    def start(self) -> None:
        self.told.append("start")

    def stop(self) -> None:
        self.told.append("stop")


def test_what_is_told_before_there_is_one_is_passed_on_in_order() -> None:
    noting, go = Noting(), threading.Event()

    def make() -> Noting:
        assert go.wait(10)
        return noting

    late = DeferredJobRunner(make)
    late.start()
    late.submit(JobId(1))
    late.cancel(JobId(1))
    assert noting.told == []
    go.set()
    late.stop()
    assert noting.told == ["start", Submitted(JobId(1)), CancelRequested(JobId(1)), "stop"]


def test_after_a_stop_another_one_can_be_started_which_hears_what_was_told_meanwhile() -> None:
    made = [Noting(), Noting()]
    rest = iter(made)
    late = DeferredJobRunner(lambda: next(rest))
    late.start()
    late.stop()
    late.metrics_logged(JobId(2), [("a", 1.0)])
    late.start()
    late.stop()
    assert [one.told for one in made] == [["start", "stop"], ["start", MetricsLogged(JobId(2), [("a", 1.0)]), "stop"]]


def test_a_runner_that_cannot_be_made_is_logged_and_comes_out_at_the_end(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def make() -> Noting:
        raise RuntimeError("broken")

    late = DeferredJobRunner(make)
    with caplog.at_level(logging.CRITICAL):
        late.start()
        with pytest.raises(RuntimeError, match="broken"):
            late.stop()
    assert "cannot run jobs" in caplog.text


def test_one_that_nobody_needs_is_not_made_for_the_stop_alone() -> None:
    def make() -> Noting:
        raise AssertionError("not needed")

    late = DeferredJobRunner(make, lambda: False)
    late.start()
    late.stop()


def test_the_first_job_has_it_made() -> None:
    noting, made = Noting(), threading.Event()

    def make() -> Noting:
        made.set()
        return noting

    late = DeferredJobRunner(make, lambda: False)
    late.start()
    late.submit(JobId(1))
    assert made.wait(10)
    late.stop()
    assert noting.told == ["start", Submitted(JobId(1)), "stop"]


def test_one_that_cannot_be_made_at_first_is_made_when_it_can_and_hears_everything() -> None:
    noting, tries, failed, go = Noting(), iter(range(100)), threading.Event(), threading.Event()

    def make() -> Noting:
        if next(tries) < 2:
            raise OSError(24, "Too many open files")
        failed.set()
        assert go.wait(10)
        return noting

    late = DeferredJobRunner(make)
    late.start()
    late.submit(JobId(1))
    assert failed.wait(10)
    late.submit(JobId(2))
    assert "Too many open files" in (late.trouble or "")
    go.set()
    late.stop()
    assert noting.told == ["start", Submitted(JobId(1)), Submitted(JobId(2)), "stop"]
    assert late.trouble is None
