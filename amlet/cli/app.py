"""The command line of `amlet`: the modules of the folder `commands`, each with its command."""

from __future__ import annotations

import os
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from types import ModuleType
from typing import Annotated

import typer

from amlet.cli import commands
from amlet.cli.completion import is_wanted
from amlet.cli.exits import EPILOG
from amlet.cli.output import put
from contracts.version import __version__
from gateway.transport.choice import RECORD, recording_path


def command_line(*words: str) -> typer.Typer:
    """The command with its groups.

    Parameters:
        words: what is typed, as far as it may name a command. Of a command that is named no other is imported.
    """
    made = typer.Typer(
        name="amlet",
        no_args_is_help=True,
        add_completion=is_wanted(os.environ, words),
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
        epilog=EPILOG,
        help=root.__doc__,
    )
    made.callback()(root)
    _add(made, commands, words)
    return made


def _add(group: typer.Typer, folder: ModuleType, words: tuple[str, ...]) -> None:
    """Add the commands and groups of a folder; the named one alone, if the folder has it."""
    found = {_typed(module.name): module for module in iter_modules(folder.__path__)}
    if words[:1] == ("--version",):
        return
    chosen = {words[0]: found[words[0]]} if words and words[0] in found else found
    for name, info in chosen.items():
        module = import_module(f"{folder.__name__}.{info.name}")
        if info.ispkg:
            inner = typer.Typer(no_args_is_help=True, help=module.__doc__, epilog=EPILOG)
            inner.callback()(lambda: None)  # else a group with one command would be that command
            if words[:1] != ("--help",):  # which lists the groups, and not what is in them
                below = words[1:] if name in words[:1] else ()
                if not _add_shared(inner, getattr(module, "KIND", None), below[:1]):
                    _add(inner, module, below)
            group.add_typer(inner, name=name, help=module.__doc__)
        else:
            function = _command_of(module)
            group.command(name, **function.settings)(function)  # type: ignore[attr-defined]


def _add_shared(group: typer.Typer, kind: str | None, word: tuple[str, ...]) -> bool:
    """Add the commands that a group of assets shares with others; whether the named one is among them."""
    if not kind:
        return False
    from amlet.cli.assets.verbs import commands_of

    found = commands_of(kind)
    for verb, function in found.items():
        group.command(verb, **function.settings)(function)  # type: ignore[attr-defined]
    return bool(found.keys() & set(word))


def _typed(module: str) -> str:
    """How the command of a module is typed: `import` for `import_`, as that is a keyword of Python."""
    return module.rstrip("_").replace("_", "-")


def _command_of(module: ModuleType) -> Callable[..., None]:
    [function] = [
        value
        for value in vars(module).values()
        if hasattr(value, "settings") and getattr(value, "__module__", None) == module.__name__
    ]
    made: Callable[..., None] = function
    return made


def _version(wanted: bool) -> None:
    if wanted:
        put(f"amlet {__version__}\n")
        raise typer.Exit


def root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and exit.")
    ] = False,
    record: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write the requests to the service, sanitised, to a file (AMLET_RECORD)."),
    ] = None,
) -> None:
    """Azure Machine Learning sweep jobs anywhere: in a workspace, or on a local emulator that really runs them."""
    if record:
        path = recording_path(str(record))
        os.environ[RECORD] = str(path.absolute()) if path else ""
