from __future__ import annotations

from itertools import pairwise

import pytest

from contracts.lifecycle import ENDED, TRANSITIONS, IllegalTransition, JobStatus, can_move

S = JobStatus


def test_every_status_has_a_row() -> None:
    assert set(TRANSITIONS) == set(JobStatus)


@pytest.mark.parametrize("status", sorted(ENDED))
def test_nothing_leaves_an_ended_job(status: JobStatus) -> None:
    assert TRANSITIONS[status] == frozenset()


def test_the_usual_way_of_a_command_job_is_legal() -> None:
    way = [S.NOT_STARTED, S.STARTING, S.PREPARING, S.QUEUED, S.RUNNING, S.FINALIZING, S.COMPLETED]
    assert all(can_move(before, after) for before, after in pairwise(way))


@pytest.mark.parametrize("status", [S.NOT_STARTED, S.STARTING, S.PROVISIONING, S.PREPARING, S.QUEUED, S.RUNNING])
def test_whatever_has_not_ended_can_be_canceled(status: JobStatus) -> None:
    assert can_move(status, S.CANCEL_REQUESTED)
    assert can_move(S.CANCEL_REQUESTED, S.CANCELED)


def test_cancel_while_finalizing_is_refused() -> None:
    assert not can_move(S.FINALIZING, S.CANCEL_REQUESTED)


def test_a_preempted_trial_goes_back_to_the_queue() -> None:
    assert can_move(S.RUNNING, S.QUEUED)


@pytest.mark.parametrize("status", [S.RUNNING, S.QUEUED, S.PREPARING])
def test_a_job_that_does_not_respond_may_return_to_any_previous_status(status: JobStatus) -> None:
    assert can_move(S.RUNNING, S.NOT_RESPONDING)
    assert can_move(S.NOT_RESPONDING, status)


def test_no_job_skips_finalizing_on_its_way_to_completed() -> None:
    assert not can_move(S.RUNNING, S.COMPLETED)
    assert not can_move(S.QUEUED, S.COMPLETED)


def test_an_illegal_transition_names_the_job_and_what_is_allowed() -> None:
    error = IllegalTransition("calm_fox", S.COMPLETED, S.RUNNING)
    assert str(error) == (
        "Job calm_fox cannot go from Completed to Running; from Completed it can go to nothing: it is final."
    )
