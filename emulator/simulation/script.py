"""The trials that are scripted, and whether they came."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from emulator.faults.plan import UnfiredFaults

if TYPE_CHECKING:
    from collections.abc import Iterable

    from emulator.executors.base import Attempt
    from emulator.simulation.curve import Curve
    from emulator.simulation.executor import CurveFor
    from emulator.simulation.trial_rule import TrialRule


class ScriptedTrials:
    """One rule and its account.

    Parameters:
        id: `trials-1`, `trials-2` ...
        rule: which trials do what.
    """

    def __init__(self, id: str, rule: TrialRule) -> None:  # noqa: A002
        self.id, self.rule = id, rule
        self.names: list[str] = []

    @property
    def missing(self) -> int:
        """How many trials should still do so; a rule without a number wants one."""
        return max(0, (self.rule.times or 1) - len(self.names))

    def document(self) -> dict[str, Any]:
        """Rule and account as JSON."""
        rule = self.rule.model_dump(mode="json", exclude_defaults=True)
        return {"id": self.id, "rule": rule, "trials": list(self.names), "missing": self.missing}

    def __str__(self) -> str:
        return f"{self.id}: {self.rule}; {len(self.names)} trials did so"


class Script:
    """Says what trials do; of several rules that match, the first one counts. May be used from any thread."""

    def __init__(self) -> None:
        self.rules: tuple[ScriptedTrials, ...] = ()
        self._lock = threading.Lock()

    def play(self, rules: Iterable[TrialRule]) -> None:
        """Have trials that start from now on do what these rules say, and no others."""
        numbered = [ScriptedTrials(f"trials-{number}", rule) for number, rule in enumerate(rules, 1)]
        with self._lock:
            self.rules = tuple(numbered)

    def before(self, otherwise: CurveFor) -> CurveFor:
        """A function that asks the script first.

        Parameters:
            otherwise: what trials do that no rule is for.
        """

        def curve_for(attempt: Attempt) -> Curve:
            return self._curve(attempt) or otherwise(attempt)

        return curve_for

    def unfired(self) -> list[ScriptedTrials]:
        """The rules that not as many trials followed as they should."""
        return [rule for rule in self.rules if rule.missing]

    def verify(self) -> None:
        """Make sure that every rule was followed.

        Raises:
            UnfiredFaults: some were not.
        """
        if unfired := self.unfired():
            lines = "\n".join(f"  {rule}" for rule in unfired)
            raise UnfiredFaults(f"{len(unfired)} scripted trials did not come; correct their match:\n{lines}")

    def clear(self) -> None:
        """Script nothing any more."""
        self.play(())

    def _curve(self, attempt: Attempt) -> Curve | None:
        with self._lock:
            for one in self.rules:
                times = one.rule.times
                if (times is None or len(one.names) < times) and one.rule.match.matches(attempt):
                    one.names.append(attempt.name)
                    return one.rule.curve(attempt)
        return None
