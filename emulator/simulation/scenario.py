"""What a scenario file may say."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from pydantic import Field

from emulator.faults.entry import Entry
from emulator.faults.rule import FaultRule
from emulator.simulation.trial_rule import TrialRule


class Scenario(Entry):
    """Scripted trials and failing requests; every key may be left out.

    Parameters:
        seed: makes ids, correlation ids and the sampling of sweeps the same from run to run.
        start: first reading of the virtual clock: `2026-01-01T00:00:00Z`; UTC where no zone is said.
        frozen: whether that clock begins frozen.
        trials: what trials do, in virtual time; the first rule that matches counts.
        requests: which requests go wrong, and how.
    """

    seed: Annotated[int, Field(ge=0)] | None = None
    start: datetime | None = None
    frozen: bool = False
    trials: Annotated[tuple[TrialRule, ...], Field(max_length=1000)] = ()
    requests: Annotated[tuple[FaultRule, ...], Field(max_length=1000)] = ()

    @property
    def started(self) -> float | None:
        """`start` in seconds since the epoch."""
        if self.start is None:
            return None
        return (self.start if self.start.tzinfo else self.start.replace(tzinfo=UTC)).timestamp()

    @property
    def wants_virtual_time(self) -> bool:
        """Whether it scripts what only happens in virtual time."""
        return bool(self.trials) or self.start is not None or self.frozen
