"""`amlet doctor`: whether this machine, and a job on it, are as they should be."""

from __future__ import annotations

import os
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from gateway.cli.exits import Exit, Refusal, stop
from gateway.cli.local_options import LocalOptions
from gateway.cli.target import Wanted
from gateway.cli.verbs import Show, verb
from gateway.cli.world_file import find_world


@verb
def doctor(
    wanted: Wanted,
    show: Show,
    local: LocalOptions,
    file: Annotated[
        Path | None, typer.Option("--file", "-f", metavar="FILE", help="A job file: would it run here?")
    ] = None,
) -> None:
    """Find what would keep a job from running, and how to mend it.

    It looks at target, Python, packages, inputs, CA, proxy, programs and disk.

    The exit code is 5 when something would keep a job from running.
    """
    from emulator.home import home
    from gateway.cli import checkup, job_checkup
    from gateway.cli.checkup import Finding, Health

    findings = list(checkup.machine(wanted, os.environ, Path.cwd(), home(os.environ)))
    try:
        world = find_world(local.world, *([file.parent] if file else []), Path.cwd())
    except Refusal as refusal:
        findings.append(Finding("world", Health.WRONG, str(refusal), "mend the file"))
    else:
        text = str(world.file) if world else "no amlet.yml upwards from here; amlet init -f JOB.yml writes one"
        findings.append(Finding("world", Health.OK if world else Health.NOTE, text))
        if file:
            findings += job_checkup.job(file, local, world, os.environ)
    show([asdict(one) for one in findings], people=lambda: "\n".join(map(str, findings)))
    if any(one.health is Health.WRONG for one in findings):
        raise stop(Exit.REFUSED)
