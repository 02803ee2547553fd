"""What a rule reports, and the cursor with which rules walk a body of which nothing is certain."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from contracts.diagnostics.shortening import shown
from contracts.rules.expectations import EXPECTED

_PLAIN_KEY = re.compile(r"[A-Za-z_]\w*\Z")


class Severity(StrEnum):
    """`error`: refused, or impossible to carry out; `warning`: accepted, but probably not what was meant."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong with a job.

    Parameters:
        code: a stable name for this kind of finding, such as `UndefinedBinding`.
        severity: whether it is refused or only pointed out.
        path: where it is in the body, as a JSON path: `$.properties.searchSpace.lr`.
        message: what is wrong, with the value.
        remedy: what to do about it.
        expected: what should be there.
        got: what is there, as JSON cut to a readable length; `nothing` where there is none.
    """

    code: str
    severity: Severity
    path: str
    message: str
    remedy: str
    expected: str = field(default="", compare=False)
    got: str = field(default="", compare=False)

    def __str__(self) -> str:
        return f"{self.severity} {self.code} at {self.path}: {self.message} {self.remedy}"


class Node:
    """A place in a JSON document: absent and wrongly typed values read as None, so that rules need no guards.

    Wrong types are reported once, by `contracts.rules.shape`, and not by the rules that read through here.

    Parameters:
        value: what is there.
        place: the JSON path as text, or the node around it and the key there.
        findings: where rules report to.
    """

    __slots__ = ("_place", "findings", "value")

    def __init__(self, value: Any, place: str | tuple[Node, str], findings: list[Finding]) -> None:
        self.value, self._place, self.findings = value, place, findings

    @property
    def path(self) -> str:
        """Where this is; put together only for a report, as a check makes a hundred nodes and reports few."""
        if isinstance(self._place, str):
            return self._place
        around, key = self._place
        return around.path + (f".{key}" if _PLAIN_KEY.match(key) else f"[{json.dumps(key)}]")

    def __getitem__(self, key: str) -> Node:
        return Node(self.mapping.get(key), (self, key), self.findings)

    def __iter__(self) -> Iterator[tuple[str, Node]]:
        """The members of an object with their names."""
        return ((key, self[key]) for key in self.mapping if isinstance(key, str))

    @property
    def mapping(self) -> dict[str, Any]:
        return self.value if isinstance(self.value, dict) else {}

    @property
    def text(self) -> str | None:
        return self.value if isinstance(self.value, str) else None

    @property
    def integer(self) -> int | None:
        return self.value if isinstance(self.value, int) and not isinstance(self.value, bool) else None

    @property
    def number(self) -> float | None:
        """A finite number; JSON's `true` is none, and neither is an integer beyond every float."""
        if isinstance(self.value, bool) or not isinstance(self.value, int | float):
            return None
        try:
            return self.value if math.isfinite(self.value) else None
        except OverflowError:
            return None

    def error(self, code: str, message: str, remedy: str, expected: str | None = None) -> None:
        self._report(Severity.ERROR, code, message, remedy, expected)

    def warning(self, code: str, message: str, remedy: str, expected: str | None = None) -> None:
        self._report(Severity.WARNING, code, message, remedy, expected)

    def _report(self, severity: Severity, code: str, message: str, remedy: str, expected: str | None) -> None:
        wanted = EXPECTED.get(code, "") if expected is None else expected
        got = "nothing" if self.value is None else shown(self.value)
        self.findings.append(Finding(code, severity, self.path, message, remedy, wanted, got))


def check_enum(node: Node, *allowed: str) -> None:
    """Refuse a word that is not one of those allowed, in any case, with the service's own sentence.

    Source of the sentence: azure-sdk-for-python issue 37867.
    """
    if node.text is not None and node.text.lower() not in {word.lower() for word in allowed}:
        report_enum(node, *allowed)


def report_enum(node: Node, *allowed: str) -> None:
    """Report that a word is not one of those allowed."""
    place = node.path.removeprefix("$.properties.")
    node.error(
        "InvalidEnumValue",
        f"The value provided is not a valid enum value. Field: {place}. Allowed values: {','.join(allowed)}.",
        f"Replace {shown(node.value)} by one of the allowed values.",
        f"one of {', '.join(allowed)}",
    )
