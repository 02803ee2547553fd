"""VM sizes by name: cores and GPUs; the table is sizes.yml beside this module."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fnmatch import fnmatch
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from contracts.diagnostics.yaml_text import parse

_BY_RULE = re.compile(r"^[a-z]+(?P<cores>\d+)(?:-(?P<constrained>\d+))?[a-z]*(?:_[a-z0-9]+)*$")


@dataclass(frozen=True, slots=True)
class Size:
    """A VM size.

    Parameters:
        cores: virtual CPUs.
        gpus: whole GPUs; 1 also for a part of one.
    """

    cores: int
    gpus: int


def size_of(name: str) -> Size | None:
    """The size of a name such as `Standard_DS3_v2`; None for what is not the name of a size.

    >>> size_of("Standard_NC24ads_A100_v4")
    Size(cores=24, gpus=1)
    """
    bare = name.strip().lower().removeprefix("standard_").removeprefix("basic_")
    found = _BY_RULE.match(bare)
    listed = _listed("cores", bare)
    if not found and listed is None:
        return None
    cores = listed if listed is not None else int(found["constrained"] or found["cores"]) if found else 0
    return Size(cores, _listed("gpus", bare) or 0)


def gpu_is_here() -> bool:
    """Whether this machine has an NVIDIA or AMD GPU that programs can use."""
    return any(Path("/dev").glob("nvidia[0-9]*")) or Path("/dev/kfd").exists()


def _listed(what: str, name: str) -> int | None:
    for row in _table()[what]:
        if any(fnmatch(name, pattern) for pattern in row["sizes"]):
            return int(row[what])
    return None


@cache
def _table() -> dict[str, Any]:
    table: dict[str, Any] = parse(files("emulator.trials").joinpath("sizes.yml").read_text(encoding="utf-8"))
    return table
