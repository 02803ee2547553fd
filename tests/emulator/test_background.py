"""Work that the job runner does not wait for."""

from __future__ import annotations

import logging
import threading

import pytest

from emulator.background import Background


def test_work_is_done_in_its_order() -> None:
    background, done, finished = Background(), [], threading.Event()
    for number in range(3):
        background.do(lambda number=number: done.append(number))
    background.do(finished.set)
    assert finished.wait(30)
    assert done == [0, 1, 2]
    background.close()


def test_several_threads_do_several_works_at_once() -> None:
    background, both = Background("prepare", 2), threading.Barrier(3)
    background.do(lambda: both.wait(30))
    background.do(lambda: both.wait(30))
    both.wait(30)
    background.close()


def test_a_failure_is_logged_and_the_next_work_is_done(caplog: pytest.LogCaptureFixture) -> None:
    background, finished = Background(), threading.Event()
    with caplog.at_level(logging.ERROR):
        background.do(lambda: 1 / 0)
        background.do(finished.set)
        assert finished.wait(30)
    assert "background work failed" in caplog.text
    background.close()


def test_what_has_not_begun_is_dropped_when_it_is_closed() -> None:
    background, begun, go_on, late = Background(), threading.Event(), threading.Event(), threading.Event()
    background.do(lambda: (begun.set(), go_on.wait(30)))
    background.do(late.set)
    assert begun.wait(30)
    closing = threading.Thread(target=background.close)
    closing.start()
    assert background._closing.wait(30)
    go_on.set()
    closing.join(30)
    assert not late.is_set()
