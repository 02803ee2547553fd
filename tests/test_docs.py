"""The documents say what the code does: settings, endings, commands, files and links."""

from __future__ import annotations

import re
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
import typer.main

from amlet.cli.app import command_line
from emulator.engine.ending import ENDINGS, Ending
from emulator.engine.settings import StateDurations
from emulator.settings import Settings, describe

ROOT = Path(__file__).resolve().parents[1]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
FIDELITY = ROOT / "docs" / "fidelity.md"

_COMMAND = re.compile(r"(?:^|[`(\s])amlet ([a-z][a-z-]*(?: [a-z][a-z-]*)*)", re.MULTILINE)
_COMMENT = re.compile(r"(?:^|\s)#.*")
_CODE = re.compile(r"```.*?```|`[^`\n]+`", re.DOTALL)
_LINK = re.compile(r"\[[^\]]*\]\(([^)#\s]+)[^)]*\)")
_FILE = re.compile(r"`((?:[\w.-]+/)*[\w.-]+(?:\.py|\.md|\.yml|/)|(?:gateway|contracts|emulator|docs|tests)/[\w./-]+)`")


def _setting_row(name: str, default: Any, evidence: str, meaning: str) -> str:
    azure = _values(Settings.azure_like())[name]
    other = "" if azure == default else _shown(azure)
    return f"| `{name}` | {_shown(default)} | {other} | {evidence} | {meaning} |"


def _shown(value: Any) -> str:
    if isinstance(value, StateDurations):
        return ", ".join(f"{seconds:g}" for seconds in asdict(value).values())
    return f"`{value:.10g}`" if isinstance(value, float) else f"`{value}`"


def _values(settings: Settings) -> dict[str, Any]:
    return {
        name: getattr(settings if hasattr(settings, name) else settings.engine, name) for name, _, _, _ in describe()
    }


def _ending_row(ending: Ending) -> str:
    message = "none" if ending.message is None else f'"{ending.message}"'
    return f"| {ending.situation} | {ending.status} | {ending.code or 'none'} | {message} | {ending.evidence} |"


@pytest.mark.parametrize(
    "rows",
    [
        pytest.param([_setting_row(*described) for described in describe()], id="settings"),
        pytest.param([_ending_row(ending) for ending in ENDINGS.values()], id="endings"),
    ],
)
def test_the_fidelity_page_has_every_row_as_the_code_has_it(rows: list[str]) -> None:
    lines = set(FIDELITY.read_text(encoding="utf-8").splitlines())
    missing = [row for row in rows if row not in lines]
    assert not missing, f"paste into {FIDELITY.name}:\n" + "\n".join(missing)


def test_the_fidelity_page_has_no_setting_that_the_code_has_not() -> None:
    table = FIDELITY.read_text(encoding="utf-8").partition("## Settings")[2].partition("\n## ")[0]
    listed = re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)
    assert listed == [name for name, _, _, _ in describe()]


def _commands(document: Path) -> set[str]:
    code = "\n".join(_CODE.findall(document.read_text(encoding="utf-8")))
    return set(_COMMAND.findall(_COMMENT.sub("", code)))


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_command_that_a_document_shows_exists(document: Path) -> None:
    unknown = []
    for shown in _commands(document):
        command: Any = typer.main.get_command(command_line())
        for word in shown.split():
            if not hasattr(command, "commands"):
                break  # the rest are arguments
            if word not in command.commands:
                unknown.append(f"amlet {shown}: {command.name} has {', '.join(command.commands)}")
                break
            command = command.commands[word]
    assert not unknown


def test_the_readme_shows_commands() -> None:
    assert {"job create", "emulator stop"} <= _commands(ROOT / "README.md")


def test_every_file_that_the_architecture_page_names_exists() -> None:
    named = set(_FILE.findall((ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")))
    assert "contracts/lifecycle.py" in named
    assert not sorted(name for name in named if not _exists(name))


def _exists(name: str) -> bool:
    """A path from the root, or within a package: `simulation/executor.py` stands for that file of any package."""
    return (ROOT / name).exists() or any(ROOT.glob(f"*/{name}")) or ("/" not in name and any(ROOT.glob(f"*/*/{name}")))


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_relative_link_resolves(document: Path) -> None:
    targets = [link for link in _LINK.findall(document.read_text(encoding="utf-8")) if "://" not in link]
    assert not [target for target in targets if not (document.parent / target).exists()]
