"""`amlet emulator start`."""

from __future__ import annotations

import os
from enum import StrEnum
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gateway.cli import emulators
from gateway.cli.exits import Exit, Refusal
from gateway.cli.local_options import WorldOption, find_world
from gateway.cli.verbs import StateDir, say

if TYPE_CHECKING:
    from emulator.assembly import Course
    from emulator.world.world import World


class Auth(StrEnum):
    """Which bearer tokens are accepted."""

    STRICT = "strict"
    ANY = "any"


class Clock(StrEnum):
    """Whose time it is."""

    REAL = "real"
    VIRTUAL = "virtual"


def start(
    port: Annotated[int | None, typer.Option("--port", min=0, help="HTTPS port, 8443 by default; 0: any.")] = None,
    http_port: Annotated[int | None, typer.Option("--http-port", min=0, help="Plain port, 8480; 0: any.")] = None,
    state_dir: StateDir = None,
    detach: Annotated[bool, typer.Option("--detach", help="Start it in the background; return when ready.")] = False,
    auth: Annotated[Auth, typer.Option("--auth", help="Tokens accepted: its own, or any.")] = Auth.STRICT,
    azure_like: Annotated[bool, typer.Option("--azure-like", help="Like the service also where inconvenient.")] = False,
    settings: Annotated[
        list[str] | None, typer.Option("--setting", metavar="NAME=VALUE", help="A setting; may be repeated.")
    ] = None,
    world: WorldOption = None,
    clock: Annotated[
        Clock | None, typer.Option("--clock", help="Virtual: trials are simulated, and hours pass at once.")
    ] = None,
    scenario: Annotated[
        Path | None, typer.Option("--scenario", metavar="FILE", help="What trials do and which requests fail.")
    ] = None,
    seed: Annotated[
        int | None, typer.Option("--seed", min=0, help="Deterministic: the same ids and trials from run to run.")
    ] = None,
) -> None:
    """Start an emulator; in the foreground until Ctrl-C, unless --detach."""
    emulators.require_extra()
    from emulator.home import default_state_dir, home

    folder = home(os.environ)
    place = (state_dir or default_state_dir(folder)).absolute()
    values = {"auth": auth.value, **_values(settings or [])}
    course = _course(scenario, clock, seed)
    if not detach:
        ports = 8443 if port is None else port, 8480 if http_port is None else http_port
        return _serve(folder, place, ports, values, azure_like, find_world(world, Path.cwd()), course)
    given = [("--setting", text) for text in settings or []]
    once: dict[str, Any] = {"--port": port, "--http-port": http_port, "--clock": clock, "--seed": seed}
    once["--scenario"] = scenario.absolute() if scenario else None
    given += [(flag, str(value)) for flag, value in once.items() if value is not None]
    like = ["--azure-like"] if azure_like else []
    record = emulators.start_detached(folder, place, [*chain.from_iterable(given), "--auth", auth.value, *like], world)
    return say(started_line(record))


def _serve(
    folder: Path,
    place: Path,
    ports: tuple[int, int],
    values: dict[str, Any],
    azure_like: bool,
    world: World | None,
    course: Course,
) -> None:
    from emulator.server import Options, PortInUse, log_to_stderr, serve
    from emulator.settings import Settings
    from emulator.state_lock import StateDirInUse
    from emulator.store.database import UnfitSchema

    try:
        declared = world.content.settings if world else {}
        settings = (Settings.azure_like() if azure_like else Settings()).with_values({**declared, **values})
    except ValueError as error:
        raise Refusal(f"--setting: {error}", Exit.USAGE) from None
    log_to_stderr()
    try:
        options = Options(folder, place, *ports, settings, world.file if world else None, course)
        serve(options, lambda record: say(started_line(record)))
    except (PortInUse, StateDirInUse, UnfitSchema) as error:
        raise Refusal(str(error)) from None


def _course(file: Path | None, clock: Clock | None, seed: int | None) -> Course:
    """What the options say of time, chance and the scenario.

    Raises:
        Refusal: the scenario cannot be used, or not with them.
    """
    from emulator.assembly import Course

    virtual = None if clock is None else clock is Clock.VIRTUAL
    try:
        scenario = None
        if file is not None:
            from emulator.scenario.reading import read

            scenario = read(file)
        return Course.of(scenario, virtual=virtual, seed=seed)
    except ValueError as error:
        raise Refusal(str(error)) from None


def _values(texts: list[str]) -> dict[str, Any]:
    """`name=value` pairs; the values are YAML."""
    import yaml

    values = {}
    for text in texts:
        name, sign, value = text.partition("=")
        if not sign:
            raise Refusal(f"--setting {text!r}: expected NAME=VALUE", Exit.USAGE)
        values[name] = yaml.safe_load(value)
    return values


def started_line(record: Any) -> str:
    """What is said of an emulator that has started."""
    return f"Emulator: {record.origin} (plain {record.http_origin}), state in {record.state_dir}, process {record.pid}"
