"""The cores of this machine."""

from __future__ import annotations

import os


def usable_cores() -> int:
    """The cores that this process may use: the nodes of an undeclared compute."""
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count() or 1
