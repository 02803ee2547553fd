from __future__ import annotations

from contracts.bindings import Binding, bindings, substitute

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
