"""`amlet contract`: the contract as a check of what a client sends."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any

import typer

from amlet.cli.command import Show, command
from amlet.cli.exits import EPILOG, Exit, Refusal, stop
from amlet.cli.jobs.bodies import JobBody, bodies_in
from amlet.cli.output import say
from contracts.api_version import DEFAULT_API_VERSION, date_of
from contracts.rules import Finding, Severity, check_job

_MOST_BYTES = 64 * 1024 * 1024


@command(epilog=EPILOG)
def check(
    show: Show,
    file: Annotated[Path, typer.Argument(metavar="FILE|-", help="A body, or a log with bodies; - reads stdin.")],
    api_version: Annotated[
        str | None,
        typer.Option(
            "--api-version",
            metavar="VERSION",
            help=f"The version it is meant for; by default that of the request in a log, else {DEFAULT_API_VERSION}.",
        ),
    ] = None,
    name: Annotated[str | None, typer.Option("--name", "-n", metavar="NAME", help="The job's name.")] = None,
) -> None:
    """Check any job body against the contract. What another SDK sends, or what `az ml job create --debug` shows.

    The file holds the body as it is sent ({"properties": {...}}), its properties alone, a document that contains it
    (an example, an answer), a recording, or a log. Each finding has the field, what is expected there, what is there,
    and a remedy.
    """
    try:
        date_of(api_version or DEFAULT_API_VERSION)
    except ValueError as error:
        raise Refusal(f"--api-version: {error}", Exit.USAGE) from None
    say("Target: none, the body is checked on this machine")
    try:
        bodies = bodies_in(_read(file))
    except ValueError as error:
        raise Refusal(f"{file}: {error}") from None
    results = [_checked(body, api_version, name) for body in bodies]
    wrong = any(result["result"] == "Failed" for result in results)
    show(results[0] if len(results) == 1 else results, people=lambda: "\n".join(_lines(file, results)))
    if wrong:
        raise stop(Exit.REFUSED)


def _read(file: Path) -> str:
    if str(file) == "-":
        raw = sys.stdin.buffer.read(_MOST_BYTES + 1)
    else:
        with file.open("rb") as opened:
            raw = opened.read(_MOST_BYTES + 1)
    if len(raw) > _MOST_BYTES:
        raise ValueError(f"it is larger than {_MOST_BYTES >> 20} MB; cut it down to the request")
    return raw.decode("utf-8-sig", "replace")


def _checked(body: JobBody, api_version: str | None, name: str | None) -> dict[str, Any]:
    version = api_version or body.api_version or DEFAULT_API_VERSION
    job = name if name is not None else body.name
    findings = check_job(body.document, api_version=version, name=job)
    failed = any(found.severity is Severity.ERROR for found in findings)
    return {
        "result": "Failed" if failed else "Succeeded",
        "name": job,
        "api_version": version,
        "line": body.line,
        "findings": [_row(found, body.prefix) for found in findings],
    }


def _row(found: Finding, prefix: str) -> dict[str, Any]:
    path = found.path
    if path.startswith("$.properties"):
        path = prefix + path.removeprefix("$.properties")
    return {
        "code": found.code,
        "severity": str(found.severity),
        "path": path,
        "expected": found.expected,
        "got": found.got,
        "message": found.message,
        "remedy": found.remedy,
    }


def _lines(file: Path, results: Iterable[dict[str, Any]]) -> Iterable[str]:
    for result in results:
        for found in result["findings"]:
            yield f"{found['severity']} {found['code']} at {found['path']}: {found['message']}"
            yield f"    expected: {found['expected']}"
            yield f"    got:      {found['got']}"
            yield f"    remedy:   {found['remedy']}"
        named = f" (job {result['name']})" if result["name"] else ""
        yield f"{file}:{result['line']}{named}: {result['result']} for api-version {result['api_version']}"
