from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.arm.distributions import DISTRIBUTIONS, Choice, Randint, Uniform, parse_distribution

numbers = st.integers(-1000, 1000) | st.floats(allow_nan=False, allow_infinity=False)
scalars = st.text() | numbers | st.booleans() | st.none()
plain = st.one_of(
    st.tuples(
        st.sampled_from(["uniform", "loguniform", "normal", "lognormal"]), st.lists(numbers, min_size=2, max_size=2)
    ),
    st.tuples(
        st.sampled_from(["quniform", "qloguniform", "qnormal", "qlognormal"]), st.lists(numbers, min_size=3, max_size=3)
    ),
    st.tuples(st.just("randint"), st.lists(st.integers(1, 100), min_size=1, max_size=1)),
).map(list)
conditional = st.dictionaries(st.text(), scalars | plain)
choice = st.lists(scalars | conditional).map(lambda values: ["choice", [values]])


def test_all_ten_distributions_are_known() -> None:
    assert set(DISTRIBUTIONS) == {
        "choice", "randint", "uniform", "quniform", "loguniform", "qloguniform",
        "normal", "qnormal", "lognormal", "qlognormal",
    }  # fmt: skip


@given(plain | choice)
def test_every_wire_form_comes_back_as_it_was(wire: list[Any]) -> None:
    assert parse_distribution(wire).to_wire() == wire


def test_arguments_get_their_names_in_the_wires_order() -> None:
    assert parse_distribution(["uniform", [0.1, 1]]) == Uniform(min_value=0.1, max_value=1)
    assert parse_distribution(["randint", [10]]) == Randint(upper=10)


def test_a_conditional_choice_holds_distributions() -> None:
    wire = ["choice", [[{"kernel": "rbf", "g": ["uniform", [0, 1]]}, {"kernel": "lin"}]]]
    assert parse_distribution(wire) == Choice(({"kernel": "rbf", "g": Uniform(0, 1)}, {"kernel": "lin"}))


@pytest.mark.parametrize(
    ("wire", "message"),
    [
        ("uniform", "a list of its name and its arguments"),
        (["uniform", 1], "a list of its name and its arguments"),
        (["unifrom", [0, 1]], "unknown distribution 'unifrom'; known are"),
        (["uniform", [0]], r"uniform has 2 argument\(s\) \(min_value, max_value\), not 1"),
        (["choice", [1, 2]], "one list of values"),
    ],
)
def test_what_is_no_distribution_is_refused_with_the_form_it_should_have(wire: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        parse_distribution(wire)
