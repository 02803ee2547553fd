"""The submitting code, in virtual time: no trial is a process, no port is opened."""

from __future__ import annotations

import pytest
from submit import SweepFailed, best_trial


@pytest.mark.amlet(curves=[[0.2], [0.9], [0.4], [0.1]])
def test_the_best_trial_is_returned(amlet_client) -> None:
    assert best_trial(amlet_client).endswith("_1")


@pytest.mark.amlet(objective=lambda lr: {"values": [lr], "duration": 3 * 3600})
def test_a_sweep_that_takes_too_long_is_an_error(amlet_client, amlet_clock) -> None:
    begin = amlet_clock.now()
    with pytest.raises(SweepFailed, match="Canceled"):
        best_trial(amlet_client)
    assert amlet_clock.now() - begin >= 7200


def test_a_service_that_is_busy_is_asked_again(amlet_client, amlet_faults, amlet_journal) -> None:
    amlet_faults.plan(match="PUT jobs/*", status=429, retry_after=10)
    assert best_trial(amlet_client)
    assert [entry.status for entry in amlet_journal.find("PUT", "/jobs/")] == [429, 201]
