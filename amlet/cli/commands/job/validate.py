"""`amlet job validate`: check job files on this machine."""

from __future__ import annotations

from dataclasses import asdict
from enum import StrEnum
from typing import Annotated, Any

import typer

from amlet.cli.command import Show, command
from amlet.cli.exits import Exit, Refusal, stop
from amlet.cli.jobs.files import Changes
from amlet.cli.output import Format, say, write_document


class Report(StrEnum):
    """Who reads the findings, beside people."""

    JSON = "json"
    GITHUB = "github"
    SARIF = "sarif"


@command()
def validate(
    show: Show,
    more: Annotated[
        list[str] | None, typer.Argument(metavar="[FILE]...", show_default=False, help="Files, as with -f.")
    ] = None,
    files: Annotated[
        list[str] | None,
        typer.Option("--file", "-f", metavar="FILE", help="A job file, a folder or a pattern; may be repeated."),
    ] = None,
    changes: Changes = None,
    report: Annotated[
        Report | None, typer.Option("--format", help="Findings as JSON, annotations of GitHub, or SARIF.")
    ] = None,
    skip_others: Annotated[
        bool, typer.Option("--skip-others", help="Pass over named files that are not jobs (for pre-commit).")
    ] = False,
) -> None:
    """Check job files on this machine. It says what the service would refuse or misread."""
    from amlet.cli.jobs.checks import calm_lines, check, job_files

    names = [*(files or []), *(more or [])]
    if not names:
        raise Refusal("which file? give -f FILE, a folder or a pattern such as 'jobs/**/*.yml'", Exit.USAGE)
    say("Target: none, files are checked on this machine")
    checked = [check(file, changes or []) for file in job_files(names, skip_others=skip_others)]
    findings = [found for one in checked for found in one.findings]
    wrong = any(one.result == "Failed" for one in checked)
    if report in (Report.GITHUB, Report.SARIF):
        _report(report, findings)
    else:
        rows = [{**asdict(found.finding), "file": found.file, "line": found.line} for found in findings]
        result = {"result": "Failed" if wrong else "Succeeded", "findings": rows}
        as_rows = show.format is Format.TABLE and rows and not show.query
        lines = [*calm_lines(findings), *(f"{one.file}: {one.result}" for one in checked)]
        shown = Show(Format.JSON, show.query) if report else show
        shown(rows if as_rows else result, people=lambda: "\n".join(lines))
    if wrong:
        raise stop(Exit.REFUSED)


def _report(kind: Report, findings: list[Any]) -> None:
    import json

    from amlet.cli.jobs.annotations import github, sarif

    text = github(findings) if kind is Report.GITHUB else json.dumps(sarif(findings), indent=2)
    if text:
        write_document(text + "\n")
