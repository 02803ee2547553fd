"""A running pipeline: turns what its state machine asks for into stored jobs, which run like any other."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from contracts.lifecycle import ENDED, JobStatus
from emulator.engine.pipeline import run_labels
from emulator.engine.pipeline.interface import LITERAL_TYPES
from emulator.engine.pipeline.machine import Action, Finish, PipelineMachine, SkipStep, StartSteps, StopStep
from emulator.engine.pipeline.step_body import is_deterministic
from emulator.job_types import parts_of
from emulator.runner.job_run import Trial
from emulator.runner.pipelines.definition import PipelineDefinition, component_of
from emulator.runner.pipelines.outputs import register_pipeline_outputs, written
from emulator.runner.pipelines.step_job import node_of, refused_step, run_of, step_job
from emulator.runner.reuse import run_after_all
from emulator.runner.run_context import RunContext
from emulator.runner.transitions import advance, refuse
from emulator.storage import jobs, labels
from emulator.storage.jobs import Job, JobId, NewJob
from emulator.trials.components import Component
from emulator.trials.resolved_job import ResolvedJob


@dataclass
class _Batch:
    """Steps that became ready together.

    Parameters:
        open: those of which it is not known yet whether they run.
        begun: those that do.
    """

    open: list[str]
    begun: list[str] = field(default_factory=list)


class PipelineRun:
    """One pipeline job: a `JobRun` that holds no nodes, the parent of its steps.

    Parameters:
        context: its dependencies.
        definition: of the stored job.
        machine: its state, not yet started.
        resolved: its settings.
    """

    def __init__(
        self, context: RunContext, definition: PipelineDefinition, machine: PipelineMachine, resolved: ResolvedJob
    ) -> None:
        self.job, self.resolved, self.compute = definition.job, resolved, ""
        self.definition, self.machine = definition, machine
        self.finished = False
        self._context = context
        self._jobs = context.children
        self._children: dict[str, JobId] = {}
        self._batches: list[_Batch] = []

    @property
    def trials(self) -> Sequence[Trial]:
        """It runs nothing itself."""
        return ()

    @property
    def wants(self) -> int:
        """It needs no node; its steps do."""
        return 0

    @property
    def holds(self) -> int:
        """It has no node."""
        return 0

    @property
    def next_deadline(self) -> float | None:
        """Nothing of it is due."""
        return None

    def start(self, now: float) -> None:
        """It begins."""
        self._context.unit_of_work.line(self.job, "")
        self._move(JobStatus.RUNNING, now)
        self.apply(self.machine.start(), now)

    def resume(self, children: Sequence[Job], now: float) -> None:
        """It goes on where an earlier process left it: steps that have ended are not run again.

        Parameters:
            children: its steps that were stored.
        """
        if self.job.started is None:
            self._move(JobStatus.RUNNING, now)
        known = {self.definition.name_of(child): child for child in children}
        self._children = {name: child.id for name, child in known.items()}
        actions = self.machine.start()
        # In the order in which they ended, as the machine was told before.
        for child in sorted(children, key=lambda one: (one.ended or now, one.id)):
            if child.status in ENDED:
                actions += self.machine.step_ended(self.definition.name_of(child), child.status)
        # Those that ran come first: they stand for equal ones, which waited for them.
        for name in sorted(self.machine.active & known.keys(), key=lambda one: known[one].started is None):
            self._context.unit_of_work.write(partial(run_after_all, step=known[name]))
            self._submit(name, self._component(name), is_nested=known[name].has_steps)
        self.apply(_still_to_do(actions, known), now)

    def offer(self, nodes: int, now: float) -> None:
        """It needs none."""

    def must_wait(self, why: str, now: float) -> None:
        """It waits for none."""

    def tick(self, now: float) -> None:
        """Nothing of it is due."""

    def cancel(self, now: float) -> None:
        """The user canceled it, perhaps too late."""
        if self.finished:
            return
        self._move(JobStatus.CANCEL_REQUESTED, now)
        self.say("Experiment cancel requested, checking remained jobs...", now)
        self.apply(self.machine.cancel(), now)

    def preempt(self) -> None:
        """The nodes of its steps are taken away."""
        for name in list(self.machine.active):
            self._jobs.preempt(self._children[name])

    def interrupt(self) -> None:
        """The emulator stops; so do the steps, each by itself."""

    def child_begun(self, child: Job, now: float, *, reused: bool) -> None:
        """A step has begun, or the run of another stands for it; those that began together are told together."""
        name = self.definition.name_of(child)
        for batch in self._batches:
            if name in batch.open:
                batch.open.remove(name)
                batch.begun += [] if reused else [name]
                if not batch.open:
                    self._batches.remove(batch)
                    self._tell(batch.begun, now)
                return

    def _tell(self, begun: Sequence[str], now: float) -> None:
        runs = [(node_of(self.definition, name), run_of(self.definition, name)) for name in begun]
        if runs:
            self._context.unit_of_work.line(self.job, run_labels.submitting_line(now, runs))

    def child_ended(self, child: Job, now: float) -> None:
        """A step has ended.

        Parameters:
            child: as it is stored now.
        """
        name = self.definition.name_of(child)
        if self.finished or name not in self.machine.active:
            return
        self.child_begun(child, now, reused=False)
        self.say(f"Completing processing run id {child.name}.", now)
        self.apply(self.machine.step_ended(name, child.status), now)

    def apply(self, actions: Iterable[Action], now: float) -> None:
        """Do what the state machine asks for."""
        for action in actions:
            match action:
                case StartSteps(names):
                    self._start_steps(names, now)
                case StopStep(name):
                    # A step that this turn has begun has its row id only when it is stored.
                    self._context.unit_of_work.afterwards(partial(self._cancel_step, name))
                case SkipStep(name, why, because_of):
                    cause = f" ({because_of})" if because_of else ""
                    self.say(f"Step {name} is not run: {why}{cause}.", now)
                case Finish():
                    self._finish(action, now)
        self._context.scheduler.note_changed(self)

    def say(self, text: str, now: float) -> None:
        """Add a line to the pipeline's log."""
        self._context.unit_of_work.line(self.job, run_labels.line(now, text))

    def _start_steps(self, names: Sequence[str], now: float) -> None:
        self._batches.append(_Batch(list(names)))
        for name in names:
            try:
                component = component_of(self._jobs.reader(), self.definition.nodes[name])
                new = self._made(name, component, now)
            except ValueError as error:
                self._store(name, refused_step(self.definition, name, now), str(error), now)
                self._context.unit_of_work.afterwards(partial(self._tell_ended, name))
            else:
                self._store(name, new, None, now)
                is_nested = parts_of(new.type).has_steps
                self._context.unit_of_work.afterwards(partial(self._submit, name, component, is_nested=is_nested))

    def _made(self, name: str, component: Component, now: float) -> NewJob:
        return step_job(
            self.definition,
            name,
            component,
            output_of=self._output_of,
            settings=self.resolved.settings,
            origin=self._context.origin,
            at=now,
        )

    def _store(self, name: str, new: NewJob, refusal: str | None, now: float) -> None:
        """Store a step; one that is refused has failed."""

        def work(conn: sqlite3.Connection) -> None:
            self._children[name] = key = jobs.create(conn, new)
            assets = [one["assetName"] for one in (new.body.get("outputs") or {}).values() if one.get("assetName")]
            labels.insert(conn, key, "asset", dict.fromkeys(assets, ""))
            if refusal is not None:
                refuse(conn, jobs.get(conn, key), refusal, now)

        self._context.unit_of_work.write(work)

    def _component(self, name: str) -> Component | None:
        """That of a stored step; None where it was removed meanwhile: the step runs without it."""
        try:
            return component_of(self._jobs.reader(), self.definition.nodes[name])
        except ValueError:
            return None

    def _submit(self, name: str, component: Component | None, *, is_nested: bool) -> None:
        forced = run_labels.is_rerun_forced(self.definition.settings)
        # A nested pipeline is not reused as a whole; its steps are, one by one.
        reusable = component is not None and is_deterministic(component.spec) and not is_nested and not forced
        self._jobs.submit(self._children[name], reusable=reusable)

    def _tell_ended(self, name: str) -> None:
        self._jobs.ended(self._children[name])

    def _cancel_step(self, name: str) -> None:
        self._jobs.cancel(self._children[name])

    def _output_of(self, step: str, output: str | None) -> Mapping[str, Any] | None:
        conn = self._jobs.reader()
        found = written(conn, jobs.get(conn, self._children[step]), output) if step in self._children else None
        if found is None:
            return None
        if found.kind == "uri_file" and self._is_value(conn, step, output):
            return {"jobInputType": "literal", "value": found.value(conn)}
        return {"jobInputType": found.kind, "uri": found.uri}

    def _is_value(self, conn: sqlite3.Connection, step: str, output: str | None) -> bool:
        """Whether the component of a step declares an output as a literal."""
        try:
            declared = component_of(conn, self.definition.nodes[step]).interface.outputs
        except ValueError:  # removed meanwhile
            return False
        port = declared.get(output) if output else next(iter(declared.values()), None)
        return port is not None and port.type.lower() in LITERAL_TYPES

    def _finish(self, finish: Finish, now: float) -> None:
        self.finished = True
        job, status = self.job, finish.status
        if status is JobStatus.CANCELED:
            self.say("Experiment status is canceled, set experiment status as canceled and return.", now)
        else:
            self.say("Finishing experiment: no runs left and nothing to schedule.", now)
        message = run_labels.failure_message(finish.failed) if status is JobStatus.FAILED else ""

        def work(conn: sqlite3.Connection) -> None:
            if status is JobStatus.COMPLETED:
                register_pipeline_outputs(conn, self.definition, now)
                advance(conn, job.id, JobStatus.FINALIZING, now, "", 1)
            advance(conn, job.id, status, now, message, 1)
            started = jobs.get(conn, job.id).started
            succeeded = status is JobStatus.COMPLETED
            labels.merge(conn, job.id, "property", run_labels.stages(started, now, succeeded=succeeded))
            if message:
                jobs.set_error(conn, job.id, {"code": "UserError", "message": message})

        self._context.unit_of_work.write(work)
        self._context.unit_of_work.afterwards(lambda: self._context.attempts.release(self.resolved))

    def _move(self, status: JobStatus, now: float) -> None:
        self._context.unit_of_work.write(lambda conn: advance(conn, self.job.id, status, now, "", 1))


def _still_to_do(actions: Iterable[Action], known: Mapping[str, Job]) -> Iterable[Action]:
    """Of the actions of a history, those that were not carried out."""
    for action in actions:
        match action:
            case StartSteps(names):
                if missing := tuple(name for name in names if name not in known):
                    yield StartSteps(missing)
            case StopStep(name) if name in known and known[name].status in ENDED:
                pass
            case SkipStep():
                pass
            case _:
                yield action
