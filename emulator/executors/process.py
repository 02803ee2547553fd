"""Runs a trial's command as real processes of this machine: the default executor."""

from __future__ import annotations

import errno
import os
import queue
import socket
import subprocess
import threading
from collections.abc import Callable, Collection
from typing import NamedTuple

from emulator.executors.attempt_files import SCRIPT, AttemptFiles
from emulator.executors.base import (
    Attempt,
    Exit,
    Launch,
    Placement,
    TrialEnded,
    TrialEvent,
    TrialFinalizing,
    TrialRefused,
    TrialStarted,
    Work,
)
from emulator.executors.log_watch import LogWatch
from emulator.executors.process_mark import VARIABLE, Marks, StateMarks, number
from emulator.executors.process_table import birth, processes, wait_for_end
from emulator.executors.process_tree import ProcessTree, kill_marked, kill_orphan
from emulator.executors.registry import ExecutorContext
from emulator.executors.shell import arguments
from emulator.executors.state_identity import StateIdentity, identify

Tell = Callable[[TrialEvent], None]


class ProcessExecutor:
    """Runs each trial with `bash -c` (`sh` where there is no bash) in a session of its own, watched by a thread.

    stdout and stderr go straight to the log file; stdin is closed. When the command has ended, whatever it left running
    is ended too, as a container would. A small shell around the command writes its exit code into a file, so that the
    command may outlive the emulator, and its end is known to the next one.

    Parameters:
        identity: by which the processes of this state directory are told from those of any other.
        files: of the attempts.
    """

    def __init__(self, identity: StateIdentity, files: AttemptFiles) -> None:
        self._identity = identity
        self._files = files
        self._strays = _StrayCatcher()
        self._logs = LogWatch()

    def start(self, attempt: Attempt, on_event: Tell) -> ProcessAttempt:
        """Start one attempt; see `emulator.executors.base`."""
        return StartedAttempt(attempt, self._mark(attempt.id), self._files, on_event, self._strays.expect, self._logs)

    def survives(self, attempt: str, record: str | None) -> bool:
        """Whether its command still runs, or its exit code is known."""
        if self._files.code(attempt) is not None:
            return True
        return self._files.exists(attempt) and self._leader(attempt, record) is not None

    def adopt(self, attempt: Attempt, record: str | None, on_event: Tell) -> ProcessAttempt:
        """Watch an attempt that survived the emulator; see `emulator.executors.base`."""
        leader, mark = self._leader(attempt.id, record), self._mark(attempt.id)
        return AdoptedAttempt(attempt, leader, mark, self._files, on_event, self._strays.expect, self._logs)

    def discard(self, attempt: str, record: str | None) -> None:
        """End the processes of an attempt, and forget it."""
        self._files.remove(attempt)
        if leader := self._leader(attempt, record):
            kill_orphan(leader.pid, leader.birth, self._mark(attempt))
        else:
            kill_marked(Marks([self._mark(attempt)]))

    def reap(self, kept: Collection[str]) -> None:
        """End every process of this state directory's trials, but for those of the attempts that are kept."""
        self._files.keep_only(kept)
        states = [state for state in (self._identity.id, self._identity.gone) if state]
        kill_marked(StateMarks(states, map(self._mark, kept)))

    def capacity(self, placement: Placement | None = None) -> None:
        """The cores of this machine say how many."""

    def close(self) -> None:
        """Look for stray processes a last time, and end the threads."""
        self._strays.close()
        self._logs.close()

    def _mark(self, attempt: str) -> str:
        return f"{self._identity.id}/{attempt}"

    def _leader(self, attempt: str, record: str | None) -> _Leader | None:
        """The process that leads an attempt, while it lives; a process of another state directory is not one."""
        mark = self._mark(attempt)
        if leader := _Leader.read(record):
            return leader if leader.mark == mark and birth(leader.pid) == leader.birth else None
        found = (one for one in processes() if one.mark == mark and one.pid == one.group)
        return next((_Leader(one.pid, one.birth, mark) for one in found), None)


def make_executor(context: ExecutorContext) -> ProcessExecutor:
    """The executor of one state directory; see `emulator.executors.registry`."""
    state_dir = context.place.state_dir
    return ProcessExecutor(identify(context.store, state_dir), AttemptFiles(state_dir / "attempts"))


class _Leader(NamedTuple):
    """The process around a command; as text, what is recorded of an attempt.

    Parameters:
        pid: its id, and that of its process group.
        birth: when the system started it, as `process_table` tells it.
        mark: which it and all that it starts carry.
    """

    pid: int
    birth: str
    mark: str

    @classmethod
    def read(cls, record: str | None) -> _Leader | None:
        parts = (record or "").split("\t")
        return cls(int(parts[0]), parts[1], parts[2]) if len(parts) == 3 else None

    def __str__(self) -> str:
        return f"{self.pid}\t{self.birth}\t{self.mark}"


def _started(leader: _Leader) -> TrialStarted:
    return TrialStarted(str(leader), f"process {leader.pid}", socket.gethostname())


class ProcessAttempt:
    """A running attempt in its own thread; subclasses say where its process comes from and how its end is seen."""

    def __init__(
        self,
        attempt: Attempt,
        mark: str,
        files: AttemptFiles,
        on_event: Tell,
        expect_strays: Callable[[str], None],
        logs: LogWatch,
    ) -> None:
        if attempt.work is None:
            raise ValueError(f"attempt {attempt.id} has no command to run")
        self._id, self._work, self._mark, self._files = attempt.id, attempt.work, mark, files
        self._tell = on_event
        self._expect_strays = expect_strays
        self._logs, self._log, self._log_limit = logs, attempt.log, attempt.log_limit
        self._lock = threading.Lock()
        self._stopping = False
        self._tree: ProcessTree | None = None
        self._ender: threading.Thread | None = None

    def begin(self, name: str) -> None:
        """Start its thread."""
        threading.Thread(target=self._run, name=name, daemon=True).start()

    def stop(self, grace: float) -> None:
        """SIGTERM to all its processes, SIGKILL after so many seconds to those that are left; returns at once."""
        with self._lock:
            if not self._stopping:
                self._files.remove(self._id)
                if self._tree:
                    self._ender = threading.Thread(target=self._tree.end, args=(grace,), daemon=True)
                    self._ender.start()
            self._stopping = True

    def forget(self) -> None:
        """Its end is stored."""
        self._files.remove(self._id)

    def execute(self, work: Work) -> Exit:
        """Have the command run, or go on, to its end.

        Raises:
            TrialRefused, OSError: it cannot.
        """
        raise NotImplementedError

    def _run(self) -> None:
        ending = Exit(message="The emulator failed while it ran the trial; its own log says where.", system=True)
        try:
            with self._logs.watching(self._log, self._log_limit):
                ending = self.execute(self._work)
            self._tell(TrialFinalizing(ending))
            self._work.collect()
        except TrialRefused as error:
            ending = Exit(message=str(error))
        except OSError as error:
            if not (ending.code or ending.signal):  # else the command had failed before
                too_long = error.errno == errno.E2BIG  # the command or a variable, which are the user's
                ending = Exit(message=f"The machine failed the trial: {error}", system=not too_long)
        finally:
            self._tell(TrialEnded(ending))

    def _end_tree(self, tree: ProcessTree) -> None:
        """The leader has ended: end whatever it left running."""
        with self._lock:
            ender, self._tree = self._ender, None
        if ender:
            ender.join()
        tree.kill_group()
        self._expect_strays(self._mark)


class StartedAttempt(ProcessAttempt):
    """An attempt that this process starts."""

    def __init__(
        self,
        attempt: Attempt,
        mark: str,
        files: AttemptFiles,
        on_event: Tell,
        expect_strays: Callable[[str], None],
        logs: LogWatch,
    ) -> None:
        super().__init__(attempt, mark, files, on_event, expect_strays, logs)
        self.begin(f"trial-{attempt.index}")

    def execute(self, work: Work) -> Exit:
        """Prepare the command, start it and wait for it."""
        leader, tree = self._start(work.prepare({VARIABLE: self._mark}))
        if leader is None or tree is None:
            return Exit(message="Stopped before its command started.")
        self._tell(_started(_Leader(leader.pid, birth(leader.pid) or "", self._mark)))
        # The leader is reaped last: as long as it is not, no other process gets its pid and group id.
        if hasattr(os, "waitid"):
            os.waitid(os.P_PID, leader.pid, os.WEXITED | os.WNOWAIT)
        self._end_tree(tree)
        code = leader.wait()
        return Exit(code=code) if code >= 0 else Exit(signal=-code)

    def _start(self, launch: Launch) -> tuple[subprocess.Popen[bytes], ProcessTree] | tuple[None, None]:
        # Under the lock: a stop comes before there is a process, or finds it.
        with launch.log.open("ab") as log, self._lock:
            if self._stopping:
                return None, None
            file, command = self._files.make(self._id), arguments(launch.command, launch.environment)
            leader = subprocess.Popen(
                ["/bin/sh", "-c", SCRIPT, str(file), str(number(self._mark)), *command],
                cwd=launch.folder,
                env={**launch.environment, "PWD": str(launch.folder)},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.DEVNULL,
                # A stop ends its group as a whole, and Ctrl+C in the emulator's terminal does not reach it.
                start_new_session=True,
            )
            self._tree = tree = ProcessTree(leader.pid, self._mark)
        return leader, tree


class AdoptedAttempt(ProcessAttempt):
    """An attempt that an earlier process of the emulator started, running or ended."""

    def __init__(
        self,
        attempt: Attempt,
        leader: _Leader | None,
        mark: str,
        files: AttemptFiles,
        on_event: Tell,
        expect_strays: Callable[[str], None],
        logs: LogWatch,
    ) -> None:
        super().__init__(attempt, mark, files, on_event, expect_strays, logs)
        self._leader = leader
        if leader:
            self._tree = ProcessTree(leader.pid, mark)
        self.begin(f"trial-{attempt.index}")

    def execute(self, work: Work) -> Exit:
        """Wait until the leader is gone; its exit code is in the file, unless a signal kept it from writing one."""
        leader = self._leader
        self._tell(_started(leader) if leader else TrialStarted())
        if leader:
            wait_for_end(leader.pid, leader.birth)
        with self._lock:
            ender, self._tree = self._ender, None
        if ender:
            ender.join()
        # By their mark: this process did not hold the leader, so that its pid may be a stranger's by now.
        kill_marked(Marks([self._mark]))
        code = self._files.code(self._id)
        return Exit(signal=9) if code is None else Exit(code=code)


class _StrayCatcher:
    """Ends processes that left their trial's group and outlived it.

    A look at all processes costs milliseconds, so one look serves all trials that ended within a moment.
    """

    _MOMENT = 1.0  # seconds

    def __init__(self) -> None:
        self._marks: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._closing = threading.Event()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def expect(self, mark: str) -> None:
        """A trial with this mark has ended; nothing that carries it may go on."""
        self._marks.put(mark)
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="stray-processes", daemon=True)
                self._thread.start()

    def close(self) -> None:
        """Look a last time, then end."""
        if self._thread:
            self._closing.set()
            self._marks.put(None)
            self._thread.join()

    def _run(self) -> None:
        marks: set[str | None] = set()
        while None not in marks:
            marks = {self._marks.get()}
            self._closing.wait(self._MOMENT)
            while not self._marks.empty():
                marks.add(self._marks.get())
            kill_marked(Marks(mark for mark in marks if mark is not None))
