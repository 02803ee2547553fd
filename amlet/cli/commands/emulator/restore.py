"""`amlet emulator restore`."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Annotated

import typer

from amlet.cli.command import Show, StateDir, command
from amlet.cli.control import Control, running_emulator, snapshot_file
from amlet.cli.exits import Exit, Refusal
from emulator.files import partial_file


@command()
def restore(
    show: Show,
    name: Annotated[str, typer.Argument(metavar="NAME|FILE", help="Of a snapshot, or a file of one.")],
    state_dir: StateDir = None,
) -> None:
    """Replace the state of an emulator by a saved one.

    Running trials end first; unfinished jobs of the snapshot continue, and run their commands here: load only
    files that you trust.
    """
    control = running_emulator(state_dir)
    file = Path(name)
    if file.suffix == ".zip" or {"/", "\\"} & set(name):
        name = _brought(control, file)
    restored = control.ask("POST", "restore", {"name": name})
    show(restored, people=lambda: f"Restored {name}")


def _brought(control: Control, file: Path) -> str:
    """The name of a snapshot whose file was copied to the emulator."""
    if not file.is_file():
        raise Refusal(f"{file}: there is no such file", Exit.USAGE)
    name = re.sub(r"[^A-Za-z0-9._-]", "-", file.name.removesuffix(".zip").removesuffix(".amlet"))
    target = snapshot_file(control, name)
    if not (target.exists() and target.samefile(file)):
        target.parent.mkdir(mode=0o700, exist_ok=True)
        with file.open("rb") as source, partial_file(target.parent, mode=0o600) as (partial, copy):
            shutil.copyfileobj(source, copy)
            copy.close()
            partial.replace(target)
    return name
