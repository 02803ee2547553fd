"""Findings about job files in the formats that other tools read: annotations of GitHub, and SARIF."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path, PurePath
from typing import Any

from contracts.version import __version__
from gateway.findings import Located

_SARIF = "https://json.schemastore.org/sarif-2.1.0.json"


def github(findings: Iterable[Located]) -> str:
    """A workflow command for each finding, which GitHub Actions shows at its line.

    Source: GitHub Docs, "Workflow commands for GitHub Actions".
    """
    return "\n".join(map(_command, findings))


def _command(found: Located) -> str:
    place = {"file": _relative(found.file), "line": str(found.line or 1), "title": found.finding.code}
    properties = ",".join(f"{name}={_escaped(text, ',:')}" for name, text in place.items() if text)
    return f"::{found.finding.severity} {properties}::{_escaped(_text(found))}"


def _escaped(text: str, more: str = "") -> str:
    """A text as workflow commands have it: some characters by their number."""
    for character in f"%\r\n{more}":
        text = text.replace(character, f"%{ord(character):02X}")
    return text


def sarif(findings: Iterable[Located]) -> dict[str, Any]:
    """The findings as a SARIF log, which code scanning of GitHub, Azure DevOps and editors read.

    Source: OASIS, SARIF 2.1.0.
    """
    found = list(findings)
    rules = sorted({one.finding.code for one in found})
    driver = {"name": "amlet", "version": __version__, "rules": [{"id": code} for code in rules]}
    return {
        "$schema": _SARIF,
        "version": "2.1.0",
        "runs": [{"tool": {"driver": driver}, "results": list(map(_result, found))}],
    }


def _result(found: Located) -> dict[str, Any]:
    place: dict[str, Any] = {"artifactLocation": {"uri": _relative(found.file)}}
    if found.line:
        place["region"] = {"startLine": found.line}
    return {
        "ruleId": found.finding.code,
        "level": found.finding.severity.value,
        "message": {"text": _text(found)},
        "locations": [{"physicalLocation": place}],
    }


def _text(found: Located) -> str:
    return f"{found.finding.message} {found.finding.remedy}".strip()


def _relative(file: str | None) -> str:
    """A file's path from the current folder, with slashes; as it is where it is elsewhere."""
    if file is None:
        return ""
    try:
        return Path(file).absolute().relative_to(Path.cwd()).as_posix()
    except ValueError:
        return PurePath(file).as_posix()
