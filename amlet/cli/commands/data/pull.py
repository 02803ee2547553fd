"""`amlet data`: the inputs of jobs, on this machine."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from amlet.cli.command import File, Show, command
from amlet.cli.exits import Exit, Refusal
from amlet.cli.jobs.files import load
from amlet.cli.local_options import ProjectOption
from amlet.cli.output import say, say_over
from amlet.cli.project_file import find_project
from contracts.diagnostics.shortening import counted

if TYPE_CHECKING:
    from amlet.cli.data_pull import WantedInput
    from emulator.project.project_file import ProjectFile


_UNITS = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40}


@command()
def pull(
    show: Show,
    file: File,
    project: ProjectOption = None,
    max_size: Annotated[str, typer.Option("--max-size", help="How much to fetch at most: 500MB, 2GB.")] = "1GB",
    signed_in: Annotated[
        bool,
        typer.Option(
            "--signed-in", help="Ask storage accounts with your own credential; without it requests are anonymous."
        ),
    ] = False,
    again: Annotated[bool, typer.Option("--again", help="Fetch again what is here already.")] = False,
    update: Annotated[bool, typer.Option("--update", help="Accept data that changed since amlet.lock.")] = False,
) -> None:
    """Fetch the inputs of a job file to this machine. amlet.lock notes what they are; mapped ones are left out."""
    from amlet.cli.data_pull import LockFile, Pull
    from emulator.server.home import home
    from emulator.trials.inputs.pulled import PulledData
    from gateway.transport.network import NetworkTransport
    from gateway.transport.session import Session

    limit = size_in_bytes(max_size)
    found = find_project(project, file.parent, Path.cwd())
    say("Target: none, inputs are fetched to this machine")
    cache = PulledData(home(os.environ) / "pulled")
    lock = LockFile((found.folder if found else file.parent.absolute()) / "amlet.lock")
    session = Session(NetworkTransport(), _credential() if signed_in else None)
    fetch, rows, troubles = Pull(session, cache, limit, signed_in=signed_in), [], []
    for wanted in _wanted(file, found):
        try:
            kept = None if again else cache.files(wanted.reference, wanted.collection)
            files = kept or fetch(wanted, _progress(wanted))
        except Exception as error:  # noqa: BLE001 - the others are fetched all the same
            troubles.append(_explained(wanted, error))
            continue
        changed = lock.changed(wanted.shown, files)
        if changed and not update:
            troubles.append(
                f"inputs.{wanted.name}: {', '.join(changed)} changed since {lock.path}; accept with --update"
            )
            continue
        lock.note(wanted.shown, files)
        size = sum(one.size for one in files)
        amount = f"{counted(len(files), 'file')}, {counted(size, 'byte')}"
        say(f"inputs.{wanted.name}: {amount}{', here already' if kept else ''}")
        rows.append({"input": wanted.name, "reference": wanted.shown, "files": len(files), "bytes": size})
    session.close()
    show(rows, people=lambda: "" if rows else "no input has to be fetched")
    if troubles:
        raise Refusal("\n".join(troubles))


def size_in_bytes(text: str) -> int:
    """A size such as 500MB as a number.

    Raises:
        Refusal: it is not a size.
    """
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([KMGT]?)I?B?", text.strip().upper())
    if not found:
        raise Refusal(f"--max-size {text!r} is not a size; say 500MB or 2GB", Exit.USAGE)
    return int(float(found[1]) * _UNITS[found[2]])


def _wanted(file: Path, project: ProjectFile | None) -> list[WantedInput]:
    """The inputs of a job file that have to come from elsewhere, but for those that the project file maps."""
    from amlet.cli.data_pull import WantedInput
    from amlet.cli.jobs.inputs import inputs_from_elsewhere
    from contracts.resource_id import LOCAL_WORKSPACE

    inputs = inputs_from_elsewhere(load(file, []))
    every = [WantedInput(name, entry.uri, entry.job_input_type) for name, entry in inputs.items()]
    return [one for one in every if not (project and project.map.find(one.reference, one.collection, LOCAL_WORKSPACE))]


def _progress(wanted: WantedInput) -> Any:
    """Tells how far a fetch is, on a terminal."""

    def report(done: int, size: int | None) -> None:
        if sys.stderr.isatty():
            say_over(f"inputs.{wanted.name}: {done:,} of {size or '?':,} bytes ")

    return report


def _credential() -> Any:
    from azure.identity import DefaultAzureCredential

    return DefaultAzureCredential()


def _explained(wanted: WantedInput, error: Exception) -> str:
    from amlet.cli.exits import explain

    explained = explain(error)
    if explained is None:
        raise error
    text = explained[0]
    return text if text.startswith(f"inputs.{wanted.name}:") else f"inputs.{wanted.name}: {text}"
