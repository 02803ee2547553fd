"""References to what is imported on first use, as text: `contracts.rules.jobs:check_sweep`.

The registries name their parts so: they are read at every start, the models, rules and runners only for a job.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib import import_module
from typing import Any


@cache
def load(reference: str) -> Any:
    """What a reference names.

    Parameters:
        reference: `module:name`.

    Raises:
        ImportError, AttributeError: there is nothing of that name.
    """
    module, _, name = reference.partition(":")
    return getattr(import_module(module), name)


def later(reference: str) -> Callable[[], Any]:
    """A function that loads what a reference names.

    Parameters:
        reference: as of `load`.
    """
    return lambda: load(reference)
