"""The differences between contract and official SDK that are known and meant; the list is `known.txt`."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path


def known() -> list[str]:
    """The lines of `known.txt` without its remarks."""
    lines = (Path(__file__).with_name("known.txt")).read_text().splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def unknown_and_gone(found: Iterable[str]) -> tuple[list[str], list[str]]:
    """What was found and is not known, and what is known and was not found."""
    expected, seen = known(), list(found)
    return [line for line in seen if line not in expected], [line for line in expected if line not in seen]
