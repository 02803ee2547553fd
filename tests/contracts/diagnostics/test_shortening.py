"""Values and names in messages are short, whatever they are."""

from __future__ import annotations

import json
from time import process_time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.diagnostics.shortening import listed, short_repr, shown

_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(), inner, max_size=5),
    max_leaves=20,
)


@given(_JSON)
def test_a_value_is_shown_as_json_cut_at_eighty_characters(value: Any) -> None:
    whole = json.dumps(value, ensure_ascii=False)
    assert shown(value) == (whole if len(whole) <= 80 else whole[:77] + "...")


def test_what_holds_itself_is_shown_as_far_as_it_goes() -> None:
    value: list[Any] = [1]
    value.append(value)
    assert shown(value) == "[1, ..."


@pytest.mark.parametrize("show", [shown, short_repr])
def test_showing_a_huge_value_takes_no_time(show: Any) -> None:
    huge = {"rows": list(range(1_000_000)), "text": "x" * 1_000_000}
    begin = process_time()
    for _ in range(100):
        assert len(show(huge)) <= 80
    assert process_time() - begin < 2


def test_a_value_as_python_has_it_is_short_too() -> None:
    assert short_repr({"name": "a"}) == "{'name': 'a'}"
    assert short_repr("y" * 1000).endswith("...")


def test_so_many_names_are_listed_and_the_others_counted() -> None:
    assert listed(["a", "b"]) == "a, b"
    assert listed([str(number) for number in range(60)], most=3) == "0, 1, 2 and 57 more"
