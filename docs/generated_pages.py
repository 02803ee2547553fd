"""Pages of the site that say what the code says: commands, public names, settings, and the files at the root.

Run by mkdocs (`scripts/docs`) through mkdocs-gen-files; nothing is written into the folder `docs`.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import mkdocs_gen_files
import typer.main

from amlet.cli.app import command_line
from emulator.settings import describe

ROOT = Path(__file__).resolve().parents[1]

#: The modules whose names are public, and what they are for.
PUBLIC = {
    "gateway": "The client and what jobs are made of.",
    "gateway.sweep": "Search spaces, sampling algorithms, early termination policies and the sweep job.",
    "gateway.dsl": "Pipelines.",
    "gateway.entities": "Jobs and assets as a workspace shows them.",
    "gateway.aio": "The same client for asynchronous programs.",
    "gateway.tracking": "Metrics of a trial without mlflow.",
    "gateway.exceptions": "What is raised.",
    "amlet.testing": "Emulators for tests.",
}


def commands() -> Iterator[str]:
    """Every command with its help, arguments and options, in the order of `amlet --help`."""
    yield "# Commands\n"
    yield "Generated from `amlet COMMAND --help`. Exit codes are at the end of `amlet --help`.\n"
    root = typer.main.get_command(command_line())
    yield from _command(root, "amlet", click.Context(root, info_name="amlet"))


def _command(command: Any, path: str, context: click.Context) -> Iterator[str]:
    members = getattr(command, "commands", {})
    if path != "amlet":
        yield f"## {path}\n"
    yield _paragraphs(command.help) + "\n"
    if not members:
        yield f"```\n{' '.join([path, *command.collect_usage_pieces(context)])}\n```\n"
        yield from _parameters(command, context)
    for name, member in members.items():
        if not member.hidden:
            yield from _command(member, f"{path} {name}", click.Context(member, info_name=name, parent=context))


def _parameters(command: Any, context: click.Context) -> Iterator[str]:
    rows = [record for one in command.get_params(context) if (record := one.get_help_record(context))]
    if rows:
        yield "| option | meaning |\n|---|---|"
        yield from (f"| `{_cell(names)}` | {_cell(meaning)} |" for names, meaning in rows)
        yield ""


def _paragraphs(text: str | None) -> str:
    """The help of a command; click marks paragraphs whose lines are kept with a backspace character."""
    return re.sub(r"(?<!\n)\n(?!\n)", "\n", (text or "").replace("\b\n", "").strip())


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())


def names() -> Iterator[str]:
    """Every public name with its docstring."""
    yield "# Python\n"
    yield "Names that `azure.ai.ml` has too are spelled as there.\n"
    for module, purpose in PUBLIC.items():
        yield f"## {module}\n\n{purpose}\n"
        loaded = importlib.import_module(module)
        for name in sorted(getattr(loaded, "__all__", vars(loaded))):
            if not name.startswith("_") and (place := _place(getattr(loaded, name))):
                yield f"::: {place}\n"


def _place(found: object) -> str | None:
    """Where a class or function of amlet's is defined; None for constants and for what comes from elsewhere."""
    home, name = getattr(found, "__module__", None), getattr(found, "__qualname__", None)
    ours = isinstance(home, str) and home.partition(".")[0] in ("gateway", "amlet")
    return f"{home}.{name}" if ours and name else None


def settings() -> Iterator[str]:
    """Every setting of the emulator."""
    yield "# Settings\n"
    yield (
        "Each is set by `amlet emulator start --setting NAME=VALUE`, by `settings:` in the project file, or by "
        "`settings` of the pytest marker. [Fidelity](../fidelity.md#settings) has the values of `--azure-like` too.\n"
    )
    yield "| setting | default | evidence | meaning |\n|---|---|---|---|"
    for name, default, evidence, meaning in describe():
        yield f"| `{name}` | `{_cell(str(default))}` | {evidence} | {_cell(meaning)} |"


def root_file(name: str) -> str:
    """A page at the root of the repository, its links to pages here made those of the site."""
    text = (ROOT / name).read_text(encoding="utf-8")
    return re.sub(r"\]\(docs/([^)]*)\)", r"](../\1)", text)


def _write(page: str, text: str) -> None:
    with mkdocs_gen_files.open(page, "w") as file:
        file.write(text)


_write("reference/commands.md", "\n".join(commands()))
_write("reference/python.md", "\n".join(names()))
_write("reference/settings.md", "\n".join(settings()) + "\n")
_write("reference/changelog.md", root_file("CHANGELOG.md"))
_write("reference/contributing.md", root_file("CONTRIBUTING.md"))
