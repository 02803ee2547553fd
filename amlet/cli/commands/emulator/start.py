"""`amlet emulator start`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Any

import typer

from amlet.cli import emulators
from amlet.cli.command import StateDir, command
from amlet.cli.emulator_extra import require_extra
from amlet.cli.local_options import ProjectOption
from amlet.cli.output import say
from amlet.cli.serving import config_of, executor_settings, listen_of, serve_here, started_line, values_of
from amlet.cli.start_options import Auth, Clock, Executor, StartOptions, arguments_of, typer_arguments


def _option(name: str) -> Any:
    """An option as `StartOptions` has it."""
    flag, shown = typer_arguments(name)
    return typer.Option(flag, **shown)


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
    executor: Annotated[Executor | None, _option("executor")] = None,
    dask_address: Annotated[str | None, _option("dask_address")] = None,
    listen: Annotated[str | None, _option("listen")] = None,
    listen_name: Annotated[str | None, _option("listen_name")] = None,
) -> None:
    """Start an emulator. It stays in the foreground until Ctrl-C, unless --detach."""
    given: dict[str, Any] = {
        "port": port,
        "http_port": http_port,
        "state_dir": state_dir,
        "auth": auth.value,
        "azure_like": azure_like,
        "settings": tuple(settings or ()),
        "project": project,
        "clock": clock.value if clock else None,
        "scenario": scenario,
        "seed": seed,
        "executor": executor.value if executor else None,
        "dask_address": dask_address,
        "listen": listen,
        "listen_name": listen_name,
    }
    options = StartOptions(**{name: value for name, value in given.items() if value is not None})
    if not detach:
        serve_here(options)
        return
    require_extra()
    from emulator.server.home import default_state_dir, home

    values_of(executor_settings(options))  # what cannot be read is refused here, not in the log of a process
    config_of(scenario, options.clock, seed)
    listen_of(listen, listen_name)
    folder = home(os.environ)
    place = (state_dir or default_state_dir(folder)).absolute()
    # The state directory and the project are told by who starts it.
    told = given | {"state_dir": None, "project": None, "scenario": scenario.absolute() if scenario else None}
    record = emulators.start_detached(folder, place, arguments_of(told), project)
    say(started_line(record))
