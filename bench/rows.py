"""What a bench found, a row per measure, for people and for `python -m bench`."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple


class Row(NamedTuple):
    """One measure.

    Parameters:
        measure: what is done.
        peer: what it is measured against.
        ratio: of the two; or a number of its own, with a unit.
        must, aim: what it has to be, and shall be; None where nothing is asked.
        less: whether less is better.
        unit: of the number; `x` for a ratio.
    """

    measure: str
    peer: str
    ratio: float
    must: float | None = None
    aim: float | None = None
    less: bool = False
    unit: str = "x"

    def reaches(self, target: float | None) -> bool | None:
        """Whether it is as good as a target; None where there is none."""
        if target is None:
            return None
        return self.ratio <= target if self.less else self.ratio >= target

    @property
    def verdict(self) -> str:
        """`met` or `missed`, by what it must be; empty where nothing is asked."""
        return {None: "", True: "met", False: "missed"}[self.reaches(self.must)]

    def number(self, value: float | None) -> str:
        """A number of this row, for people."""
        if value is None:
            return ""
        digits = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2 if abs(value) >= 0.1 else 4
        return f"{value:.{digits}f}{'' if self.unit == 'x' else ' '}{self.unit}"

    @property
    def cells(self) -> tuple[str, ...]:
        """Measure, peer, ratio, must, aim, verdict."""
        sign = "at most " if self.less else ""
        must, aim = (value and sign + value for value in (self.number(self.must), self.number(self.aim)))
        return self.measure, self.peer, self.number(self.ratio), must, aim, self.verdict


#: The heads of `Row.cells`.
HEADS = ("measure", "against", "found", "must", "aim", "")


def add_option(parser: argparse.ArgumentParser) -> None:
    """Let a bench's rows be written to a file."""
    parser.add_argument("--json", type=Path, metavar="FILE", help="where the rows are written, for `python -m bench`")


def write(rows: Iterable[Row], file: Path | None) -> None:
    """Write the rows, where a file was named."""
    if file is not None:
        file.write_text(json.dumps([row._asdict() for row in rows]), encoding="utf-8")


def read(text: str) -> list[Row]:
    """The rows of a file."""
    return [Row(**found) for found in json.loads(text)]
