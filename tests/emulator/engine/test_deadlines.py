from __future__ import annotations

from emulator.engine.deadlines import TrialDeadlines


def test_trials_expire_in_order_and_once() -> None:
    deadlines = TrialDeadlines(10.0)
    deadlines.begin(1, 100.0)
    deadlines.begin(0, 101.0)
    assert deadlines.next == 110.0
    assert deadlines.expired(109.9) == []
    assert deadlines.expired(111.0) == [1, 0]
    assert (deadlines.next, deadlines.expired(200.0)) == (None, [])


def test_a_forgotten_trial_does_not_expire_and_a_new_beginning_counts_anew() -> None:
    deadlines = TrialDeadlines(10.0)
    deadlines.begin(0, 0.0)
    deadlines.begin(1, 1.0)
    deadlines.forget(0)
    assert deadlines.next == 11.0
    deadlines.begin(1, 5.0)
    assert deadlines.next == 15.0
    assert deadlines.expired(14.0) == []


def test_without_a_timeout_nothing_expires() -> None:
    deadlines = TrialDeadlines(None)
    deadlines.begin(0, 0.0)
    assert (deadlines.next, deadlines.expired(1e18)) == (None, [])
