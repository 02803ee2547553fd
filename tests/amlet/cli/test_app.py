"""The folder of commands is the command line: one module for each command, imported when it is typed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import typer.main

from amlet.cli import commands
from amlet.cli.app import command_line
from amlet.cli.assets.kinds import KINDS

_FOLDER = Path(commands.__path__[0])


def _typed() -> list[tuple[str, ...]]:
    """The words of every command."""
    root: Any = typer.main.get_command(command_line())
    found = []
    for name, command in root.commands.items():
        below = getattr(command, "commands", None)
        found += [(name, inner) for inner in below] if below is not None else [(name,)]
    return found


#: The commands that groups of assets share.
_SHARED = {(kind.name, verb) for kind in KINDS.values() for verb in kind.verbs}


def test_every_module_is_a_command_and_every_command_a_module_or_shared() -> None:
    files = [file.relative_to(_FOLDER) for file in _FOLDER.rglob("*.py") if file.name != "__init__.py"]
    modules = {file.with_suffix("").parts for file in files}
    own = {tuple(word.rstrip("_").replace("_", "-") for word in parts) for parts in modules}
    assert not own & _SHARED
    assert own | _SHARED == set(_typed())


def test_every_command_and_group_has_a_help_text() -> None:
    root: Any = typer.main.get_command(command_line())
    every = [
        *root.commands.values(),
        *(inner for one in root.commands.values() for inner in getattr(one, "commands", {}).values()),
    ]
    assert not [command.name for command in every if not command.help]


@pytest.mark.parametrize("words", _typed(), ids=" ".join)
def test_a_command_imports_no_other_command(words: tuple[str, ...]) -> None:
    code = (
        "import sys\nfrom amlet.cli.app import command_line\n"
        f"command_line(*{words!r})\n"
        "print(*sorted(name for name in sys.modules if name.startswith('amlet.cli.commands.')))"
    )
    out = subprocess.check_output([sys.executable, "-c", code], text=True).split()
    groups = {f"amlet.cli.commands.{words[0]}"} if len(words) > 1 else set()
    assert len(set(out) - groups) == (0 if words in _SHARED else 1)


def test_a_word_that_is_not_a_command_is_refused_with_the_nearest_one(amlet) -> None:
    ran = amlet("job", "creat")
    assert ran.code == 2
    assert "No such command 'creat'. Did you mean 'create'?" in ran.err
