"""What the search space of a sweep says about the axes of its parameters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from emulator.storage.jobs import Job

_LOGARITHMIC = frozenset({"loguniform", "qloguniform", "lognormal", "qlognormal"})
_EVEN = frozenset({"uniform", "quniform", "normal", "qnormal", "randint"})


def logarithmic_of(sweep: Job) -> dict[str, bool]:
    """Whether the axis of a parameter is logarithmic, by its name, where its distribution tells.

    A choice does not tell: its values do. A name that has distributions of both sorts, in different options of a
    conditional space, is left out too.

    Parameters:
        sweep: the job.
    """
    found: dict[str, set[bool]] = {}
    _collect(sweep.body.get("searchSpace") or {}, found)
    return {name: True in known for name, known in found.items() if len(known) == 1}


def _collect(space: Mapping[str, Any], found: dict[str, set[bool]]) -> None:
    for name, written in space.items():
        match written:
            case [str(kind), [*_]] if kind.lower() in _LOGARITHMIC | _EVEN:
                found.setdefault(name, set()).add(kind.lower() in _LOGARITHMIC)
            case [str(kind), [[*options]]] if kind.lower() == "choice":
                for option in options:
                    if isinstance(option, Mapping):
                        _collect(option, found)
