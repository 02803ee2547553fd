"""What makes a function a command, and the options that many commands share."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Collection
from dataclasses import dataclass
from inspect import Parameter
from pathlib import Path
from typing import Annotated, Any, TypeAlias, get_type_hints

import typer

from amlet.cli import output
from amlet.cli.completion import job_names
from amlet.cli.exits import Exit, Refusal
from amlet.cli.local_options import local_options
from amlet.cli.output import Format, say
from amlet.cli.target import Target, TargetOptions, choose

Name = Annotated[
    str | None,
    typer.Argument(metavar="NAME", help="The job's name.", show_default=False, autocompletion=job_names),
]
NameOption = Annotated[
    str | None,
    typer.Option("--name", "-n", metavar="NAME", help="The job's name, as an option.", autocompletion=job_names),
]
StateDir = Annotated[Path | None, typer.Option("--state-dir", metavar="DIR", help="The emulator's state directory.")]
JobWorkspaceName = Annotated[str, typer.Option("--workspace-name", "-w", help="Of the job's workspace.")]
JobResourceGroup = Annotated[str, typer.Option("--resource-group", "-g", help="Of the job's workspace.")]
JobSubscription = Annotated[str, typer.Option("--subscription", help="Of the job's workspace.")]
Files = Annotated[list[str], typer.Option("--file", "-f", metavar="FILE", help="The job's YAML file.")]
File = Annotated[Path, typer.Option("--file", "-f", metavar="FILE", help="The job's YAML file.")]


def _wanted(
    emulator: Annotated[bool, typer.Option("--emulator", help="Use the local emulator.")] = False,
    state_dir: Annotated[
        Path | None, typer.Option("--state-dir", metavar="DIR", help="Use the emulator with this state directory.")
    ] = None,
    workspace_name: Annotated[str | None, typer.Option("--workspace-name", "-w", help="The workspace.")] = None,
    resource_group: Annotated[str | None, typer.Option("--resource-group", "-g", help="Its resource group.")] = None,
    subscription: Annotated[str | None, typer.Option("--subscription", help="Its subscription.")] = None,
    verbose: Annotated[bool, typer.Option("--verbose", help="Show all that is known of an error.")] = False,
) -> TargetOptions:
    return TargetOptions(emulator, state_dir, workspace_name, resource_group, subscription, verbose)


def said_target(wanted: TargetOptions) -> Target:
    """The target that is wanted, after writing which it is."""
    target = choose(wanted)
    say(target.line)
    return target


@dataclass(frozen=True, slots=True)
class Show:
    """Writes the result of a command as its `-o` and `--query` want it."""

    format: Format | None
    query: str | None

    def __call__(self, data: Any, people: Callable[[], str] | None = None) -> None:
        """Write data; `people` gives the text for a terminal."""
        output.emit(data, self.format, self.query, people)


def _show(
    format: Annotated[  # noqa: A002
        Format | None, typer.Option("--output", "-o", help="How to print data; JSON when stdout is not a terminal.")
    ] = None,
    query: Annotated[
        str | None, typer.Option("--query", metavar="JMESPATH", help="Select what is printed: name, or [].status.")
    ] = None,
) -> Show:
    return Show(format, query)


_BUILDERS: dict[str, Callable[..., Any]] = {
    "target": _wanted,
    "wanted": _wanted,
    "show": _show,
    "local": local_options,
}


Function: TypeAlias = Callable[..., None]


def command(*, without: Collection[str] = (), **settings: Any) -> Callable[[Function], Function]:
    """Make a function the command of its module; the module's place in `amlet.cli.commands` is its name.

    The parameters `target`, `wanted`, `show` and `local` are replaced by the options they are made from. The target is
    written at once: the first line on stderr. A command that may do without one declares `wanted`. A command with a
    target but no data takes the options of `show` all the same, as in `az`.

    Parameters:
        without: parameters that are not options of this command: they keep their defaults.
        settings: what `typer.Typer.command` takes beside the name.
    """

    def decorate(function: Function) -> Function:
        made = _with_options(function, without)
        made.settings = settings  # type: ignore[attr-defined]
        return made

    return decorate


def _with_options(function: Function, without: Collection[str]) -> Function:
    declared = inspect.signature(function).parameters
    needed = [*declared, *(["show"] if "target" in declared and "show" not in declared else [])]
    builders = {name: _BUILDERS[name] for name in needed if name in _BUILDERS}
    kept = [one for one in _keywords(function) if one.name not in builders and one.name not in without]
    options = {name: _keywords(build) for name, build in builders.items()}

    @functools.wraps(function)
    def run(**given: Any) -> None:
        for name, build in builders.items():
            given[name] = build(**{option.name: given.pop(option.name) for option in options[name]})
        if "target" in given:
            given["target"] = said_target(given["target"])
        function(**{name: value for name, value in given.items() if name in declared})

    parameters = [*kept, *(option for added in options.values() for option in added)]
    run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    run.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    return run


def _keywords(function: Callable[..., Any]) -> list[Parameter]:
    """The parameters of a function, by keyword, with annotations that are no longer text."""
    hints = get_type_hints(function, include_extras=True)
    parameters = inspect.signature(function).parameters.values()
    return [
        parameter.replace(kind=Parameter.KEYWORD_ONLY, annotation=hints[parameter.name]) for parameter in parameters
    ]


def one_name(name: str | None, option: str | None, *, what: str = "job") -> str:
    """The name that was given as NAME or with `-n`.

    Parameters:
        name, option: as they were given.
        what: it is the name of.

    Raises:
        Refusal: neither, or two different ones.
    """
    if name and option and name != option:
        raise Refusal(f"two names are given: {name} and --name {option}", Exit.USAGE)
    chosen = name or option
    if not chosen:
        raise Refusal(f"which {what}? give NAME or -n NAME (amlet {what} list shows them)", Exit.USAGE)
    return chosen


def one_file(given: list[str]) -> Path:
    """The file that was given with `-f`; of several, none is taken silently.

    Raises:
        Refusal: several are given.
    """
    if len(given) > 1:
        raise Refusal(f"one file is wanted, and {len(given)} are given: {', '.join(given)}", Exit.USAGE)
    return Path(given[0])
