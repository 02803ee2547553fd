"""An emulator that runs in this process."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from amlet.cli.emulator_extra import require_extra
from amlet.cli.exits import Exit, Refusal
from amlet.cli.output import say
from amlet.cli.project_file import find_project

if TYPE_CHECKING:
    from amlet.cli.start_options import StartOptions
    from emulator.config import EmulatorConfig
    from emulator.server.listen import Listen


def serve_here(options: StartOptions) -> None:
    """Run an emulator until Ctrl-C or SIGTERM.

    Raises:
        Refusal: it cannot run so.
    """
    require_extra()
    from emulator.server.home import default_state_dir, home
    from emulator.server.process import Options, PortInUse, log_to_stderr, serve
    from emulator.server.state_dir import UnusableStateDir
    from emulator.server.state_lock import StateDirInUse
    from emulator.settings import Settings
    from emulator.storage import UnusableSchema

    values = {"auth": options.auth, **values_of(executor_settings(options))}
    config = config_of(options.scenario, options.clock, options.seed)
    listen = listen_of(options.listen, options.listen_name)
    project = find_project(options.project, Path.cwd())
    try:
        declared = project.content.settings if project else {}
        settings = (Settings.azure_like() if options.azure_like else Settings()).with_values({**declared, **values})
    except ValueError as error:
        raise Refusal(f"--setting: {error}", Exit.USAGE) from None
    log_to_stderr()
    folder = home(os.environ)
    place = (options.state_dir or default_state_dir(folder)).absolute()
    file = project.file if project else None
    try:
        serve(
            Options(
                folder, place, options.port, options.http_port, replace(config, settings=settings, project=file), listen
            ),
            lambda record: say(started_line(record)),
        )
    except (PortInUse, StateDirInUse, UnusableSchema, UnusableStateDir) as error:
        raise Refusal(str(error)) from None


def executor_settings(options: StartOptions) -> list[str]:
    """The settings that the options are short for.

    Raises:
        Refusal: they contradict each other, or what they need is not installed.
    """
    texts = options.all_settings
    if "executor=dask" not in texts:
        return texts
    if options.executor == "process":
        raise Refusal("--dask-address is for the executor dask: leave --executor out", Exit.USAGE)
    if not any(text.startswith("dask_address=") for text in texts):
        raise Refusal("--executor dask needs the address of a scheduler: --dask-address tcp://HOST:8786", Exit.USAGE)
    if not find_spec("distributed"):
        raise Refusal("Dask is not installed: pip install 'amlet[dask]'")
    return texts


def started_line(record: Any) -> str:
    """What is said of an emulator that has started."""
    said = f"Emulator: {record.origin} (plain {record.http_origin}), state in {record.state_dir}, process {record.pid}"
    if record.workers:
        said += f"; workers on other hosts: {record.workers}"
    return said + (" - SIMULATED: virtual time, invented metrics, no command runs" if record.simulated else "")


def listen_of(text: str | None, name: str | None) -> Listen | None:
    """Where to listen for workers on other hosts; None for nowhere.

    Raises:
        Refusal: the options say nothing that can be listened on.
    """
    if text is None:
        if name is not None:
            raise Refusal("--listen-name: there is no --listen", Exit.USAGE)
        return None
    from emulator.server.listen import Listen

    try:
        return Listen.read(text, name)
    except ValueError as error:
        raise Refusal(f"--listen: {error}", Exit.USAGE) from None


def config_of(file: Path | None, clock: str | None, seed: int | None) -> EmulatorConfig:
    """What the options say of time, chance and the scenario.

    Raises:
        Refusal: the scenario cannot be used, or not with them.
    """
    from amlet import TRACKING_FILE
    from emulator.config import EmulatorConfig

    virtual = None if clock is None else clock == "virtual"
    try:
        scenario = None
        if file is not None:
            from emulator.simulation.scenario import read

            scenario = read(file)
        return EmulatorConfig(tracking=TRACKING_FILE).with_scenario(scenario, virtual=virtual, seed=seed)
    except ValueError as error:
        raise Refusal(str(error)) from None


def values_of(texts: Sequence[str]) -> dict[str, Any]:
    """`name=value` pairs; the values are YAML.

    Raises:
        Refusal: a text is not such a pair.
    """
    if not texts:
        return {}
    import yaml

    values = {}
    for text in texts:
        name, sign, value = text.partition("=")
        if not sign:
            raise Refusal(f"--setting {text!r}: expected NAME=VALUE", Exit.USAGE)
        values[name] = yaml.safe_load(value)
    return values
