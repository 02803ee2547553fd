"""A running sweep: turns what its state machine asks for into writes, log lines and trials."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from contracts.lifecycle import JobStatus
from emulator.engine.actions import (
    Action,
    AllGenerated,
    Component,
    Finish,
    NewBest,
    QueueTrial,
    Record,
    StartTrial,
    StopTrial,
    WriteLog,
)
from emulator.engine.plan import SweepPlan
from emulator.engine.sweep import Sweep
from emulator.engine.termination.base import Decision
from emulator.engine.trial import TrialOutcome
from emulator.runner.child_job import best_properties, child_job, parameters_text
from emulator.runner.hyperdrive_log import log_line
from emulator.runner.job_run import Trial
from emulator.runner.progress_tags import ProgressTags
from emulator.runner.run_context import RunContext
from emulator.runner.transitions import advance
from emulator.runner.trial_run import TrialRun
from emulator.storage import decisions, jobs, labels
from emulator.storage.jobs import Job
from emulator.storage.labels import WAITS_FOR, Kind
from emulator.trials.resolved_job import ResolvedJob

_ALL_GENERATED = {"_aml_system_all_jobs_generated": "true"}


class SweepRun:
    """One sweep job: a `JobRun` to its compute, the owner to its trials.

    Parameters:
        context: its dependencies.
        job: as stored.
        plan: what it shall do.
        resolved: how to run its trials.
        compute: name of its compute.
    """

    def __init__(self, context: RunContext, job: Job, plan: SweepPlan, resolved: ResolvedJob, compute: str) -> None:
        self.job, self.resolved, self.compute = job, resolved, compute
        self.machine = Sweep(plan)
        self.trials: list[TrialRun] = []
        self.finished = False
        self._context = context
        self._on_nodes: set[int] = set()
        self._told_to_wait = False
        self._waits_for = ""
        self._progress = ProgressTags(lambda tags: self.label("tag", tags), context.scheduler)

    @property
    def wants(self) -> int:
        """How many more nodes it could use now."""
        return self.machine.wants

    @property
    def holds(self) -> int:
        """How many nodes it has."""
        return len(self._on_nodes)

    @property
    def next_deadline(self) -> float | None:
        """When `tick` has to be called at the latest."""
        return self.machine.next_deadline

    def start(self, now: float) -> None:
        """It begins."""
        self._context.attempts.release(self.resolved, begins=True)  # what an earlier job of the same name may have left
        if self.job.status is not JobStatus.RUNNING:
            self._move(JobStatus.RUNNING, now)
        if self.machine.plan.space.size is not None:
            self.label("property", {"space_size": str(self.machine.plan.space.size)})
        self._progress.hold(self._context.settings.sweep_tags_take)
        self.apply(self.machine.start(now), now)
        if self.machine.plan.sampling_kind.by_chance:
            self.say(f"The seed of the sampling is {self.machine.plan.seed}.", now)

    def offer(self, nodes: int, now: float) -> None:
        """It may use so many more nodes."""
        self.apply(self.machine.offer(nodes, now), now)

    def tick(self, now: float) -> None:
        """Time has passed."""
        self.apply(self.machine.tick(now), now)

    def cancel(self, now: float) -> None:
        """The user canceled the sweep, perhaps too late."""
        if self.finished:
            return
        self._move(JobStatus.CANCEL_REQUESTED, now)
        self.label("tag", {"_aml_system_cancellation_requested": "true"})
        self.apply(self.machine.cancel(now), now)

    def cancel_trial(self, trial: Trial, now: float) -> None:
        """The user canceled one trial."""
        self.apply(self.machine.cancel_trial(trial.index, now), now)

    def preempt(self) -> None:
        """All its nodes are taken away."""
        for trial in self.trials:
            trial.preempt()

    def interrupt(self) -> None:
        """The emulator stops."""
        for trial in self.trials:
            trial.interrupt()

    def child_begun(self, child: Job, now: float, *, reused: bool) -> None:
        """It has others run no jobs."""

    def child_ended(self, child: Job, now: float) -> None:
        """It has others run no jobs."""

    def say(self, text: str, now: float, level: str = "INFO") -> None:
        """Add a record of the emulator's own to the sweep's log."""
        self.apply([WriteLog(Component.SCHEDULER, text, level)], now)

    def must_wait(self, why: str, now: float) -> None:
        """Its trials wait for nodes: say so, the first time."""
        if not self._told_to_wait:
            self._told_to_wait = True
            self.say(why, now)

    def trial_waits(self, why: str, now: float) -> None:
        """No machine can run its trials: say so, once for each reason, and for as long as it is so."""
        if why != self._waits_for:
            self._waits_for = why
            self.say(why, now, "WARNING")
            self.label("property", {WAITS_FOR: why})

    def trial_running(self, trial: Trial, now: float) -> None:
        """A trial's command runs."""
        self._note_no_wait()
        self.apply(self.machine.trial_running(trial.index, now), now)

    def metric_logged(self, trial: Trial, name: str, value: float, now: float) -> None:
        """A trial logged a value, which is stored."""
        machine = self.machine
        # Once for each name: a trial logs thousands of values, and the machine would forget all but the first.
        if name not in machine.trials[trial.index].metric_names:
            self.apply(machine.metric_named(trial.index, name, now), now)
        if name == machine.plan.objective.metric:
            self.apply(machine.metric(trial.index, value, now), now)

    def trial_requeued(self, trial: Trial, now: float) -> None:
        """A trial lost its node."""
        self._on_nodes.discard(trial.index)
        self.apply(self.machine.trial_requeued(trial.index, now), now)

    def trial_ended(self, trial: Trial, outcome: TrialOutcome, now: float) -> None:
        """A trial is over."""
        self._on_nodes.discard(trial.index)
        self.apply(self.machine.trial_ended(trial.index, outcome, now), now)

    def note_adopted(self, trial: TrialRun) -> None:
        """A trial of it runs since before this process of the emulator."""
        self._on_nodes.add(trial.index)

    def apply(self, actions: Iterable[Action], now: float) -> None:
        """Do what the state machine asks for."""
        queued: dict[str, str] = {}
        for action in actions:
            match action:
                case QueueTrial(index, parameters):
                    queued[_trial_tag(self._queue(index, parameters, now))] = parameters_text(parameters)
                case StartTrial(index):
                    self._on_nodes.add(index)
                    self.trials[index].start()
                case StopTrial(index, cause):
                    self.trials[index].stop(cause)
                case WriteLog():
                    self._context.unit_of_work.line(self.job, log_line(now, action))
                case Record(decision):
                    self._record(decision, now)
                case NewBest(index, value):
                    self.label("property", best_properties(self.trials[index].name, value))
                case AllGenerated():
                    self._progress.add(_ALL_GENERATED)
                case Finish():
                    self._finish(action, now)
        # Any of these may have changed how many nodes it holds or wants.
        self._context.scheduler.note_changed(self)
        if queued:
            self._note_generated(queued)

    def note_resumed(self, now: float) -> None:
        """It goes on in another process of the emulator, its machine rebuilt: tags that were held back still are."""
        seconds = self._context.settings.sweep_tags_take
        if seconds <= 0:
            return
        self._progress.hold((self.job.started or now) + seconds - now)
        self._note_generated({_trial_tag(trial.name): parameters_text(trial.parameters or {}) for trial in self.trials})
        if self.machine.all_drawn:
            self._progress.add(_ALL_GENERATED)

    def label(self, kind: Kind, values: Mapping[str, str]) -> None:
        """Write tags or properties on the sweep."""
        self._context.unit_of_work.write(lambda conn: labels.merge(conn, self.job.id, kind, values))

    def unlabel(self, kind: Kind, keys: Iterable[str]) -> None:
        """Take tags or properties off the sweep."""
        self._context.unit_of_work.write(lambda conn: labels.remove(conn, self.job.id, kind, keys))

    def _note_no_wait(self) -> None:
        if self._waits_for:
            self._waits_for = ""
            self.unlabel("property", [WAITS_FOR])

    def _note_generated(self, tags: Mapping[str, str]) -> None:
        self._progress.add({**tags, "_aml_system_samples_generated_count": str(len(self.trials))})

    def _queue(self, index: int, parameters: dict[str, Any], now: float) -> str:
        own = self.resolved.settings.fixed_outputs == "separate"
        new = child_job(self.job, index, parameters, now, has_own_outputs=own)
        trial = TrialRun(self._context, self, new.name, index, parameters)
        self.trials.append(trial)
        self._context.unit_of_work.write(
            # The row id is known only once this is stored; what needs it (metrics, the attempt) is stored after it.
            lambda conn: self._context.scheduler.note_stored(trial, jobs.create(conn, new))
        )
        trial.queue(self._context.settings.durations)
        return new.name

    def _record(self, decision: Decision, now: float) -> None:
        self._context.unit_of_work.write(lambda conn: decisions.append(conn, self.job.id, now, "policy", decision))

    def _finish(self, finish: Finish, now: float) -> None:
        self.finished = True
        self._progress.release()
        self._note_no_wait()
        # The lifecycle has no way to Completed but through Finalizing.
        if finish.status is JobStatus.COMPLETED:
            self._move(JobStatus.FINALIZING, now)
        self._move(finish.status, now, finish.message or "")
        if finish.code is not None:
            error = {"code": finish.code, "message": finish.message}
            self._context.unit_of_work.write(lambda conn: jobs.set_error(conn, self.job.id, error))
        self._context.unit_of_work.afterwards(lambda: self._context.attempts.release(self.resolved))

    def _move(self, status: JobStatus, now: float, cause: str = "") -> None:
        self._context.unit_of_work.write(lambda conn: advance(conn, self.job.id, status, now, cause, 1))


def _trial_tag(name: str) -> str:
    """The tag in which a sweep keeps the parameters of a trial."""
    return f"_aml_system_{name}"
