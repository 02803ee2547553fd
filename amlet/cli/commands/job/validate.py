"""`amlet job validate`: check a job file on this machine."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from amlet.cli.command import File, Show, command
from amlet.cli.exits import Exit, stop
from amlet.cli.jobs.files import Changes, load
from amlet.cli.output import Format, say

if TYPE_CHECKING:
    pass


@command()
def validate(show: Show, file: File, changes: Changes = None) -> None:
    """Check a job file on this machine. It says what the service would refuse or misread."""
    from gateway.serialization.validation import errors

    say("Target: none, the file is checked on this machine")
    job = load(file, changes or [])
    findings = job.validate()
    rows = [{**asdict(found.finding), "file": found.file, "line": found.line} for found in findings]
    wrong = bool(errors(findings))
    result = {"result": "Failed" if wrong else "Succeeded", "findings": rows}
    shown = rows if show.format is Format.TABLE and rows and not show.query else result
    show(shown, people=lambda: "\n".join([*map(str, findings), f"{file}: {result['result']}"]))
    if wrong:
        raise stop(Exit.REFUSED)
