"""The clocks."""

from __future__ import annotations

import pytest

from emulator.clock import RealClock, SteadyClock, VirtualClock


def test_real_time_goes_on() -> None:
    clock = RealClock()
    assert 1_700_000_000 < clock.now() <= clock.now()


def test_virtual_time_moves_only_when_told() -> None:
    clock = VirtualClock(10.0)
    assert clock.now() == clock.now() == 10.0
    clock.advance(2.5)
    assert clock.now() == 12.5
    clock.advance_to(20.0)
    assert clock.now() == 20.0


def test_virtual_time_never_runs_backwards() -> None:
    with pytest.raises(ValueError, match="is in its past"):
        VirtualClock(10.0).advance_to(9.0)


def test_setting_the_machines_time_moves_the_steady_clock_neither_forward_nor_back() -> None:
    calendar, passed = [1_000_000.0], [50.0]
    clock = SteadyClock(lambda: calendar[0], lambda: passed[0])
    assert clock.now() == 1_000_000.0
    calendar[0] += 86_400 * 365
    assert clock.now() == 1_000_000.0
    passed[0] += 2.5
    calendar[0] -= 86_400 * 730
    assert clock.now() == 1_000_002.5


def test_the_steady_clock_begins_with_the_time_of_this_machine() -> None:
    assert SteadyClock().now() == pytest.approx(RealClock().now(), abs=1.0)
