"""`amlet emulator clock`."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from amlet.cli.command import Show, StateDir, command
from amlet.cli.control import running_emulator
from amlet.cli.exits import Exit, Refusal


@command()
def clock(
    show: Show,
    freeze: Annotated[bool, typer.Option("--freeze", help="Let time pass only when it is told to.")] = False,
    thaw: Annotated[bool, typer.Option("--thaw", help="Let time pass by itself again.")] = False,
    advance: Annotated[float | None, typer.Option("--advance", metavar="SECONDS", min=0, help="Advance it.")] = None,
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
    control = running_emulator(state_dir)
    found = control.ask("POST", "clock", change) if change else control.ask("GET", "clock")
    state = " (frozen)" if found["frozen"] else ""
    show(found, people=lambda: f"{found['at']} {found['clock']}{state}; {found['passed']:g} s passed")
