"""Runs a trial's command as real processes of this machine: the default executor."""

from __future__ import annotations

import errno
import queue
import signal
import socket
import threading
from collections.abc import Callable, Collection
from typing import NamedTuple

from emulator.background import Background
from emulator.executors.attempt_files import AttemptFiles
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
from emulator.executors.process_table import birth, is_there, processes, wait_for_end
from emulator.executors.process_tree import ProcessTree, kill_marked, kill_orphan
from emulator.executors.registry import ExecutorContext
from emulator.executors.shell import arguments
from emulator.executors.spawner import Command, Spawner, SpawnerGone
from emulator.executors.state_identity import StateIdentity, identify

Tell = Callable[[TrialEvent], None]

_MOST = 10_000  # attempts at once: one thread for each


class _Shared(NamedTuple):
    """What the attempts of one executor share."""

    files: AttemptFiles
    spawner: Spawner
    strays: _StrayCatcher
    logs: LogWatch
    threads: Background


class ProcessExecutor:
    """Runs each trial with `bash -c` (`sh` where there is no bash) in a session of its own, watched by a thread.

    stdout and stderr go straight to the log file; stdin is closed. When the command has ended, whatever it left running
    is ended too, as a container would. A process beside the emulator starts the command and writes its exit code into a
    file, so that the command may outlive the emulator, and its end is known to the next one.

    Parameters:
        identity: by which the processes of this state directory are told from those of any other.
        files: of the attempts.
    """

    def __init__(self, identity: StateIdentity, files: AttemptFiles) -> None:
        self._identity = identity
        self._files = files
        self._shared = _Shared(files, Spawner(), _StrayCatcher(), LogWatch(), Background("trial", _MOST, patience=0.1))

    def start(self, attempt: Attempt, on_event: Tell) -> ProcessAttempt:
        """Start one attempt; see `emulator.executors.base`."""
        return StartedAttempt(attempt, self._mark(attempt.id), self._shared, on_event)

    def survives(self, attempt: str, record: str | None) -> bool:
        """Whether its command still runs, or its exit code is known."""
        if self._files.code(attempt) is not None:
            return True
        return self._files.exists(attempt) and self._leader(attempt, record) is not None

    def adopt(self, attempt: Attempt, record: str | None, on_event: Tell) -> ProcessAttempt:
        """Watch an attempt that survived the emulator; see `emulator.executors.base`."""
        leader = self._leader(attempt.id, record)
        return AdoptedAttempt(attempt, leader, self._mark(attempt.id), self._shared, on_event)

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
        """Look for stray processes a last time, and end what serves the attempts."""
        self._shared.strays.close()
        self._shared.logs.close()
        self._shared.spawner.close()
        self._shared.threads.close()

    def _mark(self, attempt: str) -> str:
        return f"{self._identity.id}/{attempt}"

    def _leader(self, attempt: str, record: str | None) -> _Leader | None:
        """The process that leads an attempt, while it lives; a process of another state directory is not one."""
        mark = self._mark(attempt)
        if leader := _Leader.read(record):
            return leader if leader.mark == mark and is_there(leader.pid, leader.birth) else None
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
    """A running attempt in a thread; subclasses say where its process comes from and how its end is seen."""

    def __init__(self, attempt: Attempt, mark: str, shared: _Shared, on_event: Tell) -> None:
        if attempt.work is None:
            raise ValueError(f"attempt {attempt.id} has no command to run")
        self._id, self._work, self._mark, self._shared = attempt.id, attempt.work, mark, shared
        self._tell = on_event
        self._log, self._log_limit = attempt.log, attempt.log_limit
        self._lock = threading.Lock()
        self._stopping = False
        self._tree: ProcessTree | None = None
        self._ender: threading.Thread | None = None

    def begin(self) -> None:
        """Let a thread see to it."""
        self._shared.threads.do(self._run)

    def stop(self, grace: float) -> None:
        """SIGTERM to all its processes, SIGKILL after so many seconds to those that are left; returns at once."""
        with self._lock:
            if not self._stopping:
                self._shared.files.remove(self._id)
                if self._tree:
                    self._ender = threading.Thread(target=self._tree.end, args=(grace,), daemon=True)
                    self._ender.start()
            self._stopping = True

    def forget(self) -> None:
        """Its end is stored."""
        self._shared.files.put_aside(self._id)

    def execute(self, work: Work) -> Exit:
        """Have the command run, or go on, to its end.

        Raises:
            TrialRefused, OSError: it cannot.
        """
        raise NotImplementedError

    def _run(self) -> None:
        ending = Exit(message="The emulator failed while it ran the trial; its own log says where.", system=True)
        try:
            with self._shared.logs.watching(self._log, self._log_limit):
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
        self._let_tree_go()
        tree.kill_group()
        self._shared.strays.expect(self._mark)

    def _outlast(self, leader: _Leader | None) -> Exit:
        """Wait for a leader whose parent is not known; its exit code is in the file, unless a signal kept it out."""
        if leader:
            wait_for_end(leader.pid, leader.birth)
        self._let_tree_go()
        # By their mark: nobody held the leader, so that its pid may be a stranger's by now.
        kill_marked(Marks([self._mark]))
        code = self._shared.files.code_soon(self._id)
        return Exit(signal=signal.SIGKILL) if code is None else Exit(code=code)

    def _let_tree_go(self) -> None:
        """From now on a stop finds nothing; one that came before is waited for."""
        with self._lock:
            ender, self._tree = self._ender, None
        if ender:
            ender.join()


class StartedAttempt(ProcessAttempt):
    """An attempt that this process starts."""

    def __init__(self, attempt: Attempt, mark: str, shared: _Shared, on_event: Tell) -> None:
        super().__init__(attempt, mark, shared, on_event)
        self.begin()

    def execute(self, work: Work) -> Exit:
        """Prepare the command, start it and wait for it."""
        command, tree = self._start(work.prepare({VARIABLE: self._mark}))
        if command is None or tree is None:
            return Exit(message="Stopped before its command started.")
        leader = _Leader(command.pid, birth(command.pid) or "", self._mark)
        self._tell(_started(leader))
        try:
            code = command.wait()
            # The leader is reaped last: as long as it is not, no other process gets its pid and group id.
            self._end_tree(tree)
        except SpawnerGone:
            return self._outlast(leader)
        finally:
            command.release()
        return Exit(code=code)

    def _start(self, launch: Launch) -> tuple[Command, ProcessTree] | tuple[None, None]:
        command = arguments(launch.command, launch.environment)
        # Under the lock: a stop comes before there is a process, or finds it.
        with self._lock:
            if self._stopping:
                return None, None
            file = self._shared.files.make(self._id)
            try:
                started = self._shared.spawner.start(launch, command, file, number(self._mark))
            except SpawnerGone:
                kill_marked(Marks([self._mark]))
                raise
            self._tree = tree = ProcessTree(started.pid, self._mark)
        return started, tree


class AdoptedAttempt(ProcessAttempt):
    """An attempt that an earlier process of the emulator started, running or ended."""

    def __init__(self, attempt: Attempt, leader: _Leader | None, mark: str, shared: _Shared, on_event: Tell) -> None:
        super().__init__(attempt, mark, shared, on_event)
        self._leader = leader
        if leader:
            self._tree = ProcessTree(leader.pid, mark)
        self.begin()

    def execute(self, work: Work) -> Exit:
        """Wait until the leader is gone."""
        self._tell(_started(self._leader) if self._leader else TrialStarted())
        return self._outlast(self._leader)


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
