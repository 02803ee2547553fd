"""The clocks."""

from __future__ import annotations

import pytest

from emulator.clock import RealClock, VirtualClock


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
