"""`amlet journal`: what an emulator was asked, what it answered, and why it refused."""

from __future__ import annotations

import json
import sys
import time
from typing import Annotated, Any

import typer

from amlet.cli import emulators
from amlet.cli.command import Show, StateDir, command
from amlet.cli.control import Control
from amlet.cli.exits import Exit, stop
from amlet.cli.output import Format, put

_LOOK = 0.3  # seconds between two looks
_PART = "500"  # exchanges of one look


@command()
def journal(
    show: Show,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on as requests come in, until Ctrl-C.")] = False,
    number: Annotated[int, typer.Option("--tail", "-n", min=0, help="How many of the last requests.")] = 20,
    method: Annotated[str | None, typer.Option("--method", help="Only requests of this method: PUT.")] = None,
    path: Annotated[str | None, typer.Option("--path", help="A part of the path, or all of it with * in it.")] = None,
    status: Annotated[str | None, typer.Option("--status", help="Only answers with this status: 404, or 4xx.")] = None,
    refused: Annotated[bool, typer.Option("--refused", help="Only what was refused, or never answered.")] = False,
    bodies: Annotated[bool, typer.Option("--bodies", help="Show the beginnings of bodies too.")] = False,
    state_dir: StateDir = None,
) -> None:
    """Show the last requests to a running emulator.

    It shows the request, the answer, and why it was refused.

    For a request that nothing serves, the nearest operations are named. Secrets are not shown.
    """
    wanted = {"method": method, "path": path, "status": status, "refused": "true" if refused else None}
    query = {name: value for name, value in wanted.items() if value is not None}
    control = Control(emulators.find(state_dir))
    found = control.ask("GET", "journal", query={**query, "top": str(number)})
    if not follow:
        return show(found["value"], people=lambda: "\n".join(line(one, bodies) for one in found["value"]))
    as_json = show.format is Format.JSON or (show.format is None and not sys.stdout.isatty())
    try:
        _follow(control, found, query, as_json=as_json, bodies=bodies)
    except KeyboardInterrupt:
        raise stop(Exit.OK) from None


def _follow(control: Control, found: Any, query: dict[str, str], *, as_json: bool, bodies: bool) -> None:
    """Write what is there and what comes: JSON lines for programs, text for people."""
    while True:
        for one in found["value"]:
            text = json.dumps(one) if as_json else line(one, bodies)
            put(text + "\n")
        shown = found["value"]
        last = shown[-1]["number"] if len(shown) >= int(_PART) else found["last"]
        time.sleep(_LOOK)
        if last > control.ask("GET", "journal", query={"top": "0"})["last"]:
            last = 0  # it was emptied, and numbers anew
        found = control.ask("GET", "journal", query={**query, "after": str(last), "top": _PART})


def line(one: dict[str, Any], bodies: bool = False) -> str:
    """One exchange for people; more lines for near misses, and for bodies where they are wanted."""
    address = f"{one['path']}?{one['query']}" if one["query"] else one["path"]
    text = f"{one['at'][11:23]} {one['status'] or '---'} {one['method']:6} {address}  {1000 * one['seconds']:.1f} ms"
    if one["refusal"]:
        text += f"\n    {': '.join(filter(None, (one['refusal']['code'], one['refusal']['message'])))}"
    if one["fault"]:
        text += f"\n    a planned fault: {one['fault']}"
    text += "".join(f"\n    nearest: {operation}" for operation in one["near"])
    shown = [("request", ">"), ("answer", "<")] if bodies else []
    text += "".join(f"\n    {mark} {one[side]['body']}" for side, mark in shown if one[side]["body"])
    return text
