from __future__ import annotations

import pytest

from emulator.engine.values import argv_text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (65.0, "65"),
        (65, "65"),
        (0.7567505122372808, "0.7567505122372808"),
        (-0.0, "-0"),
        (1e-07, "1e-07"),
        (True, "True"),
        (None, ""),
        ("relu 6", "relu 6"),
        ([1, 2.0], "[1,2.0]"),
        ({"a": 1}, '{"a":1}'),
    ],
)
def test_a_value_reaches_the_command_line_as_the_service_writes_it(value: object, text: str) -> None:
    assert argv_text(value) == text  # type: ignore[arg-type]
