"""What an answer of pip-audit means."""

from __future__ import annotations

import json
from typing import NamedTuple


class Verdict(NamedTuple):
    """What was found.

    Parameters:
        text: for people.
        is_bad: whether a vulnerability is known.
    """

    text: str
    is_bad: bool


def verdict(answer: str) -> Verdict:
    """The meaning of pip-audit's JSON; an answer that is none, or knows no package, says that nothing was reached."""
    try:
        packages = json.loads(answer)["dependencies"]
    except (ValueError, KeyError, TypeError):
        packages = []
    known = [package for package in packages if "vulns" in package]
    if not known:
        return Verdict("audit skipped: the database of known vulnerabilities cannot be reached from here", False)
    lines = [
        f"{package['name']} {package['version']}: {found['id']}, repaired in {', '.join(found['fix_versions']) or '-'}"
        for package in known
        for found in package["vulns"]
    ]
    summary = f"{len(known)} packages looked up, {len(lines)} known vulnerabilities"
    return Verdict("\n".join([*lines, summary]), bool(lines))
