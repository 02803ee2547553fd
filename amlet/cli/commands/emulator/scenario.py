"""`amlet emulator scenario`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from amlet.cli.command import Show, StateDir, command
from amlet.cli.control import running_emulator
from amlet.cli.exits import Exit, Refusal
from amlet.cli.output import say, table


@command()
def scenario(
    show: Show,
    file: Annotated[Path | None, typer.Argument(metavar="[FILE]", help="Use this scenario from now on.")] = None,
    verify: Annotated[
        bool, typer.Option("--verify", help="Fail unless every planned fault and trial occurred.")
    ] = False,
    end: Annotated[bool, typer.Option("--end", help="Remove the scenario.")] = False,
    state_dir: StateDir = None,
) -> None:
    """Use a scenario on a running emulator. Shows which of its trials and faults occurred."""
    if (file is not None) + verify + end > 1:
        raise Refusal("give one of FILE, --verify and --end", Exit.USAGE)
    body = None if file is None else _read(file)
    control = running_emulator(state_dir)
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


def _read(file: Path) -> dict[str, Any]:
    from emulator.simulation.scenario import ScenarioError, read

    try:
        return read(file).model_dump(mode="json", exclude_unset=True)
    except ScenarioError as error:
        raise Refusal(str(error)) from None


def _accounts(found: dict[str, Any]) -> list[dict[str, Any]]:
    trials = [{"id": one["id"], "came": len(one["trials"]), "missing": one["missing"]} for one in found["trials"]]
    return trials + [{"id": one["id"], "came": one["fired"], "missing": one["missing"]} for one in found["requests"]]
