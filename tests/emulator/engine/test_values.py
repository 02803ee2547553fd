from __future__ import annotations

import pytest

from emulator.engine.values import argv_text, scalar_texts


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


@pytest.mark.parametrize(
    ("value", "text"), [(True, "true"), (False, "false"), (80, "80"), (1.5, "1.5"), (2.0, "2.0"), ("1.50", "1.50")]
)
def test_a_scalar_of_a_body_is_the_text_that_json_has_for_it(value: str | float, text: str) -> None:
    assert scalar_texts({"A": value, "NONE": None}) == {"A": text}
