"""`amlet job report`: a sweep as a file to attach to a CI run, or as a summary for a pull request."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from amlet.cli.command import Name, NameOption, command, one_name, said_target
from amlet.cli.exits import Exit, Refusal
from amlet.cli.output import say, write_document
from amlet.cli.target import Target, TargetOptions
from gateway.client.connection import Connection


class ReportFormat(StrEnum):
    """What a report can be."""

    HTML = "html"
    MD = "md"


@command()
def report(
    wanted: TargetOptions,
    name: Name = None,
    option: NameOption = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="The file to write; stdout for md without it.")
    ] = None,
    kind: Annotated[
        ReportFormat | None, typer.Option("--format", help="By default what the file's name says, else html.")
    ] = None,
    page: Annotated[bool, typer.Option("--link", help="Link to the sweep's page (md).")] = False,
) -> None:
    """Write a sweep as one HTML file with charts, or as Markdown."""
    from gateway.operations.sweep_record import sweep_record

    chosen = one_name(name, option)
    kind = kind or (ReportFormat.MD if output and output.suffix.lower() in (".md", ".markdown") else ReportFormat.HTML)
    if kind is ReportFormat.HTML and output is None:
        raise Refusal("where to? give -o report.html, or take --format md for stdout", Exit.USAGE)
    target = said_target(wanted)
    connection = target.connect()
    try:
        record = connection.run(sweep_record(connection.workspace, chosen))
    except ValueError as error:
        raise Refusal(str(error), Exit.USAGE) from None
    explanation = _explanation(target, connection, chosen)
    if kind is ReportFormat.MD:
        from amlet.cli.report.text import markdown

        text = markdown(record, explanation, page=page)
    else:
        from amlet.cli.emulator_extra import require_extra
        from amlet.cli.report.page import page as html

        require_extra()
        text = html(record, explanation)
    if output is None:
        write_document(text)
    else:
        output.write_text(text, encoding="utf-8")
        say(f"{output}: {len(record.state.trials)} trials, {len(text.encode()):,} bytes")


def _explanation(target: Target, connection: Connection, name: str) -> list[str]:
    """Why it went as it did; only emulators keep a record of that."""
    from gateway.operations import local_jobs

    if not target.is_emulator:
        return []
    lines: list[str] = connection.run(local_jobs.explanation(connection.workspace, name))["lines"]
    return lines
