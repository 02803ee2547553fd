"""`amlet job list`: the jobs of a workspace."""

from __future__ import annotations

from typing import Annotated

import typer

from amlet.cli.command import Show, command
from amlet.cli.jobs.output import Raw, az_shape
from amlet.cli.target import Target


@command()
def list_jobs(
    target: Target,
    show: Show,
    parent: Annotated[
        str | None, typer.Option("--parent-job-name", "-p", help="Only the trials of this sweep.")
    ] = None,
    limit: Annotated[int | None, typer.Option("--max-results", "-r", min=1, help="How many at most.")] = None,
    tag: Annotated[str | None, typer.Option("--tag", help="Only jobs with this tag.")] = None,
    archived_only: Annotated[bool, typer.Option("--archived-only", help="Only archived jobs.")] = False,
    include_archived: Annotated[bool, typer.Option("--include-archived", help="Archived jobs too.")] = False,
    raw: Raw = False,
) -> None:
    """List jobs, newest first."""
    from amlet.cli.output import JOB_COLUMNS, table
    from gateway.client.job_operations import JobOperations
    from gateway.constants import ListViewType

    view = ListViewType.ACTIVE_ONLY
    if archived_only or include_archived:
        view = ListViewType.ARCHIVED_ONLY if archived_only else ListViewType.ALL
    documents = list(JobOperations(target.connect()).documents(parent, view, limit, tag))
    shaped = [az_shape(document) for document in documents]

    def people() -> str:
        return table([{column: row.get(column) for column in JOB_COLUMNS} for row in shaped]) or "no jobs"

    show(documents if raw else shaped, people=people)
