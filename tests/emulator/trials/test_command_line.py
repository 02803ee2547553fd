"""Environment variables in the place of bindings, safe in a shell."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emulator.executors.base import TrialRefused
from emulator.executors.shell import arguments
from emulator.trials.command_line import Bound, bind
from emulator.trials.plain_path import plain_path

NASTY = "a 'b' \"c\" $HOME `id` $(id) \\ ; * ~ # !"


def run(bound: Bound, shell: str = "bash", folder: Path | None = None) -> str:
    environment = {"PATH": "/usr/bin:/bin", **bound.variables}
    done = subprocess.run(
        [shell, "-c", bound.command], capture_output=True, text=True, check=True, env=environment, cwd=folder
    )
    return done.stdout


def test_each_kind_of_binding_is_the_variable_that_the_service_gives_it() -> None:
    values = {"search_space": {"x": "1"}, "inputs": {"x": "2", "d": "/d"}, "outputs": {"x": "3"}}
    command = "t ${{search_space.x}} ${{inputs.d}} ${{ outputs.x }}y"
    assert bind(command, values, data=frozenset({"d"}), is_sweep=True) == (
        "t ${AZUREML_SWEEP_x} ${AZURE_ML_INPUT_d} ${AZURE_ML_OUTPUT_x}y",
        {"AZUREML_SWEEP_x": "1", "AZURE_ML_INPUT_d": "/d", "AZURE_ML_OUTPUT_x": "3"},
    )


@pytest.mark.parametrize(("is_sweep", "name"), [(False, "AZUREML_PARAMETER_n"), (True, "AZUREML_SWEEP_n")])
def test_a_literal_input_has_the_prefix_of_its_job(is_sweep: bool, name: str) -> None:
    bound = bind("t ${{inputs.n}}", {"inputs": {"n": "5"}}, is_sweep=is_sweep)
    assert bound == (f"t ${{{name}}}", {name: "5"})


@pytest.mark.parametrize("name", ["group.x", "my-input", "größe", "ü"])
def test_a_name_that_is_not_an_identifier_gets_a_safe_variable(name: str) -> None:
    bound = bind(f"printf %s ${{{{inputs.{name}}}}}", {"inputs": {name: "v"}})
    assert all(variable.isascii() and variable.isidentifier() for variable in bound.variables)
    assert run(bound) == "v"


def test_names_that_differ_in_what_no_variable_can_hold_stay_apart() -> None:
    values = {"inputs": {"a-b": "1", "a.b": "2", "a_b": "3"}}
    assert run(bind("printf %s ${{inputs.a-b}}${{inputs.a.b}}${{inputs.a_b}}", values)) == "123"


def test_an_input_named_as_a_parameter_does_not_change_it() -> None:
    values = {"search_space": {"x": "1"}, "inputs": {"x": "2"}}
    for command in ("printf %s ${{search_space.x}}${{inputs.x}}", "printf %s ${AZUREML_SWEEP_x}${{inputs.x}}"):
        bound = bind(command, values, is_sweep=True, environment={"AZUREML_SWEEP_x": "1"})
        assert run(bound._replace(variables={"AZUREML_SWEEP_x": "1", **bound.variables})) == "12"


@pytest.mark.parametrize("shell", [shell for shell in ("bash", "dash") if shutil.which(shell)])
@pytest.mark.parametrize(
    "template",
    [
        'printf %s "B"',
        '# don\'t\nprintf %s "B"',
        'x=$(printf %s "B"); printf %s "$x"',
        "cat <<EOF\nit's B\nEOF",
        'x=B; printf %s "$x"',
        'case B in zzz) ;; *) printf %s "B";; esac',
    ],
)
@pytest.mark.parametrize(
    "value", [NASTY, "a; touch hit", "$(touch hit)", "`touch hit`", "' ; touch hit; '", "", "a\nb"]
)
def test_no_part_of_a_value_is_executed_wherever_it_stands(
    tmp_path: Path, template: str, value: str, shell: str
) -> None:
    """Attacks that turned the quoting of the first edition over."""
    bound = bind(template.replace("B", "${{inputs.x}}"), {"inputs": {"x": value}})
    said = run(bound, shell, tmp_path)
    assert value in said or (not value and "B" not in said)
    assert not list(tmp_path.iterdir())


def test_dollar_quotes_keep_a_binding_as_text_and_execute_nothing(tmp_path: Path) -> None:
    bound = bind("printf %s $'it\\'s ${{inputs.x}}'", {"inputs": {"x": "'; touch hit; '"}})
    assert run(bound, folder=tmp_path) == "it's ${AZUREML_PARAMETER_x}"
    assert not list(tmp_path.iterdir())


def test_a_bare_value_is_split_as_on_azure() -> None:
    assert run(bind("printf '<%s>' ${{inputs.x}} z", {"inputs": {"x": "a b"}})) == "<a><b><z>"
    assert run(bind("printf '<%s>' ${{inputs.x}} z", {"inputs": {"x": ""}})) == "<z>"


@settings(max_examples=25)
@given(st.text(st.characters(codec="utf-8", exclude_characters="\0\r"), max_size=30))
def test_any_text_survives_in_double_quotes(text: str) -> None:
    assert run(bind("printf '%s\\0' \"${{inputs.x}}\"", {"inputs": {"x": text}})) == f"{text}\0"


def test_a_binding_without_a_value_is_refused_with_what_there_is() -> None:
    with pytest.raises(TrialRefused, match=r"\$\{\{inputs.y\}\} has no value; inputs of this job: a, b"):
        bind("t ${{inputs.y}}", {"inputs": {"b": "1", "a": "2"}})


def test_a_command_with_a_nul_character_is_refused() -> None:
    with pytest.raises(TrialRefused, match="command: it holds a NUL character"):
        bind("printf \0${{inputs.x}}", {"inputs": {"x": "1"}})


@pytest.mark.parametrize(
    ("value", "is_direct"), [("0.1", True), ("a b", False), ("", False), ("*", False), ("$(id)", False)]
)
def test_a_plain_value_needs_no_shell_and_any_other_one_does(value: str, is_direct: bool) -> None:
    bound = bind("python3 t.py --lr ${{inputs.lr}}", {"inputs": {"lr": value}})
    words = arguments(bound.command, {"PATH": "/usr/bin:/bin", **bound.variables})
    if is_direct and shutil.which("python3", path="/usr/bin:/bin"):
        assert words[1:] == ["t.py", "--lr", value]
    else:
        assert words[1:] == ["-c", bound.command]


def test_variables_that_a_shell_sets_itself_are_left_to_it() -> None:
    assert arguments("python3 t.py ${PWD}", {"PATH": "/usr/bin:/bin", "PWD": "/old"})[1] == "-c"


@pytest.mark.parametrize("name", ["data.csv", "my data.csv", "ordner"])
def test_a_path_with_spaces_is_led_to_by_one_without(tmp_path: Path, name: str) -> None:
    path = tmp_path / "a b" / name
    path.parent.mkdir()
    path.write_text("content")
    plain = plain_path(path)
    assert " " not in str(plain)
    assert (plain.read_text(), plain.suffix) == ("content", path.suffix)
    assert plain_path(path) == plain


def test_links_that_lead_nowhere_since_a_day_are_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    folder = tmp_path / f"amlet-{os.getuid()}"
    (folder / "x.d").mkdir(parents=True, mode=0o700)
    folder.chmod(0o700)
    (tmp_path / "there").touch()
    links = {"old": tmp_path / "gone", "new": tmp_path / "gone", "used": tmp_path / "there", "x.d/old": tmp_path / "no"}
    for name, target in links.items():
        (folder / name).symlink_to(target)
        if name != "new":
            os.utime(folder / name, (0, 0), follow_symlinks=False)
    (tmp_path / "a b").mkdir()
    plain_path(tmp_path / "a b" / "f")
    assert {name for name in links if (folder / name).is_symlink()} == {"new", "used"}


def test_a_plain_path_stays_as_it_is(tmp_path: Path) -> None:
    assert plain_path(tmp_path / "x") == tmp_path / "x"


def test_what_is_written_to_a_plain_path_arrives(tmp_path: Path) -> None:
    path = tmp_path / "a b" / "out.txt"
    path.parent.mkdir()
    plain_path(path).write_text("new")
    assert path.read_text() == "new"
