"""`amlet quickstart`: a small job to begin with."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from amlet.cli.command import command
from amlet.cli.exits import Exit, Refusal
from amlet.cli.output import put

_TEMPLATES = Path(__file__).parents[1] / "templates"


@command()
def quickstart(
    folder: Annotated[
        Path, typer.Argument(metavar="[DIR]", show_default=False, help="The folder to write; by default ./quickstart.")
    ] = Path("quickstart"),
    pipeline: Annotated[bool, typer.Option("--pipeline", help="A pipeline with a sweep in it.")] = False,
) -> None:
    """Write a small sweep that runs anywhere: sweep.yml and src/train.py. Prints the next commands."""
    kind = "pipeline" if pipeline else "sweep"
    written = _copy(_TEMPLATES / kind, folder)
    file = folder / f"{kind}.yml"
    put(
        f"Wrote {', '.join(map(str, written))}\n"
        "Next:\n"
        f"  amlet job validate -f {file}\n"
        f"  amlet job create -f {file} --emulator --stream\n"
        "  amlet studio --emulator\n"
    )


def _copy(template: Path, folder: Path) -> list[Path]:
    """Copy the files of a template; their places, in order.

    Raises:
        Refusal: one of them is there already, with other content; nothing is written then.
    """
    sources = [source for source in sorted(template.rglob("*")) if source.suffix in (".yml", ".py")]
    places = {folder / source.relative_to(template): source.read_bytes() for source in sources}
    taken = [str(place) for place, content in places.items() if place.exists() and place.read_bytes() != content]
    if taken:
        raise Refusal(f"{', '.join(taken)} exists already; give another folder: amlet quickstart DIR", Exit.USAGE)
    for place, content in places.items():
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
    return list(places)
