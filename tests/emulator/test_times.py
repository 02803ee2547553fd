"""Times on the control plane."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from emulator.clock import iso, to_micros, to_seconds


def test_a_time_has_seven_digits_and_an_offset() -> None:
    assert iso(0.25) == "1970-01-01T00:00:00.2500000+00:00"


@given(st.floats(0, 4e9))
def test_a_time_reads_the_same_before_and_after_it_was_stored(seconds: float) -> None:
    assert iso(seconds) == iso(to_seconds(to_micros(seconds)))
