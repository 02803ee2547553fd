from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.dataplane.mlflow import job_status, number_from_wire, number_to_wire, run_status
from contracts.lifecycle import ENDED, JobStatus


@given(st.floats())
def test_every_number_survives_the_wire(value: float) -> None:
    back = number_from_wire(number_to_wire(value))
    assert back == value or (math.isnan(back) and math.isnan(value))


@pytest.mark.parametrize("value", [None, True, [], "many"])
def test_what_is_no_number_is_refused(value: object) -> None:
    with pytest.raises(ValueError):
        number_from_wire(value)


@pytest.mark.parametrize("status", sorted(ENDED | {JobStatus.RUNNING, JobStatus.QUEUED}))
def test_a_status_survives_the_way_through_mlflows_words(status: JobStatus) -> None:
    assert job_status(run_status(status)) == status


def test_every_job_status_has_an_mlflow_word() -> None:
    assert {run_status(status) for status in JobStatus} == {"RUNNING", "SCHEDULED", "FINISHED", "FAILED", "KILLED"}


def test_an_unknown_run_status_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ValueError, match="expected RUNNING, SCHEDULED"):
        job_status("DONE")
