"""Values in the place of bindings, safe in a shell."""

from __future__ import annotations

import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emulator.executors.base import TrialRefused
from emulator.trials.quoting import quoted_command

NASTY = "a 'b' \"c\" $HOME `id` \\ ; * ~ # !"


def values(**inputs: str) -> dict[str, dict[str, str]]:
    return {"inputs": inputs}


def run(command: str) -> str:
    shell = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=True)
    return shell.stdout


def test_each_kind_of_binding_takes_its_own_values() -> None:
    kinds = {"search_space": {"x": "1"}, "inputs": {"x": "2"}, "outputs": {"x": "3"}}
    command = "t ${{search_space.x}} ${{inputs.x}} ${{ outputs.x }}"
    assert quoted_command(command, kinds) == "t 1 2 3"


def test_plain_values_are_not_quoted() -> None:
    text = quoted_command("t --lr ${{inputs.lr}} ${{inputs.path}}", values(lr="1e-05", path="/a/b_c.d"))
    assert text == "t --lr 1e-05 /a/b_c.d"


@pytest.mark.parametrize(
    "template",
    [
        "printf %s ${{inputs.x}}",
        'printf %s "${{inputs.x}}"',
        "printf %s '${{inputs.x}}'",
        "printf %s pre\"fix\"${{inputs.x}}'po'st",
        "printf %s \\\"${{inputs.x}}\\'",
    ],
)
def test_a_value_is_one_word_and_never_expanded(template: str) -> None:
    plain = run(template.replace("${{inputs.x}}", "MIDDLE"))
    assert run(quoted_command(template, values(x=NASTY))) == plain.replace("MIDDLE", NASTY)


@settings(max_examples=25)
@given(st.text(st.characters(codec="utf-8", exclude_characters="\0\r"), max_size=30))
def test_any_text_survives_in_any_quotes(text: str) -> None:
    template = "printf '%s\\0' ${{inputs.x}} \"${{inputs.x}}\" '${{inputs.x}}'"
    assert run(quoted_command(template, values(x=text))).split("\0") == [text, text, text, ""]


def test_a_binding_without_a_value_is_refused_with_what_there_is() -> None:
    with pytest.raises(TrialRefused, match=r"\$\{\{inputs.y\}\} has no value; inputs of this job: a, b"):
        quoted_command("t ${{inputs.y}}", values(b="1", a="2"))


def test_a_command_with_a_nul_character_is_refused() -> None:
    with pytest.raises(TrialRefused, match="command: it holds a NUL character"):
        quoted_command("printf \0${{inputs.x}}", values(x="1"))
