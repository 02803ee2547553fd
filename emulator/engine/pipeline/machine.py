"""A running pipeline as a pure state machine: told what happened to its steps, it answers with what to do.

The laws:
- A step starts when every step that it needs has Completed; all steps that are ready start at once, one batch for each
  event (recorded: `logs/azureml/executionlogs.txt` of public runs).
- With `continue_on_step_failure`, a step with a *required* input from a step that did not complete never runs; one
  whose inputs from there are all *optional* runs without them (documented: how-to-manage-inputs-outputs-pipeline).
- Without it the first failure stops the pipeline: what runs is canceled, what waits never runs (documented:
  reference-yaml-job-pipeline).
- A step that never ran has no run. `Finish` comes exactly once, after the last step that ran has ended.
- The answers are a function of the events in their order, so that a history can be replayed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from contracts.lifecycle import ENDED, JobStatus
from contracts.pipelines.graph import Need, Step, consumers_of


class NotRun(StrEnum):
    """Why a step never ran."""

    PRODUCER_FAILED = "a step that it needs did not complete"
    PIPELINE_FAILED = "another step failed, and continue_on_step_failure is false"
    PIPELINE_CANCELED = "the pipeline was canceled"
    PIPELINE_REFUSED = "the pipeline could not begin"


@dataclass(frozen=True, slots=True)
class StartSteps:
    """Run these steps, which became ready together.

    Parameters:
        names: in the order of the pipeline's body.
    """

    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StopStep:
    """Cancel a step that runs; to be answered by `step_ended`."""

    name: str


@dataclass(frozen=True, slots=True)
class SkipStep:
    """A step will never run.

    Parameters:
        name: of the step.
        why: the reason.
        because_of: the step that did not complete; None when the pipeline was canceled.
    """

    name: str
    why: NotRun
    because_of: str | None = None


@dataclass(frozen=True, slots=True)
class Finish:
    """The pipeline is over; nothing follows.

    Parameters:
        status: Completed, Failed or Canceled.
        failed: the steps that failed, in the order in which they did.
    """

    status: JobStatus
    failed: tuple[str, ...] = ()


Action: TypeAlias = StartSteps | StopStep | SkipStep | Finish


class PipelineMachine:
    """The steps of one pipeline and what became of them.

    Parameters:
        steps: with acyclic needs; see `contracts.pipelines.graph.find_cycle`.
        is_optional: whether an input of a step may stay without a value.
        continue_on_step_failure: whether independent steps go on after a failure.

    Raises:
        ValueError: a step needs one that does not exist.
    """

    def __init__(
        self,
        steps: Sequence[Step],
        *,
        is_optional: Callable[[str, str], bool] = lambda step, name: False,
        continue_on_step_failure: bool = True,
    ) -> None:
        self._steps = {step.name: step for step in steps}
        self._consumers = consumers_of(steps)
        self._goes_on = continue_on_step_failure
        self._ended: dict[str, JobStatus] = {}
        self._skipped: dict[str, SkipStep] = {}
        self._active: dict[str, None] = {}
        self._failed: list[str] = []
        self._stopping: NotRun | None = None
        self._finished = False
        # Asked once: what a component declares does not change under a pipeline that runs.
        self._optional = {
            step.name: {need for need in step.needs if is_optional(step.name, need.input)} for step in steps
        }
        self._open = {step.name: len(step.producers) for step in steps}
        if missing := sorted({name for step in steps for name in step.producers if name not in self._steps}):
            raise ValueError(f"steps need others that do not exist: {', '.join(missing)}")

    @property
    def is_finished(self) -> bool:
        """Whether `Finish` was answered."""
        return self._finished

    @property
    def active(self) -> AbstractSet[str]:
        """The steps that were started and have not ended."""
        return self._active.keys()

    @property
    def skipped(self) -> Sequence[SkipStep]:
        """The steps that will never run, each with its reason."""
        return list(self._skipped.values())

    def completed(self, need: Need) -> bool:
        """Whether the output that a step needs is there."""
        return self._ended.get(need.step) is JobStatus.COMPLETED

    def start(self) -> list[Action]:
        """The pipeline begins; called once, before all else."""
        return self._after([name for name, count in self._open.items() if count == 0])

    def step_ended(self, name: str, status: JobStatus) -> list[Action]:
        """A step that was started has ended.

        Raises:
            ValueError: it does not run, or the status is not a last one.
        """
        if name not in self._active or status not in ENDED:
            raise ValueError(f"step {name} cannot end as {status}")
        del self._active[name]
        self._ended[name] = status
        actions: list[Action] = []
        if status is JobStatus.FAILED:
            self._failed.append(name)
            if not self._goes_on and self._stopping is None:
                actions += self._stop(NotRun.PIPELINE_FAILED, name)
        return [*actions, *self._after(self._settle(name))]

    def cancel(self) -> list[Action]:
        """The user canceled the pipeline."""
        # A cancel that follows a failure is not left out: the pipeline then ends Canceled and not Failed (inferred).
        if self._finished or self._stopping is NotRun.PIPELINE_CANCELED:
            return []
        return [*self._stop(NotRun.PIPELINE_CANCELED, None), *self._after([])]

    def _settle(self, name: str) -> list[str]:
        """Count a step as over for those that need it; those that have nothing to wait for any more."""
        ready = []
        for consumer in self._consumers.get(name, ()):
            self._open[consumer] -= 1
            if self._open[consumer] == 0 and consumer not in self._skipped:
                ready.append(consumer)
        return ready

    def _after(self, candidates: Sequence[str]) -> list[Action]:
        """Start or skip those whose producers are all over, and finish when nothing is left."""
        actions: list[Action] = []
        starting: list[str] = []
        queue = list(candidates)
        for name in queue:
            if name in self._skipped or self._stopping is not None:
                continue
            if lost := self._lost(name):
                skip = SkipStep(name, NotRun.PRODUCER_FAILED, lost)
                self._skipped[name] = skip
                actions.append(skip)
                queue += self._settle(name)  # grows while it is walked: a skipped step settles those behind it
            else:
                starting.append(name)
        if starting:
            place = {name: index for index, name in enumerate(self._steps)}
            # In the order of the body and not of the events, so that a replay gives the same batches.
            starting.sort(key=place.__getitem__)
            self._active.update(dict.fromkeys(starting))
            actions.append(StartSteps(tuple(starting)))
        # Skipped steps count as over, else a pipeline whose last steps are skipped would never finish.
        if not self._active and not self._finished and len(self._ended) + len(self._skipped) == len(self._steps):
            self._finished = True
            actions.append(Finish(self._status(), tuple(self._failed)))
        return actions

    def _lost(self, name: str) -> str | None:
        """The first producer of a required input that did not complete."""
        for need in self._steps[name].needs:
            if need not in self._optional[name] and not self.completed(need):
                return need.step
        return None

    def _stop(self, why: NotRun, because_of: str | None) -> list[Action]:
        self._stopping = why
        skips = [
            SkipStep(name, why, because_of)
            for name in self._steps
            if name not in self._active and name not in self._ended and name not in self._skipped
        ]
        self._skipped.update({skip.name: skip for skip in skips})
        return [*skips, *(StopStep(name) for name in self._active)]

    def _status(self) -> JobStatus:
        if self._stopping is NotRun.PIPELINE_CANCELED:
            return JobStatus.CANCELED
        if self._failed or self._stopping is not None:
            return JobStatus.FAILED
        if any(status is JobStatus.CANCELED for status in self._ended.values()):
            return JobStatus.FAILED  # inferred: the user canceled one of its steps
        return JobStatus.COMPLETED
