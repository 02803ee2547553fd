"""Which worker of a cluster has capacity for an attempt."""

from __future__ import annotations

import pytest

from emulator.executors.cluster_workers import (
    THREADS,
    Occupation,
    Worker,
    capacity,
    needs_of,
    place,
    why_never,
    workers_of,
)

SMALL = Worker("tcp://a", "a", "host", {THREADS: 1})
LARGE = Worker("tcp://b", "b", "host", {THREADS: 4, "GPU": 2})
ONE = {THREADS: 1.0}
GPU = {THREADS: 1.0, "GPU": 1.0}


def test_an_attempt_goes_where_most_threads_are_left() -> None:
    assert place([SMALL, LARGE], [], ONE) == LARGE
    busy = [Occupation(LARGE.address, {THREADS: 4.0})]
    assert place([SMALL, LARGE], busy, ONE) == SMALL
    assert place([SMALL, LARGE], [*busy, Occupation(SMALL.address, ONE)], ONE) is None


def test_a_resource_is_taken_as_often_as_it_is_there() -> None:
    busy = [Occupation(LARGE.address, GPU)]
    assert place([SMALL, LARGE], busy, GPU) == LARGE
    assert place([SMALL, LARGE], busy * 2, GPU) is None
    assert place([SMALL, LARGE], busy * 2, ONE) == LARGE


def test_what_a_worker_that_is_gone_had_taken_does_not_count() -> None:
    assert place([SMALL], [Occupation("tcp://gone", ONE)], ONE) == SMALL


def test_the_room_is_what_the_scarcest_resource_allows() -> None:
    assert capacity([SMALL, LARGE], ONE) == 5
    assert capacity([SMALL, LARGE], GPU) == 2
    assert capacity([], ONE) == 0


@pytest.mark.parametrize(
    ("workers", "needs", "why"),
    [
        ([SMALL, LARGE], GPU, None),
        ([], ONE, "the Dask cluster has no worker"),
        (
            [SMALL, LARGE],
            {THREADS: 1.0, "GPU": 3.0},
            "no worker of the Dask cluster offers GPU=3 (the most is 2); start workers with --resources GPU=3",
        ),
        (
            [Worker("c", "c", "h", {THREADS: 8}), LARGE],
            {THREADS: 8.0, "GPU": 1.0},
            "no worker of the Dask cluster offers threads=8, GPU=1 together",
        ),
    ],
)
def test_an_attempt_that_no_worker_can_ever_run_is_explained(
    workers: list[Worker], needs: dict[str, float], why: str | None
) -> None:
    assert why_never(workers, needs) == why


def test_workers_that_are_closing_get_nothing() -> None:
    identity = {
        "workers": {
            "tcp://1": {"name": 0, "host": "h", "nthreads": 2, "resources": {"GPU": 1}, "status": "running"},
            "tcp://2": {"name": 1, "host": "h", "nthreads": 2, "resources": {}, "status": "closing_gracefully"},
        }
    }
    assert workers_of(identity) == [Worker("tcp://1", "0", "h", {THREADS: 2.0, "GPU": 1})]


@pytest.mark.parametrize("text", ["GPU", "GPU=many", "=1", "GPU=-1"])
def test_needs_that_say_something_else_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="expected NAME=AMOUNT"):
        needs_of(text)
