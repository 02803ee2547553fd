"""What a shell completes."""

from __future__ import annotations

from pathlib import Path

import pytest

from amlet.cli.completion import is_wanted, words_of

INSTRUCTION = {"_AMLET_COMPLETE": "complete_bash"}


@pytest.fixture
def complete(amlet, monkeypatch: pytest.MonkeyPatch):
    """What bash is answered for a line; its last word is being typed."""

    def ask(line: str) -> list[str]:
        monkeypatch.setenv("_AMLET_COMPLETE", "complete_bash")
        monkeypatch.setenv("COMP_WORDS", line)
        monkeypatch.setenv("COMP_CWORD", str(len(line.split(" ")) - 1))
        return amlet().out.split()

    return ask


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_zsh_and_fish_are_answered_too(amlet, emulator, monkeypatch: pytest.MonkeyPatch, shell: str) -> None:
    emulator.put_job("brave_fox", "Completed", experimentName="first")
    monkeypatch.setenv("_AMLET_COMPLETE", f"complete_{shell}")
    monkeypatch.setenv("_TYPER_COMPLETE_FISH_ACTION", "get-args")
    for line, word in (("amlet job show --emulator ", "brave_fox"), ("amlet job va", "validate")):
        monkeypatch.setenv("_TYPER_COMPLETE_ARGS", line)
        assert word in amlet().out


def test_commands_and_groups_are_completed(complete) -> None:
    assert complete("amlet quick") == ["quickstart"]
    assert complete("amlet job va") == ["validate"]
    assert complete("amlet model down") == ["download"]


def test_names_of_jobs_and_experiments_are_those_of_the_emulator(complete, emulator) -> None:
    emulator.put_job("brave_fox", "Completed", experimentName="first")
    emulator.put_job("calm_owl", "Failed", experimentName="second")
    assert complete("amlet job show --emulator ") == ["brave_fox", "calm_owl"]
    assert complete("amlet job stream --emulator -n ca") == ["calm_owl"]
    assert complete("amlet job list --emulator -p br") == ["brave_fox"]
    assert complete("amlet job list --emulator --experiment se") == ["second"]


@pytest.mark.parametrize("flags", ["", "-w w -g g --subscription s "])
def test_no_workspace_is_asked_and_no_error_is_shown(complete, flags: str) -> None:
    assert complete(f"amlet job show {flags}") == []


def test_the_keys_of_a_change_are_those_of_the_file(complete, sweep: Path) -> None:
    assert complete(f"amlet job create -f {sweep} --set limits.max_t") == ["limits.max_total_trials="]
    assert complete(f"amlet job validate -f {sweep} --set limits.max_t") == ["limits.max_total_trials="]
    assert complete("amlet job create -f nowhere.yml --set lim") == []


def test_the_words_are_those_of_the_line_that_a_shell_completes() -> None:
    assert words_of({}, ["job", "list", "-p"]) == ("job", "list")
    assert words_of({}, []) == ("--help",)
    assert words_of(INSTRUCTION | {"COMP_WORDS": "amlet job li"}, []) == ("job", "li")
    assert words_of(INSTRUCTION | {"_TYPER_COMPLETE_ARGS": "amlet job 'x"}, []) == ("job", "'x")


def test_a_start_without_completion_does_not_make_its_options() -> None:
    assert not is_wanted({}, ("job", "list"))
    assert is_wanted({}, ("--show-completion=zsh",))
    assert is_wanted(INSTRUCTION, ("job",))
