"""One trial (or command job): its statuses, its attempts, and the stop that its owner asks for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from contracts.lifecycle import JobStatus
from emulator.engine.settings import StateDurations
from emulator.engine.trial import TrialOutcome
from emulator.executors.base import (
    Attempt,
    AttemptHandle,
    Exit,
    NodeTaken,
    TrialEnded,
    TrialEvent,
    TrialFinalizing,
    TrialMetric,
    TrialStarted,
    TrialWaiting,
)
from emulator.runner.heartbeat import Heartbeat
from emulator.runner.job_run import Owner
from emulator.runner.run_context import RunContext
from emulator.runner.transitions import advance, requeue
from emulator.storage import attempts, jobs, labels
from emulator.storage.attempts import AttemptRow, AttemptState
from emulator.storage.jobs import JobId
from emulator.storage.labels import WAITS_FOR
from emulator.storage.metrics import Point
from emulator.trials.launcher import last_lines

#: Its command runs, or seems to.
BUSY = (JobStatus.RUNNING, JobStatus.NOT_RESPONDING)

#: The cause that is told of a trial that lost its node.
PREEMPTED = "its node was preempted"


class TrialRun:
    """One trial.

    Parameters:
        context: its dependencies.
        owner: is told.
        name: of its job.
        index: number in its sweep.
        parameters: its values; None for a command job.
        status: of the stored job.
        attempt: number of its attempt: 1, or more when it is started again.
        lost: how many of its attempts were lost.
    """

    def __init__(
        self,
        context: RunContext,
        owner: Owner,
        name: str,
        index: int = 0,
        parameters: Mapping[str, Any] | None = None,
        *,
        status: JobStatus = JobStatus.NOT_STARTED,
        attempt: int = 1,
        lost: int = 0,
    ) -> None:
        self.name, self.index, self.parameters = name, index, parameters
        self.status, self.attempt, self.lost = status, attempt, lost
        self.job: JobId | None = None
        self.holds_node = False
        self.ended = False
        self.counted: dict[str, int] | None = None
        self.owner = owner
        self._context = context
        self._ready = False
        self._handle: AttemptHandle | None = None
        self._log: Path | None = None
        self._stop_cause: str | None = None
        self._interrupted = False
        self._preempted = False
        self._loss: str | None = None
        self._waits = False
        self._heartbeat: Heartbeat | None = None

    def queue(self, durations: StateDurations) -> None:
        """Go through the states before Running that the settings want to last, and wait for a node in Queued."""
        states = [
            (JobStatus.STARTING, durations.starting),
            (JobStatus.PROVISIONING, durations.provisioning),
            (JobStatus.PREPARING, durations.preparing),
            (JobStatus.QUEUED, durations.queued),
        ]
        self._enter(iter([state for state in states if state[1] or state[0] is JobStatus.QUEUED]))

    def start(self) -> None:
        """There is a node for it."""
        self.holds_node = True
        if self._ready:
            self._launch_when_stored()

    def adopt(self, record: str | None, counted: Mapping[str, int]) -> None:
        """Go on with its attempt, which survived an earlier process of the emulator.

        Parameters:
            record: what the executor keeps of the attempt.
            counted: how many values of each metric its owner knows already.
        """
        self.holds_node = self._ready = True
        self.counted = dict(counted)
        self._handle = self._context.executor.adopt(self._attempt(self._stored), record, self._tell)

    def stop(self, cause: str) -> None:
        """End it, canceled; in Finalizing it is too late for that (as in the service)."""
        if self._stop_cause is not None or self.ended or self.status is JobStatus.FINALIZING:
            return
        self._stop_cause = cause
        self._move(JobStatus.CANCEL_REQUESTED, cause)
        if self._handle:
            self._context.unit_of_work.afterwards(self._stop_processes)
        # With a node and ready, `_launch` is due: it finds the stop itself, once the attempt is stored.
        elif not (self.holds_node and self._ready):
            self._context.scheduler.soon(lambda: self._end(Exit()))

    def interrupt(self) -> None:
        """The emulator stops: end the processes; the trial starts again when the emulator does."""
        self._interrupted = True
        if self._handle:
            self._stop_processes()

    def preempt(self) -> None:
        """Take its node away: end the processes; it waits for another node, to start from its beginning."""
        # One without processes has nothing to be taken away; one that is being stopped ends in any case.
        if self.status in BUSY and self._handle and not self._is_stopping:
            self._preempted = True
            self._context.unit_of_work.afterwards(self._stop_processes)

    def metric_logged(self, name: str, value: float, now: float) -> None:
        """It logged a value, which is stored: it counts as a heartbeat, and its owner is told."""
        if self._heartbeat:
            self._heartbeat.metric_logged()
        self.owner.metric_logged(self, name, value, now)

    @property
    def stopping(self) -> bool:
        """Whether it was told to stop."""
        return self._stop_cause is not None

    @property
    def has_processes(self) -> bool:
        """Whether an executor runs an attempt of it."""
        return self._handle is not None and not self.ended

    def _enter(self, states: Iterator[tuple[JobStatus, float]]) -> None:
        if self._stop_cause is not None or self.ended:
            return
        for status, seconds in states:
            if status is not self.status:
                self._move(status)
            if seconds:
                self._context.scheduler.later(seconds, lambda: self._enter(states))
                return
        self._ready = True
        if self.holds_node:
            self._launch_when_stored()

    def _launch_when_stored(self) -> None:
        """An attempt is known before it starts: whatever happens then, no other one is taken for it."""
        self._keep_attempt()
        self._context.unit_of_work.afterwards(self._launch)

    def _keep_attempt(self, record: str = "", worker: str = "", host: str = "") -> None:
        reach, number = self._context.attempts.reach, self.attempt
        if reach:  # else it lives in this process, and ends with it
            self._context.unit_of_work.write(
                lambda conn: attempts.keep(conn, AttemptRow(self._stored, number, reach, record, worker, host))
            )

    def _launch(self) -> None:
        if self._stop_cause is not None:
            self._context.scheduler.soon(lambda: self._end(Exit()))
        elif self.job is None:
            self._context.scheduler.soon(lambda: self._end(Exit(message="The trial could not be stored.", system=True)))
        elif not self._interrupted:
            try:
                handle = self._context.executor.start(self._attempt(self.job), self._tell)
            except Exception as error:  # noqa: BLE001 - whatever it is (a thread too many), the trial ends and says why
                why = f"The trial could not be started: {error}"
                self._context.scheduler.soon(lambda: self._end(Exit(message=why, system=True)))
            else:
                self._handle = handle

    def _attempt(self, job: JobId) -> Attempt:
        make, resolved = self._context.attempts.attempt, self.owner.resolved.whole
        attempt = make(resolved, job, self.name, self.index, self.parameters, self.attempt)
        self._log = attempt.log
        return attempt

    def _tell(self, event: TrialEvent) -> None:
        self._context.scheduler.soon(lambda: self._note(event))

    def _stop_processes(self) -> None:
        self._stop_heartbeat()
        if self._handle:
            self._handle.stop(self._context.grace)

    def _note(self, event: TrialEvent) -> None:
        now = self._context.clock.now()
        match event:
            case TrialWaiting():
                self._note_wait(event.why, now)
            case TrialStarted():
                self._note_start(event, now)
            case TrialMetric():
                self._context.unit_of_work.point(self._stored, event.name, Point(event.value, now, event.step))
                self.metric_logged(event.name, event.value, now)
            case NodeTaken():
                self._loss = event.why if event.lost else None
                self.preempt()
            case TrialFinalizing():
                self._stop_heartbeat()
                if event.exit.ok and not self._is_stopping:
                    self._move(JobStatus.FINALIZING)
            case TrialEnded():
                self._end(event.exit)

    def _note_start(self, event: TrialStarted, now: float) -> None:
        self._note_no_wait()
        # An attempt that was adopted when its command had ended already has no process to be recorded.
        if event.record is not None:
            self._keep_attempt(event.record, event.worker, event.host)
        if not self._is_stopping:
            if self.counted is None:  # else it was adopted, and runs already
                self._move(JobStatus.RUNNING)
                self.owner.trial_running(self, now)
            if timeout := self._context.settings.heartbeat_timeout:
                later = self._context.scheduler.later
                self._heartbeat = Heartbeat(self._log, timeout, later, self._revive, self._note_silence)

    def _note_wait(self, why: str, now: float) -> None:
        self._waits = True
        self._context.unit_of_work.write(lambda conn: labels.merge(conn, self._stored, "property", {WAITS_FOR: why}))
        self.owner.trial_waits(why, now)

    def _note_no_wait(self) -> None:
        if self._waits:
            self._waits = False
            self._context.unit_of_work.write(lambda conn: labels.remove(conn, self._stored, "property", [WAITS_FOR]))

    def _note_silence(self) -> None:
        if self.status is JobStatus.RUNNING:
            silence = f"no sign of life for {self._context.settings.heartbeat_timeout:g} s"
            self._move(JobStatus.NOT_RESPONDING, silence)

    def _revive(self) -> None:
        if self.status is JobStatus.NOT_RESPONDING:
            self._move(JobStatus.RUNNING, "heartbeat resumed")

    def _end(self, ending: Exit) -> None:
        if self.ended:
            return
        self.holds_node = False
        self._stop_heartbeat()
        self._note_no_wait()
        if self._handle:
            self._context.unit_of_work.afterwards(self._handle.forget)
        # Whoever asked for its stop (a user, a policy, a timeout) wants no further attempt.
        if self._preempted and not self._interrupted and self._stop_cause is None:
            if self._loss is not None:
                self._note_loss()
            limit = self._context.settings.attempt_limit
            if self._loss is None or self.lost < limit:
                self._requeue()
                return
            ending = Exit(message=f"{limit} of its attempts were lost, the last one because {self._loss}.", system=True)
        self.ended = True
        # In Finalizing the command has ended: its outcome is known, and kept.
        if self._interrupted and self._stop_cause is None and self.status is not JobStatus.FINALIZING:
            self._put_back()
            return
        outcome = self._outcome(ending)
        self._move(outcome.status, self._stop_cause or outcome.message)
        if outcome.status is JobStatus.FAILED:
            error = self._error(outcome)
            self._context.unit_of_work.write(lambda conn: jobs.set_error(conn, self._stored, error))
        self.owner.trial_ended(self, outcome, self._context.clock.now())

    def _put_back(self) -> None:
        now = self._context.clock.now()
        if self.status in BUSY:
            again = self.attempt + 1
            self._context.unit_of_work.write(
                lambda conn: requeue(conn, self._stored, now, "the emulator was stopped", again)
            )

    def _note_loss(self) -> None:
        number, self.lost = self.attempt, self.lost + 1
        self._context.unit_of_work.write(lambda conn: attempts.move(conn, self._stored, number, AttemptState.LOST))

    def _requeue(self) -> None:
        """What it has logged stays, as in the service; its next attempt begins anew."""
        cause = PREEMPTED if self._loss is None else f"attempt {self.attempt} was lost: {self._loss}"
        self._preempted, self._loss, self._handle, self.counted = False, None, None, None
        self.attempt += 1
        self._move(JobStatus.QUEUED, cause)
        self.owner.trial_requeued(self, self._context.clock.now())

    def _outcome(self, ending: Exit) -> TrialOutcome:
        if self._stop_cause is not None:
            return TrialOutcome.canceled(self._stop_cause)
        if ending.message is not None:
            return TrialOutcome.failed(ending.message, system=ending.system)
        if ending.signal is not None:
            return TrialOutcome.exited(-ending.signal)
        return TrialOutcome.exited(ending.code or 0)

    def _error(self, outcome: TrialOutcome) -> dict[str, Any]:
        """Why it failed: code and message as in the service's errors; the rest is the emulator's own."""
        lines = last_lines(self._log) if self._log else []
        return {
            "code": "SystemError" if outcome.system else "UserError",
            "message": outcome.message,
            "exitCode": outcome.exit_code,
            "signal": outcome.signal,
            "lastLines": lines,
        }

    def _stop_heartbeat(self) -> None:
        if self._heartbeat:
            self._heartbeat.stop()
            self._heartbeat = None

    @property
    def _is_stopping(self) -> bool:
        return self._stop_cause is not None or self._interrupted or self._preempted

    @property
    def _stored(self) -> JobId:
        if self.job is None:
            raise LookupError(f"trial {self.name} was never stored")
        return self.job

    def _move(self, status: JobStatus, cause: str = "") -> None:
        self.status = status
        now, attempt = self._context.clock.now(), self.attempt
        self._context.unit_of_work.write(lambda conn: advance(conn, self._stored, status, now, cause, attempt))
