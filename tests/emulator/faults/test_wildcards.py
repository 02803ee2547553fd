"""Wildcards match as the expressions that they stand for, and never take long."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.faults.wildcards import Wildcards


def expression(pattern: str, separator: str | None) -> re.Pattern[str]:
    """What a pattern stands for, as a regular expression, which may take long."""
    one = f"[^{separator}]*" if separator else ".*"
    parts = (
        ".*" if part == "**" else one if part == "*" else re.escape(part) for part in re.split(r"(\*\*?)", pattern)
    )
    return re.compile("".join(parts), re.IGNORECASE | re.DOTALL)


@given(st.text("ab/*", max_size=8), st.text("abA/\n", max_size=12), st.sampled_from([None, "/"]))
def test_wildcards_match_as_their_expression_does(pattern: str, text: str, separator: str | None) -> None:
    wanted = expression(pattern, separator).fullmatch(text) is not None
    assert Wildcards(pattern, separator).match(text) is wanted


@pytest.mark.parametrize("pattern", ["*a" * 1000 + "b", "**/*a" * 400 + "b", "*" * 2000, "a*" * 1000, "**a*" * 500])
def test_no_pattern_is_hard(pattern: str) -> None:
    begun = time.thread_time()
    Wildcards(pattern, "/").match("a" * 65_536)
    Wildcards(pattern, "/").match("a/" * 32_768)
    assert time.thread_time() - begun < 2.0
