"""No early termination: every trial runs to its end (stored by the service as the policy `Default`)."""

from __future__ import annotations

from emulator.engine.termination.base import Decision


class NoTermination:
    """The policy that is applied to nothing."""

    def observe(self, trial: int, value: float) -> Decision | None:
        return None

    def ended(self, trial: int) -> None:
        """Nothing to remember."""
