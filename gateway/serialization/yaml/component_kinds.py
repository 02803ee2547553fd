"""The types of components and steps in files: which are read, and what to do instead of the others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from contracts.job_types import COMMAND, JOB_TYPES
from gateway.serialization.yaml.problems import Invalid, Problem


def check_kind(value: Any, *kinds: str) -> None:
    """Check that the mapping of a component's file is of one of these types.

    Raises:
        Invalid: it is of another type, which is named alone: its other fields mean something else there.
    """
    kind = value.get("type", COMMAND.yaml_name) if isinstance(value, dict) else None
    if isinstance(kind, str) and kind not in kinds:
        raise Invalid(refused_kind(kind, "components", kinds).below("type"))


def refused_kind(kind: str, what: str, kinds: Sequence[str]) -> Invalid:
    """The refusal of a type.

    Parameters:
        kind: the type.
        what: `steps` or `components`, for the message.
        kinds: the types that could stand there.
    """
    known = next((one for one in JOB_TYPES.values() if one.yaml_name == kind), None)
    instead = (known and known.refusal) or f"use {' or '.join(sorted(kinds))}"
    return Invalid([Problem((), f"{what} of type {kind!r} do not run here.", f"{instead[0].upper()}{instead[1:]}.")])
