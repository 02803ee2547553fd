"""`amlet job list`: the jobs of a workspace, or the trials of a sweep."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Annotated, Any

import typer

from amlet.cli.command import Show, command
from amlet.cli.completion import experiments, job_names
from amlet.cli.exits import Exit, Refusal
from amlet.cli.jobs.output import Raw, az_shape, waits_for
from amlet.cli.target import Target
from gateway.client.connection import Connection


@command()
def list_jobs(
    target: Target,
    show: Show,
    parent: Annotated[
        str | None,
        typer.Option(
            "--parent-job-name",
            "-p",
            help="The trials of this sweep, or the steps of this pipeline.",
            autocompletion=job_names,
        ),
    ] = None,
    limit: Annotated[int | None, typer.Option("--max-results", "-r", min=1, help="How many at most.")] = None,
    status: Annotated[str | None, typer.Option("--status", help="Only with this status, such as Failed.")] = None,
    compute: Annotated[str | None, typer.Option("--compute", help="Only jobs on this compute.")] = None,
    experiment: Annotated[
        str | None, typer.Option("--experiment", help="Only jobs of this experiment.", autocompletion=experiments)
    ] = None,
    tag: Annotated[str | None, typer.Option("--tag", help="Only jobs with this tag, or NAME=VALUE.")] = None,
    sort_by: Annotated[
        str | None,
        typer.Option(
            "--sort-by",
            metavar="COLUMN",
            help="Order by any column, such as value, seconds or parameters.lr; -value: down.",
        ),
    ] = None,
    archived_only: Annotated[bool, typer.Option("--archived-only", help="Only archived jobs.")] = False,
    include_archived: Annotated[bool, typer.Option("--include-archived", help="Archived jobs too.")] = False,
    raw: Raw = False,
) -> None:
    """List jobs, newest first; with -p the trials of a sweep: parameters, metric, duration, why they were stopped."""
    from amlet.cli.jobs.trials import people_row, sorted_by, trial_rows
    from amlet.cli.output import JOB_COLUMNS, SIMULATED_LINE, Format, is_simulated, say, table
    from gateway.client.job_operations import JobOperations
    from gateway.constants import ListViewType

    if status:
        check_status(status)
    view = ListViewType.ACTIVE_ONLY
    if archived_only or include_archived:
        view = ListViewType.ARCHIVED_ONLY if archived_only else ListViewType.ALL
    connection = target.connect()
    found = JobOperations(connection).documents(parent, view, None, tag)
    wanted = {"status": status, "compute": compute, "experiment": experiment}
    documents = list(islice(_matching(found, {key: text for key, text in wanted.items() if text}), limit))
    sweep = _sweep(connection, parent) if parent and not raw else None
    if sweep is not None:
        rows = sorted_by(trial_rows(connection, sweep, documents, is_emulator=target.is_emulator), sort_by)
        if is_simulated(sweep):
            say(SIMULATED_LINE)
        told = [people_row(row) for row in rows]
        show(
            told if show.format is Format.TABLE and not show.query else rows, people=lambda: table(told) or "no trials"
        )
        return
    waiting = {
        one.get("name"): f"{(one.get('properties') or {}).get('status')} (waits)" for one in documents if waits_for(one)
    }
    shaped = sorted_by([az_shape(document) for document in documents], sort_by)
    told = [row | {"status": waiting.get(row["name"], row["status"])} for row in shaped]

    def people() -> str:
        return table([{column: row.get(column) for column in JOB_COLUMNS} for row in told]) or "no jobs"

    if show.format is Format.TABLE and not show.query and not raw:
        shaped = told
    show(documents if raw else shaped, people=people)


def check_status(text: str) -> None:
    """Refuse what no job ever is, of which a list would be empty.

    Raises:
        Refusal: it is not a status, in any case of letters.
    """
    from contracts.diagnostics.suggestions import closest
    from contracts.lifecycle import JobStatus

    by_lower = {status.lower(): status.value for status in JobStatus}
    if text.lower() not in by_lower:
        near = by_lower.get(closest(text.lower(), by_lower) or "")
        meant = f"did you mean {near}?" if near else f"there are {', '.join(JobStatus)}"
        raise Refusal(f"--status {text}: not a status of jobs; {meant}", Exit.USAGE)


def _sweep(connection: Connection, name: str) -> dict[str, Any] | None:
    """The document of a parent that is a sweep."""
    from gateway import job_types
    from gateway.operations import jobs

    document = connection.run(jobs.get(connection.workspace, name))
    return document if job_types.is_sweep(document.get("properties")) else None


def _matching(documents: Iterator[dict[str, Any]], wanted: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    """The jobs, or runs of a sweep, that are as wanted; in any case of letters."""
    for document in documents:
        properties = document.get("properties") or {}
        known = {
            "status": document.get("status") or properties.get("status"),
            "compute": str(properties.get("computeId") or "").rpartition("/")[2],
            "experiment": properties.get("experimentName") or document.get("experimentId"),
        }
        if all(str(known[name] or "").lower() == text.lower() for name, text in wanted.items()):
            yield document
