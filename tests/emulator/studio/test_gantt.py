from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from emulator.studio.charts.gantt import Bar, Span, place_bars


def test_a_trial_takes_the_lowest_slot_that_is_free() -> None:
    spans = [Span(0, 0, 4), Span(1, 0, 2), Span(2, 2, 6), Span(3, 4, 8)]
    assert [(bar.trial, bar.slot) for bar in place_bars(spans, 0, 8)] == [(0, 0), (1, 1), (2, 1), (3, 0)]


def test_a_bar_is_a_part_of_the_whole() -> None:
    assert place_bars([Span(0, 12, 14)], 10, 20) == [Bar(0, 0, 0.2, 0.2)]


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(1, 20)), max_size=40))
def test_no_two_trials_share_a_slot_at_a_time_and_there_are_no_more_slots_than_needed(
    found: list[tuple[int, int]],
) -> None:
    spans = [Span(trial, start, start + length) for trial, (start, length) in enumerate(found)]
    placed = {bar.trial: bar.slot for bar in place_bars(spans, 0, 70)}
    for one in spans:
        for other in spans:
            if one.trial < other.trial and one.start < other.end and other.start < one.end:
                assert placed[one.trial] != placed[other.trial]
    most = max((sum(span.start <= at < span.end for span in spans) for at in range(71)), default=0)
    assert len(set(placed.values())) <= most
