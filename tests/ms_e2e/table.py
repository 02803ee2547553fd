"""The results as a page: suite, passed, failed with reason, out of scope with reason."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter

from tests.ms_e2e.run import Result
from tests.ms_e2e.scope import EXPECTED, out_of_scope
from tests.ms_e2e.sources import VERSION


@dataclass(frozen=True, slots=True)
class Row:
    """The results of one suite.

    Parameters:
        suite: its folder.
        passed: how many tests within scope passed.
        failed: names and reasons of those within scope that did not.
        outside: names and reasons of those that are out of scope.
        skipped: how many Microsoft skips itself.
    """

    suite: str
    passed: int
    failed: dict[str, str]
    outside: dict[str, str]
    skipped: int


def rows(results: Iterable[Result]) -> Iterator[Row]:
    """One row a suite; the results of a suite stand together."""
    for suite, found in groupby(results, attrgetter("suite")):
        run = list(found)
        ran = [one for one in run if one.outcome != "skipped"]
        inside = [one for one in ran if one.outcome == "passed" or out_of_scope(one.name, one.reason) is None]
        yield Row(
            suite,
            sum(one.outcome == "passed" for one in inside),
            {one.name: one.reason for one in inside if one.outcome == "failed"},
            {one.name: out_of_scope(one.name, one.reason) or "" for one in ran if one not in inside},
            len(run) - len(ran),
        )


def unexpected(found: Iterable[Row]) -> Iterator[str]:
    """What should be otherwise: failures that are not known, known ones that passed."""
    for row in found:
        for name, reason in row.failed.items():
            if name not in EXPECTED:
                yield f"{row.suite}: {name} failed: {reason}"


def page(found: list[Row]) -> str:
    """docs/ms-e2e.md."""
    lines = [
        "# Microsoft's end-to-end tests",
        "",
        f"The tests of azure-ai-ml {VERSION} that need a service, run live against the emulator by `scripts/ms-e2e`,",
        "which writes this page. The tests come from the sdist on PyPI; nothing of them is kept here. A stand-in takes",
        "the place of the private package `devtools_testutils`: it records nothing, and shortens the waits.",
        "",
        "| suite | passed | failed | out of scope | skipped by Microsoft |",
        "|---|---|---|---|---|",
    ]
    lines += [_row(row) for row in found]
    lines += [_row(_sum(found))]
    lines += ["", "## Failed", *_reasons(found, "failed")]
    lines += ["", "## Out of scope", *_reasons(found, "outside")]
    return "\n".join(lines) + "\n"


def read_page(text: str) -> list[Row]:
    """The rows of a page that `page` made, so that some suites can be run again and the others kept."""
    reasons: dict[str, dict[str, dict[str, str]]] = {"Failed": {}, "Out of scope": {}}
    heading, found = "", []
    for line in text.splitlines():
        if line.startswith("## "):
            heading = line.removeprefix("## ")
        elif match := re.fullmatch(r"\| (\w+) \| (\d+) \| \d+ \| \d+ \| (\d+) \|", line):
            found.append((match[1], int(match[2]), int(match[3])))
        elif match := re.fullmatch(r"\| (\w+) \| `(.+)` \| (.*) \|", line):
            reasons[heading].setdefault(match[1], {})[match[2]] = match[3].replace("\\|", "|")
    failed, outside = reasons.values()
    return [
        Row(suite, passed, failed.get(suite, {}), outside.get(suite, {}), skipped)
        for suite, passed, skipped in found
        if suite != "all"
    ]


def _row(row: Row) -> str:
    return f"| {row.suite} | {row.passed} | {len(row.failed)} | {len(row.outside)} | {row.skipped} |"


def _sum(found: list[Row]) -> Row:
    failed = {name: reason for row in found for name, reason in row.failed.items()}
    outside = {name: reason for row in found for name, reason in row.outside.items()}
    return Row("all", sum(row.passed for row in found), failed, outside, sum(row.skipped for row in found))


def _reasons(found: list[Row], column: str) -> list[str]:
    items = [(row.suite, name, reason) for row in found for name, reason in getattr(row, column).items()]
    if not items:
        return ["None."]
    table = [f"| {suite} | `{name}` | {_reason(name, reason)} |" for suite, name, reason in items]
    return ["| suite | test | reason |", "|---|---|---|", *table]


def _reason(name: str, reason: str) -> str:
    return EXPECTED.get(name, reason).replace("|", "\\|")
