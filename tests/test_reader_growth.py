"""What reads the texts of clients does not work more than in proportion to them.

Work is counted in steps: lines of Python that are executed, which no machine does faster or slower. That does not see
what one instruction does (an expression, a copy of a text): expressions are judged by tests/test_patterns.py, and the
last test reads a hundred thousand characters, which takes seconds where it is linear and hours where it is not; its
timeout only ends what hangs.

A test fails when ten times the text takes more than twenty times the steps.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from tests.readers import READERS, REFUSALS

_ROOT = Path(__file__).parents[1]
_CASES = [
    pytest.param(read, make, id=f"{name}-{number}")
    for name, (read, texts) in READERS.items()
    for number, make in enumerate(texts)
]


def _steps(read: Callable[[str], Any], text: str) -> int:
    count = 0

    def line(frame: FrameType, event: str, _: Any) -> Any:
        nonlocal count
        count += event == "line"
        return line

    before = sys.gettrace()
    sys.settrace(line)
    try:
        with contextlib.suppress(*REFUSALS):
            read(text)
    finally:
        sys.settrace(before)
    return count


@pytest.mark.parametrize(("read", "make"), _CASES)
def test_ten_times_the_text_takes_at_most_twenty_times_the_steps(
    read: Callable[[str], Any], make: Callable[[int], str]
) -> None:
    _steps(read, make(100))  # what is imported and cached the first time does not count
    small, large = _steps(read, make(1_000)), _steps(read, make(10_000))
    assert large <= 20 * small + 2_000


def test_the_count_sees_work_that_grows_with_the_square() -> None:
    def quadratic(text: str) -> None:
        for _ in text:
            for _ in text[::100]:
                pass

    assert _steps(quadratic, "x" * 10_000) > 20 * _steps(quadratic, "x" * 1_000) + 2_000


@pytest.mark.slow
def test_long_texts_are_read_without_hanging() -> None:
    """`AMLET_READER_LENGTH=1000000` reads longer ones (the nightly profile)."""
    length = os.environ.get("AMLET_READER_LENGTH", "100000")
    subprocess.run([sys.executable, "-m", "tests.readers", length], cwd=_ROOT, check=True, timeout=170)
