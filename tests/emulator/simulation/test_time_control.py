"""Moving a virtual clock: what is due on the way happens in its order."""

from __future__ import annotations

import math

import pytest

from emulator.clock import VirtualClock
from emulator.simulation.time_control import TimeControl


class Diary:
    """An agenda of moments; notes when each came."""

    def __init__(self, clock: VirtualClock, *moments: float) -> None:
        self._clock = clock
        self._moments = sorted(moments)
        self.entries: list[float] = []
        self.settled = 0
        self.rested = 0

    @property
    def next_event(self) -> float | None:
        return self._moments[0] if self._moments else None

    def step(self) -> None:
        self._clock.advance_to(self._moments.pop(0))
        self.entries.append(self._clock.now())

    def settle(self) -> None:
        self.settled += 1

    def rest(self) -> None:
        self.rested += 1


def controlled(*moments: float) -> tuple[TimeControl, Diary]:
    time = TimeControl(VirtualClock(100.0))
    diary = Diary(time.clock, *moments)
    time.attach(diary)
    return time, diary


def test_what_is_due_happens_at_its_own_moment() -> None:
    time, diary = controlled(101.0, 103.0, 110.0)
    time.advance(5)
    assert diary.entries == [101.0, 103.0]
    assert time.now() == 105.0


def test_all_that_happened_can_be_read_when_a_move_returns() -> None:
    time, diary = controlled(101.0)
    for move in (time.settle, lambda: time.advance(5), time.run_until_settled, time.look):
        before = diary.rested
        move()
        assert diary.rested > before


def test_what_is_due_at_the_last_moment_happens() -> None:
    time, diary = controlled(105.0)
    time.advance(5)
    assert diary.entries == [105.0]


def test_two_agendas_take_turns() -> None:
    time, one = controlled(101.0, 103.0)
    other = Diary(time.clock, 102.0)
    time.attach(other)
    assert time.run_until_settled() == 3.0
    assert (one.entries, other.entries) == ([101.0, 103.0], [102.0])


def test_a_look_lets_everything_happen_unless_time_is_frozen() -> None:
    time, diary = controlled(5000.0)
    time.freeze()
    time.look()
    assert (diary.entries, diary.settled) == ([], 1)
    time.thaw()
    time.look()
    assert diary.entries == [5000.0]


def test_what_waits_for_ever_does_not_hold_time_up() -> None:
    time, diary = controlled(math.inf)
    assert time.run_until_settled() == 0.0
    time.advance(1e9)
    assert diary.entries == []


def test_a_limit_leaves_what_is_due_later() -> None:
    time, diary = controlled(101.0, 200.0)
    time.run_until_settled(limit=50)
    assert diary.entries == [101.0]


def test_time_does_not_run_backwards() -> None:
    time, _ = controlled()
    with pytest.raises(ValueError, match="past"):
        time.advance(-1)


def test_a_detached_agenda_is_left_alone() -> None:
    time, diary = controlled(101.0)
    time.detach(diary)
    time.advance(5)
    assert diary.entries == []
