"""The executor that the job runner has: gives each attempt to the one that its compute names."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator

from emulator.executors.base import Attempt, AttemptHandle, Executor, Exit, NodeTaken, Placement, TrialEnded, TrialEvent
from emulator.executors.registry import EXECUTORS, ExecutorContext
from emulator.storage import attempts

_MOVED = "its compute has another executor than when it was started"


class ExecutorByPlacement:
    """See `emulator.executors.base`.

    Parameters:
        context: what executors are made of; its settings name the one for computes that name none.
        own: that one, where it is there already.
    """

    def __init__(self, context: ExecutorContext, own: Executor | None = None) -> None:
        self._context, self._name = context, context.settings.executor
        self._made: dict[str, Executor] = {self._name: own or EXECUTORS[self._name].make(context)}

    def start(self, attempt: Attempt, on_event: Callable[[TrialEvent], None]) -> AttemptHandle:
        """Start one attempt; see `emulator.executors.base`."""
        return self._of(attempt.placement).start(attempt, on_event)

    def survives(self, attempt: str, record: str | None) -> bool:
        """Whether any executor still has it."""
        return self._holder(attempt, record) is not None

    def adopt(self, attempt: Attempt, record: str | None, on_event: Callable[[TrialEvent], None]) -> AttemptHandle:
        """Go on with an attempt of an earlier process of the emulator; lost where its compute has changed since."""
        holder = self._holder(attempt.id, record)
        if holder is self._of(attempt.placement):
            return holder.adopt(attempt, record, on_event)
        if holder:
            holder.discard(attempt.id, record)
        on_event(NodeTaken(lost=True, why=_MOVED))
        return _Gone(on_event)

    def discard(self, attempt: str, record: str | None) -> None:
        """End what is left of one attempt."""
        (self._holder(attempt, record) or self._made[self._name]).discard(attempt, record)

    def reap(self, kept: Collection[str]) -> None:
        """End what earlier processes of the emulator left running."""
        # On executors that nobody has asked for yet there can be only what workers have leased.
        every = self._every() if attempts.leased(self._context.store.reader()) else self._made.values()
        for executor in list(every):
            executor.reap(kept)

    def capacity(self, placement: Placement | None = None) -> int | None:
        """How many attempts can run at a time where a compute has them run."""
        return self._of(placement).capacity(placement)

    def close(self) -> None:
        """Let go of everything."""
        for executor in self._made.values():
            executor.close()

    def _of(self, placement: Placement | None) -> Executor:
        name = placement.executor if placement else self._name
        if name not in self._made:
            self._made[name] = EXECUTORS[name].make(self._context)
        return self._made[name]

    def _holder(self, attempt: str, record: str | None) -> Executor | None:
        return next((one for one in self._every() if one.survives(attempt, record)), None)

    def _every(self) -> Iterator[Executor]:
        """Those that can have attempts of an earlier process, the emulator's own first."""
        yield self._made[self._name]
        for name, kind in EXECUTORS.items():
            if name != self._name and not kind.is_virtual:
                yield self._of(Placement(name))


class _Gone:
    """An attempt that has no processes any more."""

    def __init__(self, tell: Callable[[TrialEvent], None]) -> None:
        self._tell = tell
        self._has_ended = False

    def stop(self, grace: float) -> None:
        if not self._has_ended:
            self._has_ended = True
            self._tell(TrialEnded(Exit(message=f"It was stopped, and {_MOVED}.")))

    def forget(self) -> None:
        pass
