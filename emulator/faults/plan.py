"""The faults that are planned for requests, and whether they came."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from emulator.faults.request_match import Asked
    from emulator.faults.rule import FaultRule

#: More cannot be planned at a time.
MOST_FAULTS = 1000


class UnfiredFaults(AssertionError):
    """Planned faults never came, or not as often as planned; the text names each."""


class ConnectionBroken(ConnectionResetError):
    """A fault ended the connection; raised where there is none, that is, in process."""


class PlannedFault:
    """One planned fault and its account.

    Parameters:
        id: `fault-1`, `fault-2` ...
        rule: what goes wrong when.
    """

    def __init__(self, id: str, rule: FaultRule) -> None:  # noqa: A002
        self.id, self.rule = id, rule
        self.matched = 0
        self.fired = 0

    @property
    def is_over(self) -> bool:
        """Whether it will not come any more."""
        return self.rule.times is not None and self.fired >= self.rule.times

    @property
    def missing(self) -> int:
        """How many times it should still have come; one that always comes should come once."""
        return max(0, (self.rule.times or 1) - self.fired)

    def document(self) -> dict[str, Any]:
        """Its rule and account as JSON."""
        rule = self.rule.model_dump(mode="json", exclude_defaults=True)
        account = {"matched": self.matched, "fired": self.fired, "missing": self.missing}
        return {"id": self.id, "rule": rule, **account}

    def __str__(self) -> str:
        times = "always" if self.rule.times is None else f"{self.rule.times} times" if self.rule.times > 1 else "once"
        return f"{self.id}: {self.rule}; planned {times}, came {self.fired} times ({self.matched} requests matched)"


class Faults:
    """Plans faults, and says of each request whether it goes wrong; may be used from any thread.

    >>> faults = Faults()
    >>> fault = faults.plan(match="GET jobs/*", status=503, times=2, retry_after=1)
    >>> [planned.id for planned in faults.unfired()]
    ['fault-1']
    """

    def __init__(self) -> None:
        self.planned: tuple[PlannedFault, ...] = ()
        self._count = 0
        self._lock = threading.Lock()

    def plan(self, rule: FaultRule | Mapping[str, Any] | None = None, **values: Any) -> PlannedFault:
        """Let requests go wrong from now on; of several faults that match, the one planned first comes.

        Parameters:
            rule: what shall happen; or give its keys by name, see `FaultRule`.

        Raises:
            ValueError: there is no such fault; the text names the key and the remedy.
        """
        checked = _checked(values if rule is None else rule)
        with self._lock:
            if len(self.planned) >= MOST_FAULTS:
                raise ValueError(f"{MOST_FAULTS} faults are planned already; clear them first")
            self._count += 1
            fault = PlannedFault(f"fault-{self._count}", checked)
            self.planned = (*self.planned, fault)
        return fault

    def strike(self, asked: Asked) -> PlannedFault | None:
        """The fault that a request meets, taken into account; None when all goes well."""
        with self._lock:
            for fault in self.planned:
                if fault.is_over or not fault.rule.match.matches(asked):
                    continue
                fault.matched += 1
                if fault.matched > fault.rule.after:
                    fault.fired += 1
                    return fault
        return None

    def unfired(self) -> list[PlannedFault]:
        """The faults that have not come as often as planned."""
        return [fault for fault in self.planned if fault.missing]

    def verify(self) -> None:
        """Make sure that every planned fault came.

        Raises:
            UnfiredFaults: some did not.
        """
        if unfired := self.unfired():
            lines = "\n".join(f"  {fault}" for fault in unfired)
            raise UnfiredFaults(
                f"{len(unfired)} planned faults did not come; correct their match, or plan fewer:\n{lines}"
            )

    def remove(self, id: str) -> bool:  # noqa: A002
        """Take one fault back; whether there was one of that id."""
        with self._lock:
            kept = tuple(fault for fault in self.planned if fault.id != id)
            found, self.planned = len(kept) < len(self.planned), kept
        return found

    def clear(self) -> None:
        """Take all faults back, and begin their ids anew."""
        with self._lock:
            self.planned, self._count = (), 0


def _checked(rule: FaultRule | Mapping[str, Any]) -> FaultRule:
    from pydantic import ValidationError

    from contracts.diagnostics.model_errors import of_types
    from contracts.diagnostics.yaml_text import dotted
    from emulator.faults.rule import FaultRule

    if isinstance(rule, FaultRule):
        return rule
    try:
        return FaultRule.model_validate(dict(rule))
    except ValidationError as error:
        found = [f"{dotted(one.path) or 'fault'}: {one.message}" for one in of_types(error.errors(), FaultRule)]
        raise ValueError("; ".join(found)) from None
