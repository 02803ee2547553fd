from __future__ import annotations

import pytest

from contracts.bindings import Binding, bindings, substitute, without_optional

COMMAND = "python t.py --d ${{inputs.d}} --lr ${{ search_space.lr }} --lr2 ${{search_space.lr}} > ${{outputs.o}}/log"


def test_bindings_are_listed_in_order_with_repetitions() -> None:
    assert bindings(COMMAND) == [
        Binding("inputs", "d"),
        Binding("search_space", "lr"),
        Binding("search_space", "lr"),
        Binding("outputs", "o"),
    ]


def test_shell_variables_and_unknown_kinds_are_left_alone() -> None:
    command = "echo $HOME ${HOME} ${{parent.jobs.x}} {inputs.x}"
    assert bindings(command) == []
    assert substitute(command, lambda _: "never") == command


def test_each_binding_is_replaced_by_its_value() -> None:
    assert substitute(COMMAND, lambda binding: binding.name.upper()) == ("python t.py --d D --lr LR --lr2 LR > O/log")


@pytest.mark.parametrize(
    ("command", "left"),
    [
        ("t $[[--d ${{inputs.d}}]] $[[--e ${{inputs.e}}]] x", "t --d ${{inputs.d}}  x"),
        ("t $[[--both ${{inputs.d}} ${{inputs.e}}]]", "t "),
        ("t $[[--d ${{inputs.d}} -v]]", "t --d ${{inputs.d}} -v"),
        ("t $[[-v]]", "t -v"),
        ("t $[[--lr ${{search_space.d}}]]", "t --lr ${{search_space.d}}"),
        ("t $[[--e ${{inputs.e}}", "t $[[--e ${{inputs.e}}"),
        ("[[ -f x ]] && t ${{inputs.d}}", "[[ -f x ]] && t ${{inputs.d}}"),
        ("t $[[--e ${{inputs.e}}]]$[[--d ${{inputs.d}}]]", "t --d ${{inputs.d}}"),
    ],
)
def test_optional_parts_stand_where_their_bindings_have_values(command: str, left: str) -> None:
    assert without_optional(command, lambda binding: binding.name == "d") == left


def test_the_work_for_optional_parts_grows_with_the_command() -> None:
    assert without_optional("$[[" * 200_000, lambda binding: True) == "$[[" * 200_000
