"""`amlet trial run`: one trial in the foreground, with the environment, inputs and folder it has in its sweep."""

from __future__ import annotations

import json
import re
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from amlet.cli.command import NameOption, command, said_target
from amlet.cli.exits import EPILOG, Exit, Refusal, of_status
from amlet.cli.jobs.files import load
from amlet.cli.jobs.submitted import recorded_job
from amlet.cli.local_options import LocalOptions
from amlet.cli.output import say
from amlet.cli.target import Target, TargetOptions
from contracts.lifecycle import ENDED

if TYPE_CHECKING:
    from amlet.cli.terminal import Terminal
    from contracts.local_choices import LocalChoices
    from gateway.builders.command import Command
    from gateway.client.connection import Connection
    from gateway.entities.sweep_job import SweepJob


#: A Python at the beginning of a command, with its own flags, and what comes before and after.
_PYTHON = re.compile(r"(^|[;&|(]\s*|\bexec\s+)(python[\d.]*)((?:\s+-[bBdEiIOqsSuvx]+)*)(?=\s)")

#: Seconds between two looks at a job that has not begun.
_PAUSE = 0.3


@command(epilog=EPILOG)
def run(
    wanted: TargetOptions,
    local: LocalOptions,
    file: Annotated[Path | None, typer.Option("--file", "-f", metavar="FILE", help="The job's YAML file.")] = None,
    name: NameOption = None,
    changes: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="NAME=VALUE", help="A hyperparameter, or a field of the file; may be repeated."),
    ] = None,
    debug: Annotated[
        int | None, typer.Option("--debug", metavar="PORT", help="Wait for a debugger on this port.")
    ] = None,
) -> None:
    """Run one trial in this terminal, where breakpoints work. The first of a sweep's file, or a recorded one."""
    from amlet.cli.jobs.submission import local_choices, submit
    from amlet.cli.terminal import Terminal

    target = _emulator(wanted)
    if (file is None) == (name is None):
        raise Refusal("which trial? give -f FILE, or -n NAME_3 of a recorded one", Exit.USAGE)
    job = _of_file(file, changes or []) if file else _recorded(target, name or "", changes or [])
    chosen = local_choices(target, job, local, file.parent if file else Path.cwd())
    if debug is not None:
        _attach(job, chosen, debug)
    with Terminal() as terminal, _first_interrupt_to(terminal):
        sent = replace(chosen, terminal=str(terminal.path))
        connection, document = submit(target, job, sent)
        status = _wait(connection, document["name"], terminal)
    say(f"Status: {status}")
    raise typer.Exit(int(of_status(status)))


def _emulator(wanted: TargetOptions) -> Target:
    """The emulator, which need not be asked for: a trial in the foreground runs nowhere else."""
    if wanted.emulator or wanted.state_dir:
        return said_target(wanted)
    if any(wanted.explicit.values()):
        raise Refusal("a trial can be run in the foreground on an emulator only; add --emulator", Exit.USAGE)
    return said_target(replace(wanted, emulator=True))


def _of_file(file: Path, changes: Sequence[str]) -> SweepJob | Command:
    """The job of a file, cut down to one trial; changes that name hyperparameters become their values."""
    spaces = getattr(load(file, []), "search_space", None) or {}
    values = [text for text in changes if text.partition("=")[0] in spaces]
    job = load(file, [text for text in changes if text not in values])
    return _only(job, _values(values))


def _recorded(target: Target, name: str, changes: Sequence[str]) -> SweepJob | Command:
    """The sweep of a recorded trial, cut down to that trial."""
    from gateway.operations.trials import sweep_results

    sweep, _, number = name.rpartition("_")
    if not sweep or not number.isdigit():
        raise Refusal(f"{name} is not a trial; trials are called NAME_0, NAME_1, ...", Exit.USAGE)
    connection = target.connect()
    state = connection.run(sweep_results(connection.workspace, sweep))
    trial = next((one for one in state.trials if one.name == name), None)
    if trial is None:
        raise Refusal(f"sweep {sweep} has no trial {name}; it has {len(state.trials)}")
    job = recorded_job(connection, sweep)
    job.display_name = f"{name} again"
    return _only(job, {**trial.parameters, **_values(changes)})


def _values(changes: Sequence[str]) -> dict[str, Any]:
    """The hyperparameters that `NAME=VALUE` texts give, numbers as numbers."""
    return {name: _value(value) for name, _, value in (text.partition("=") for text in changes)}


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _only(job: SweepJob | Command, values: Mapping[str, Any]) -> SweepJob | Command:
    """A sweep of one trial, in which these hyperparameters have these values; a command job is one already."""
    from gateway.entities.job_settings import SweepJobLimits
    from gateway.entities.search_space import Choice
    from gateway.entities.sweep_job import SweepJob

    if isinstance(job, SweepJob):
        space = job.search_space or {}
        job.search_space = space | {name: Choice([values[name]]) for name in space if name in values}
        job.limits = SweepJobLimits(max_total_trials=1, max_concurrent_trials=1)
        # A policy compares trials, and there is one.
        job.early_termination = None
    return job


def _attach(job: SweepJob | Command, chosen: LocalChoices, port: int) -> None:
    """Let the command's Python wait for a debugger.

    Raises:
        Refusal: debugpy is not installed in the trial's Python, or the command starts none.
    """
    python = chosen.python
    if python and subprocess.run([python, "-c", "import debugpy"], capture_output=True, check=False).returncode:
        raise Refusal(f"--debug needs debugpy in the trial's Python: {python} -m pip install debugpy")
    component: Any = getattr(job, "trial", None) or job
    command = component.command
    attached = _PYTHON.sub(rf"\1\2\3 -m debugpy --listen 127.0.0.1:{port} --wait-for-client", command, count=1)
    if attached == command:
        raise Refusal(f"--debug: the command {command!r} starts no Python by name; call debugpy.listen in the script")
    component.command = attached
    say(f"The trial waits for a debugger at 127.0.0.1:{port}")


@contextmanager
def _first_interrupt_to(terminal: Terminal) -> Iterator[None]:
    """Pass the first Ctrl-C on to the trial; the second one, or one before there is a trial, interrupts this command.

    A handler and not an `except`: the trial may run, and be interrupted, before its submission has been answered.
    """
    passed = False

    def heard(*_: object) -> None:
        nonlocal passed
        if passed or not terminal.interrupt():
            raise KeyboardInterrupt
        passed = True

    before = signal.signal(signal.SIGINT, heard)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _wait(connection: Connection, name: str, terminal: Terminal) -> str:
    """Wait for the end of the trial, and cancel it at a Ctrl-C that is not passed on to it; the status of its job."""
    from gateway.client.job_operations import JobOperations
    from gateway.operations import jobs

    while True:
        try:
            terminal.ended.wait(_PAUSE)
            properties = connection.run(jobs.get(connection.workspace, name))["properties"]
            if properties["status"] in ENDED:
                return str(properties["status"])
        except KeyboardInterrupt:
            say("Canceling")
            JobOperations(connection).begin_cancel(name)
