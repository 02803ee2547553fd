"""`amlet job show`: a job, and how it ended."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from amlet.cli.command import Name, NameOption, Show, command, one_name
from amlet.cli.exits import Exit, Refusal
from amlet.cli.jobs.output import Raw, Web, az_shape, open_page, people_text
from amlet.cli.output import say
from amlet.cli.progress.summary import summarise
from amlet.cli.target import Target
from contracts.lifecycle import ENDED
from gateway.client.connection import Connection
from gateway.operations import jobs


@command()
def show_job(
    target: Target,
    show: Show,
    name: Name = None,
    option: NameOption = None,
    web: Web = False,
    plot: Annotated[bool, typer.Option("--plot", help="Draw a sweep's best value so far (on stderr).")] = False,
    raw: Raw = False,
) -> None:
    """Show a job, and why it failed."""

    connection = target.connect()
    document = connection.run(jobs.get(connection.workspace, one_name(name, option)))
    if web:
        open_page(document, target)
    show(document if raw else az_shape(document), people=lambda: people_text(document, target.link))
    if plot:
        draw(connection, document["name"])
    if show.query is None:
        if target.is_emulator:
            tell_attempts(connection, document["name"])
        explain_end(connection, document)


def tell_attempts(connection: Connection, name: str) -> None:
    """Say where the attempts at a job ran, and what became of them; nothing of a job that runs no command itself."""
    from gateway.exceptions import ResourceNotFoundError
    from gateway.operations import local_jobs

    try:
        told = connection.run(local_jobs.attempts(connection.workspace, name))
    except ResourceNotFoundError:  # an emulator of an earlier version
        return
    for line in told["lines"]:
        say(line)


def draw(connection: Connection, name: str) -> None:
    """Draw the best value of a sweep's trials, and the best so far.

    Raises:
        Refusal: it is not a sweep.
    """
    from amlet.cli.progress.plot import best_so_far_plot
    from gateway.operations.sweep_record import sweep_record

    try:
        record = connection.run(sweep_record(connection.workspace, name))
    except ValueError as error:
        raise Refusal(f"--plot: {error}", Exit.USAGE) from None
    values = [record.best_value(trial) for trial in record.state.trials]
    say(f"\n{record.state.metric} ({record.state.goal}): · best of a trial, ─ best so far")
    say(best_so_far_plot(values, record.state.goal))


def explain_end(connection: Connection, document: dict[str, Any]) -> None:
    """Say why a job, or some of its trials, failed; nothing while it goes on."""
    if (document.get("properties") or {}).get("status") in ENDED:
        connection.run(summarise(connection.workspace, document, say))
