"""`amlet doctor`: whether this machine, and a job on it, are as they should be."""

from __future__ import annotations

import os
import platform
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from amlet.cli.command import Show, command
from amlet.cli.exits import EPILOG, Exit, Refusal, stop
from amlet.cli.local_options import LocalOptions
from amlet.cli.project_file import find_project
from amlet.cli.target import TargetOptions


@command(epilog=EPILOG)
def doctor(
    wanted: TargetOptions,
    show: Show,
    local: LocalOptions,
    file: Annotated[
        Path | None, typer.Option("--file", "-f", metavar="FILE", help="A job file: would it run here?")
    ] = None,
    dask_address: Annotated[
        str | None,
        typer.Option(
            "--dask-address",
            metavar="URL",
            help="Look at this cluster too, beside those of amlet.yml.",
        ),
    ] = None,
    dask_resources: Annotated[
        str, typer.Option("--dask-resources", metavar="NAME=AMOUNT", help="What a trial takes there, as in GPU=1.")
    ] = "",
) -> None:
    """Find what would keep a job from running, and how to fix it.

    It looks at target, Python, packages, inputs, CA, proxy, programs and disk, and at a Dask cluster.

    The exit code is 5 when something would keep a job from running.
    """
    from amlet.cli.doctor import job as job_checks
    from amlet.cli.doctor import machine
    from amlet.cli.doctor.machine import Finding, Health
    from emulator.server.home import home, running

    findings = list(machine.machine(wanted, os.environ, Path.cwd(), home(os.environ)))
    try:
        project = find_project(local.project, *([file.parent] if file else []), Path.cwd())
    except Refusal as refusal:
        project = None
        findings.append(Finding("project", Health.WRONG, str(refusal), "correct the file"))
    else:
        text = str(project.file) if project else "no amlet.yml upwards from here; amlet init -f JOB.yml writes one"
        findings.append(Finding("project", Health.OK if project else Health.NOTE, text))
        if file:
            findings += job_checks.job(file, local, project, os.environ)
    if dask_address or (project and any(one.executor == "dask" for one in project.content.computes)):
        from amlet.cli.doctor.cluster import cluster, placements

        packages = job_checks.packages(file, project) if file else {}
        origins = [record.workers or record.origin for record in running(home(os.environ))]
        try:
            for placement in placements(dask_address, dask_resources, project):
                findings += cluster(placement, origins, platform.python_version(), packages)
        except ValueError as error:
            findings.append(Finding("cluster", Health.WRONG, str(error), "correct the setting"))
    show([asdict(one) for one in findings], people=lambda: "\n".join(map(str, findings)))
    if any(one.health is Health.WRONG for one in findings):
        raise stop(Exit.REFUSED)
