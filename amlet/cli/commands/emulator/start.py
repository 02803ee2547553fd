"""`amlet emulator start`."""

from __future__ import annotations

import os
from collections.abc import Sequence
from enum import StrEnum
from importlib.util import find_spec
from itertools import chain
from pathlib import Path
from typing import Annotated, Any

import typer

from amlet.cli import emulators
from amlet.cli.command import StateDir, command
from amlet.cli.emulator_extra import require_extra
from amlet.cli.exits import Exit, Refusal
from amlet.cli.local_options import ProjectOption
from amlet.cli.output import say
from amlet.cli.serving import config_of, listen_of, serve_here, started_line, values_of
from amlet.cli.start_options import Auth, Clock, StartOptions, typer_arguments


def _option(name: str) -> Any:
    """An option as `StartOptions` has it."""
    flag, shown = typer_arguments(name)
    return typer.Option(flag, **shown)


class Executor(StrEnum):
    """Where trials run."""

    PROCESS = "process"
    DASK = "dask"


@command()
def start(
    port: Annotated[int | None, _option("port")] = None,
    http_port: Annotated[int | None, _option("http_port")] = None,
    state_dir: StateDir = None,
    detach: Annotated[bool, typer.Option("--detach", help="Start it in the background; return when ready.")] = False,
    auth: Annotated[Auth, _option("auth")] = Auth.STRICT,
    azure_like: Annotated[bool, _option("azure_like")] = False,
    settings: Annotated[list[str] | None, _option("settings")] = None,
    project: ProjectOption = None,
    clock: Annotated[Clock | None, _option("clock")] = None,
    scenario: Annotated[Path | None, _option("scenario")] = None,
    seed: Annotated[int | None, _option("seed")] = None,
    executor: Annotated[
        Executor | None, typer.Option("--executor", help="Where trials run: here, or on a Dask cluster.")
    ] = None,
    dask_address: Annotated[
        str | None, typer.Option("--dask-address", metavar="URL", help="Scheduler of the cluster: tcp://HOST:8786.")
    ] = None,
    listen: Annotated[str | None, _option("listen")] = None,
    listen_name: Annotated[str | None, _option("listen_name")] = None,
) -> None:
    """Start an emulator. It stays in the foreground until Ctrl-C, unless --detach."""
    settings = _executor_settings(executor, dask_address, settings or ())
    if not detach:
        ports = 8443 if port is None else port, 8480 if http_port is None else http_port
        when = clock.value if clock else None
        serve_here(
            StartOptions(
                *ports,
                state_dir,
                auth.value,
                azure_like,
                settings,
                project,
                when,
                scenario,
                seed,
                listen,
                listen_name,
            )
        )
        return
    require_extra()
    from emulator.server.home import default_state_dir, home

    values_of(settings)  # what cannot be read is refused here, not in the log of a process
    config_of(scenario, clock.value if clock else None, seed)
    listen_of(listen, listen_name)
    folder = home(os.environ)
    place = (state_dir or default_state_dir(folder)).absolute()
    given = [("--setting", text) for text in settings]
    once: dict[str, Any] = {"--port": port, "--http-port": http_port, "--clock": clock, "--seed": seed}
    once |= {"--listen": listen, "--listen-name": listen_name}
    once["--scenario"] = scenario.absolute() if scenario else None
    given += [(flag, str(value)) for flag, value in once.items() if value is not None]
    like = ["--azure-like"] if azure_like else []
    record = emulators.start_detached(
        folder, place, [*chain.from_iterable(given), "--auth", auth.value, *like], project
    )
    say(started_line(record))


def _executor_settings(executor: Executor | None, dask_address: str | None, settings: Sequence[str]) -> list[str]:
    """The options as settings, after the others; an address asks for its executor, and the executor for an address.

    Raises:
        Refusal: they contradict each other, or Dask is not installed.
    """
    if dask_address is None and executor is not Executor.DASK:
        return [*settings, *([f"executor={executor.value}"] if executor else [])]
    if executor is Executor.PROCESS:
        raise Refusal("--dask-address is for the executor dask: leave --executor out", Exit.USAGE)
    if dask_address is None and not any(text.startswith("dask_address=") for text in settings):
        raise Refusal("--executor dask needs the address of a scheduler: --dask-address tcp://HOST:8786", Exit.USAGE)
    if not find_spec("distributed"):
        raise Refusal("Dask is not installed: pip install 'amlet[dask]'")
    return [*settings, "executor=dask", *([f"dask_address={dask_address}"] if dask_address else [])]
