"""What is wrong with a job, and where in its file.

Apart from `gateway.serialization.validation`, which finds it, because entities name it in the signature of `validate`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

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
