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
    bindings_within,
    parse_binding,
    replaced,
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


def test_bindings_are_found_within_a_longer_text() -> None:
    text = "a_${{parent.inputs.x}}/${{ parent.jobs.s.outputs.o }}_${{name}}"
    assert bindings_within(text) == [PipelineInput("x"), StepOutput("s", "o")]
    assert replaced(text, lambda binding: "?") == "a_?/?_${{name}}"


def test_two_bindings_beside_each_other_are_two() -> None:
    assert bindings_within("${{parent.inputs.x}}${{parent.inputs.y}}") == [PipelineInput("x"), PipelineInput("y")]


@given(BINDINGS)
def test_a_whole_binding_is_the_only_one(binding: Binding) -> None:
    assert bindings_within(str(binding)) == [binding]
