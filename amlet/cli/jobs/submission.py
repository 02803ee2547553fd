"""Submitting a job from the command line: the emulator when one is wanted, the trials' Python, the uploads."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from amlet.cli.exits import Exit, stop
from amlet.cli.local_options import LocalOptions, choices
from amlet.cli.output import say
from amlet.cli.progress.uploads import shown_uploads
from amlet.cli.project_file import find_project
from amlet.cli.target import Target
from contracts.local_choices import LocalChoices
from contracts.rules import Severity
from gateway.client.connection import Connection
from gateway.entities.job import Job
from gateway.operations.submit import submit as submit_steps


def local_choices(target: Target, job: Job, local: LocalOptions, folder: Path) -> LocalChoices:
    """What only an emulator is sent beside a job.

    Parameters:
        target: where it goes.
        job: the job.
        local: the options that were given.
        folder: of the job file, from which the project file is looked for.
    """
    if target.is_emulator:
        project = find_project(local.project, folder, Path.cwd())
        if project:
            say(f"Project: {project.file}")
        return choices(local, project, job, os.environ, is_simulated=target.is_simulated)
    if local.given:
        say(f"{', '.join(local.given)}: for emulators only; a workspace makes the job's environment ready itself")
    return LocalChoices()


def submit(target: Target, job: Job, chosen: LocalChoices) -> tuple[Connection, dict[str, Any]]:
    """Submit a job; the connection that was used and the job's ARM document.

    Parameters:
        target: where it goes; an emulator is started when none runs.
        job: the job.
        chosen: what only an emulator is sent beside it.
    """
    from amlet.cli.jobs.checks import calm_lines

    for line in calm_lines(found for found in job.validate() if found.finding.severity is Severity.WARNING):
        say(line)
    connection = target.connect(start=True, headers=chosen.headers)
    try:
        with shown_uploads() as on_upload:
            document = connection.run(submit_steps(connection.workspace, job, {}, validate=True, on_upload=on_upload))
    except KeyboardInterrupt:
        say(
            "Interrupted before the service confirmed the job. An upload that broke off is used by nothing; the same "
            "command uploads what is missing and submits the job.\n"
            f"  see whether it was made:  amlet job list -r 5{target.flags}"
        )
        raise stop(Exit.DETACHED) from None
    return connection, document
