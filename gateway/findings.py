"""What is wrong with a job, and where in its file.

Apart from `gateway.serialization.validation`, which finds it, because entities name it in the signature of `validate`.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from contracts.rules import Finding


@dataclass(frozen=True, slots=True)
class Located:
    """A finding and its place in the job's file.

    Parameters:
        finding: what is wrong.
        file: the file the job was loaded from; None for a job made in Python.
        line: line of the file, from 1; None where the file is not there any more.
    """

    finding: Finding
    file: str | None = None
    line: int | None = None

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}: " if self.line else f"{self.file}: " if self.file else ""
        return f"{place}{self.finding}"


@dataclass(frozen=True, slots=True, repr=False)
class ValidationResult:
    """What `client.jobs.validate` found.

    Parameters:
        findings: errors and warnings.
    """

    findings: Sequence[Located] = ()

    @property
    def passed(self) -> bool:
        """Whether there is no error."""
        return not self._of("error")

    @property
    def error_messages(self) -> dict[str, str]:
        """The texts of the errors by the field they are about; of several for one field all, with `; ` between."""
        messages: dict[str, str] = {}
        for found in self._of("error"):
            text = f"{found.finding.message} {found.finding.remedy}".strip()
            path = found.finding.path
            messages[path] = f"{messages[path]}; {text}" if path in messages else text
        return messages

    def _of(self, severity: str) -> list[Located]:
        return [found for found in self.findings if found.finding.severity.value == severity]

    def __repr__(self) -> str:
        shown: dict[str, Any] = {"result": "Succeeded" if self.passed else "Failed"}
        for name in ("error", "warning"):
            if found := self._of(name):
                shown[f"{name}s"] = [str(one) for one in found]
        return json.dumps(shown, indent=2, ensure_ascii=False)
