"""`amlet init`: the project file of a project, from its job files."""

from __future__ import annotations

import os
from glob import glob
from pathlib import Path
from typing import Annotated

import typer

from amlet.cli.command import command
from amlet.cli.exits import Exit, Refusal
from amlet.cli.output import say


@command()
def init(
    patterns: Annotated[
        list[str], typer.Option("--file", "-f", metavar="PATTERN", help="Job files, such as 'jobs/**/*.yml'.")
    ],
    project: Annotated[
        Path, typer.Option("--project", metavar="FILE", help="The project file to write, or to add to.")
    ] = Path("amlet.yml"),
) -> None:
    """Write a project file, amlet.yml, that declares what job files name. A second run adds lines and changes none."""
    from amlet.cli.jobs.references import JobReferences
    from amlet.cli.project_proposals import HEADER, merged, proposals
    from emulator.project.reading import ProjectFileError, of_text
    from gateway.client import workspace_settings

    named = JobReferences()
    for file in _files(patterns):
        named.add(file)
    for file, reason in named.skipped.items():
        say(f"skipped {file}: {reason}")
    if len(named.skipped) == len(_files(patterns)):
        raise Refusal("none of these is a job file that can be read; nothing was written")
    path = project.absolute()
    before = path.read_text(encoding="utf-8") if path.exists() else ""
    settings = workspace_settings.find({}, os.environ, Path.cwd())
    try:
        known = of_text(before, path)
        wanted = list(proposals(named, known, None if settings.missing else settings.workspace()))
        text, added = merged(before or HEADER, wanted)
        of_text(text, path)
    except ProjectFileError as error:
        raise Refusal(f"{error}\nrepair this first; nothing was written") from None
    if added or not before:
        path.write_text(text, encoding="utf-8")
    say(f"{path}: {len(added)} entries added")
    for one in wanted:
        if one.to_do:
            say(f"left to fill in: {one.to_do}")


def _files(patterns: list[str]) -> list[Path]:
    """The files of patterns, each once.

    Raises:
        Refusal: a pattern has none.
    """
    found: dict[Path, None] = {}
    for pattern in patterns:
        found_here = sorted(glob(pattern, recursive=True))  # noqa: PTH207 - patterns may be absolute
        files = [Path(name) for name in found_here if Path(name).is_file()]
        if not files:
            raise Refusal(f"--file {pattern}: there is no such file (patterns start from {Path.cwd()})", Exit.USAGE)
        found.update(dict.fromkeys(files))
    return list(found)
