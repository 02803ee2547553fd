"""Bindings of pipelines: read, written, and told apart from literals."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.pipelines.bindings import (
    Binding,
    PipelineInput,
    PipelineOutput,
    StepOutput,
    UnknownBinding,
    parse_binding,
)

NAMES = st.from_regex(r"[a-z_][a-z0-9_]{0,9}", fullmatch=True)
DOTTED = st.lists(NAMES, min_size=1, max_size=3).map(".".join)
BINDINGS = st.one_of(
    st.builds(PipelineInput, DOTTED),
    st.builds(PipelineOutput, DOTTED),
    st.builds(StepOutput, NAMES, st.none() | DOTTED),
)


@given(BINDINGS)
def test_a_binding_that_is_written_is_read_back(binding: Binding) -> None:
    assert parse_binding(str(binding)) == binding


@pytest.mark.parametrize("literal", ["", "0.5", "a ${{parent.inputs.x}}", "${{", "}}", None, 3, {"a": 1}])
def test_a_literal_is_not_a_binding(literal: object) -> None:
    assert parse_binding(literal) is None


@pytest.mark.parametrize(
    "text", ["${{inputs.x}}", "${{parent.jobs.a}}", "${{parent.inputs.}}", "${{}}", "${{parent.x.y}}"]
)
def test_other_expressions_are_told(text: str) -> None:
    assert parse_binding(text) == UnknownBinding(text)


def test_blanks_within_the_braces_do_not_matter() -> None:
    assert parse_binding(" ${{ parent.inputs.a.b }} ") == PipelineInput("a.b")
