"""`amlet emulator snapshot`, `restore`, `clock`, `scenario`: state, time and plans of a running emulator."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Annotated, Any

import typer

from amlet.cli import emulators
from amlet.cli.control import Control
from amlet.cli.exits import Exit, Refusal
from amlet.cli.output import table
from amlet.cli.verbs import Show, StateDir, say, verb

_SUFFIX = ".amlet.zip"


@verb
def snapshot(
    show: Show,
    name: Annotated[str | None, typer.Argument(metavar="NAME", help="Its name; lists all without one.")] = None,
    file: Annotated[Path | None, typer.Option("--file", metavar="FILE", help="Write a copy there.")] = None,
    state_dir: StateDir = None,
) -> None:
    """Save the state of a running emulator under a name. Keys and tokens are not in it."""
    control = _control(state_dir)
    if name is None:
        found = control.ask("GET", "snapshot")["value"]
        return show(found, people=lambda: table(found) or "there is no snapshot")
    saved = control.ask("POST", "snapshot", {"name": name})
    if file is not None:
        shutil.copyfile(_file_of(control, name), file)
    return show(saved, people=lambda: f"Saved as {name} ({saved['bytes']:,} bytes); amlet emulator restore {name}")


@verb
def restore(
    show: Show,
    name: Annotated[str, typer.Argument(metavar="NAME|FILE", help="Of a snapshot, or a file of one.")],
    state_dir: StateDir = None,
) -> None:
    """Load a saved state in the place of the present one.

    Running trials end first; jobs that were under way in the snapshot go on, and run their commands here: load only
    files that you trust.
    """
    control = _control(state_dir)
    file = Path(name)
    if file.suffix == ".zip" or {"/", "\\"} & set(name):
        name = _brought(control, file)
    restored = control.ask("POST", "restore", {"name": name})
    show(restored, people=lambda: f"Restored {name}")


@verb
def clock(
    show: Show,
    freeze: Annotated[bool, typer.Option("--freeze", help="Let time pass only when it is told to.")] = False,
    thaw: Annotated[bool, typer.Option("--thaw", help="Let time pass by itself, whenever somebody looks.")] = False,
    advance: Annotated[float | None, typer.Option("--advance", metavar="SECONDS", min=0, help="Move it on.")] = None,
    settle: Annotated[bool, typer.Option("--settle", help="Let time pass until nothing is left to happen.")] = False,
    state_dir: StateDir = None,
) -> None:
    """Show or move the time of an emulator. What moves is a virtual clock: amlet emulator start --clock virtual"""
    if freeze and thaw:
        raise Refusal("--freeze and --thaw exclude each other", Exit.USAGE)
    change: dict[str, Any] = {"settle": True} if settle else {}
    if freeze or thaw:
        change["frozen"] = freeze
    if advance is not None:
        change["advance"] = advance
    control = _control(state_dir)
    found = control.ask("POST", "clock", change) if change else control.ask("GET", "clock")
    state = " (frozen)" if found["frozen"] else ""
    show(found, people=lambda: f"{found['at']} {found['clock']}{state}; {found['passed']:g} s passed")


@verb
def scenario(
    show: Show,
    file: Annotated[Path | None, typer.Argument(metavar="[FILE]", help="Play this one from now on.")] = None,
    verify: Annotated[bool, typer.Option("--verify", help="Fail unless all that was planned came.")] = False,
    end: Annotated[bool, typer.Option("--end", help="Plan nothing any more.")] = False,
    state_dir: StateDir = None,
) -> None:
    """Play a scenario on a running emulator. Shows what of it came: trials and faults of requests."""
    if (file is not None) + verify + end > 1:
        raise Refusal("give one of FILE, --verify and --end", Exit.USAGE)
    body = None if file is None else _read(file)
    control = _control(state_dir)
    if end:
        control.ask("DELETE", "scenario")
        return say("Nothing is planned any more")
    if file is not None:
        found = control.ask("PUT", "scenario", body)
    elif verify:
        found = control.ask("POST", "scenario/verify")
    else:
        found = control.ask("GET", "scenario")
    return show(found, people=lambda: table(_accounts(found)) or "nothing is planned")


def _control(state_dir: Path | None) -> Control:
    return Control(emulators.find(state_dir))


def _file_of(control: Control, name: str) -> Path:
    """The file of a snapshot; the emulator runs on this machine."""
    return Path(control.record.state_dir) / "snapshots" / f"{name}{_SUFFIX}"


def _brought(control: Control, file: Path) -> str:
    """The name of a snapshot whose file was brought to the emulator."""
    if not file.is_file():
        raise Refusal(f"{file}: there is no such file", Exit.USAGE)
    name = re.sub(r"[^A-Za-z0-9._-]", "-", file.name.removesuffix(".zip").removesuffix(".amlet"))
    target = _file_of(control, name)
    if not (target.exists() and target.samefile(file)):
        target.parent.mkdir(mode=0o700, exist_ok=True)
        partial = target.with_name(f".partial-{target.name}")
        shutil.copyfile(file, partial)
        partial.chmod(0o600)
        partial.replace(target)
    return name


def _read(file: Path) -> dict[str, Any]:
    from emulator.simulation.scenario_file import ScenarioError, read

    try:
        return read(file).model_dump(mode="json", exclude_unset=True)
    except ScenarioError as error:
        raise Refusal(str(error)) from None


def _accounts(found: dict[str, Any]) -> list[dict[str, Any]]:
    trials = [{"id": one["id"], "came": len(one["trials"]), "missing": one["missing"]} for one in found["trials"]]
    return trials + [{"id": one["id"], "came": one["fired"], "missing": one["missing"]} for one in found["requests"]]
