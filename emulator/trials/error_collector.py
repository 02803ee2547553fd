"""Several reasons not to run a job, told together."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from emulator.executors.base import TrialRefused

T = TypeVar("T")


class ErrorCollector:
    """Gathers refusals."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def tried(self, find: Callable[[], T]) -> T | None:
        """What a function finds; None when it refuses, which is kept."""
        try:
            return find()
        except TrialRefused as refused:
            self.texts.append(str(refused))
            return None

    @property
    def refusal(self) -> TrialRefused:
        """The refusal for all that was kept."""
        return TrialRefused("\n\n".join(self.texts))
