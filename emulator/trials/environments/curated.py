"""What the curated environments of Azure bring; the table is curated.yml beside this module."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fnmatch import translate
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from contracts.diagnostics.yaml_text import parse

if TYPE_CHECKING:
    from emulator.trials.environments.requirements import Requirements


@dataclass(frozen=True, slots=True)
class CuratedEnvironment:
    """What one row says of a name.

    Parameters:
        requirements: what it brings.
        date, source: of what the table says.
    """

    requirements: Requirements
    date: str
    source: str


def curated(name: str) -> CuratedEnvironment | None:
    """What the table says of an environment.

    Parameters:
        name: `AzureML-sklearn-1.5`, or as in a registry `sklearn-1.5`; in any case of letters.
    """
    bare = name.lower().removeprefix("azureml-")
    for pattern, row in _rows():
        if found := pattern.match(bare):
            said = found.groupdict()
            python = str(row.get("python") or "").replace("{py}", _python_of(bare)) or None
            lines = [line.replace("{v}", said.get("v", "")) for line in row["packages"]]
            from emulator.trials.environments.requirements import of_lines  # routes ask for names only

            return CuratedEnvironment(of_lines(lines, python), str(row["date"]), row["source"])
    return None


def is_curated_name(name: str) -> bool:
    """Whether a name is kept for environments of Azure's own."""
    return name.lower().startswith("azureml-")


@cache
def _rows() -> list[tuple[re.Pattern[str], dict[str, Any]]]:
    rows = parse(files("emulator.trials.environments").joinpath("curated.yml").read_text(encoding="utf-8"))
    return [(_pattern(name), row) for row in rows for name in row["names"]]


def _pattern(name: str) -> re.Pattern[str]:
    before, version, after = name.partition("{v}")
    return re.compile(re.escape(before) + r"(?P<v>\d+(?:\.\d+)?)" + translate(after) if version else translate(name))


def _python_of(name: str) -> str:
    """The Python that a name says: `py38` and `py3.8` are 3.8."""
    found = re.search(r"-py(\d)\.?(\d+)", name)
    return f"{found[1]}.{found[2]}" if found else ""
