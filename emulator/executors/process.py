"""Runs a trial's command as real processes of this machine: the default executor."""

from __future__ import annotations

import errno
import os
import queue
import subprocess
import threading
from collections.abc import Callable, Iterable

from emulator.executors.base import (
    Attempt,
    Exit,
    Launch,
    TrialEnded,
    TrialEvent,
    TrialFinalizing,
    TrialRefused,
    TrialStarted,
)
from emulator.executors.process_table import MARK, birth
from emulator.executors.process_tree import ProcessTree, kill_marked, kill_orphan
from emulator.executors.registry import state_id
from emulator.executors.shell import arguments
from emulator.place import Place
from emulator.storage import Database


class ProcessExecutor:
    """Runs each trial with `bash -c` (`sh` where there is no bash) in a session of its own, watched by a thread.

    stdout and stderr go straight to the log file; stdin is closed. When the command has ended, whatever it left running
    is ended too, as a container would.

    Parameters:
        state: id of the emulator's state, by which the processes of its trials are told from those of any other.
    """

    def __init__(self, state: str) -> None:
        self._state = state
        self._strays = _StrayCatcher()

    def start(self, attempt: Attempt, on_event: Callable[[TrialEvent], None]) -> ProcessAttempt:
        """Start one attempt; see `emulator.executors.base`."""
        return ProcessAttempt(attempt, f"{self._state}/{attempt.id}", on_event, self._strays.expect)

    def reap(self, records: Iterable[str]) -> None:
        """End what an earlier process of the emulator left running.

        Parameters:
            records: pid, birth and mark of each leader, separated by tabs; processes that carry our marks are found
                without.
        """
        for record in records:
            pid, birth_of_leader, mark = record.split("\t")
            kill_orphan(int(pid), birth_of_leader, mark)
        kill_marked(lambda mark: mark.startswith(f"{self._state}/"))

    def close(self) -> None:
        """Look for stray processes a last time and end the thread that does so."""
        self._strays.close()


def make_executor(store: Database, place: Place) -> ProcessExecutor:
    """The executor of one state directory; see `emulator.executors.registry`."""
    return ProcessExecutor(state_id(store))


class ProcessAttempt:
    """A running attempt in its own thread."""

    def __init__(
        self,
        attempt: Attempt,
        mark: str,
        on_event: Callable[[TrialEvent], None],
        expect_strays: Callable[[str], None],
    ) -> None:
        if attempt.work is None:
            raise ValueError(f"attempt {attempt.id} has no command to run")
        self._work = attempt.work
        self._mark = mark
        self._tell = on_event
        self._expect_strays = expect_strays
        self._lock = threading.Lock()
        self._stopping = False
        self._tree: ProcessTree | None = None
        self._ender: threading.Thread | None = None
        threading.Thread(target=self._run, name=f"trial-{attempt.index}", daemon=True).start()

    def stop(self, grace: float) -> None:
        """SIGTERM to all its processes, SIGKILL after so many seconds to those that are left; returns at once."""
        with self._lock:
            if not self._stopping and self._tree:
                self._ender = threading.Thread(target=self._tree.end, args=(grace,), daemon=True)
                self._ender.start()
            self._stopping = True

    def _run(self) -> None:
        ending = Exit(message="The emulator failed while it ran the trial; its own log says where.", system=True)
        try:
            ending = self._execute(self._work.prepare({MARK: self._mark}))
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

    def _execute(self, launch: Launch) -> Exit:
        with launch.log.open("ab") as log, self._lock:
            if self._stopping:
                return Exit(message="Stopped before its command started.")
            leader = subprocess.Popen(
                arguments(launch.command, launch.environment),
                cwd=launch.folder,
                env={**launch.environment, "PWD": str(launch.folder)},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
            self._tree = ProcessTree(leader.pid, self._mark)
        self._tell(TrialStarted(f"{leader.pid}\t{birth(leader.pid)}\t{self._mark}"))
        code = self._wait(leader, self._tree)
        self._expect_strays(self._mark)
        return Exit(code=code) if code >= 0 else Exit(signal=-code)

    def _wait(self, leader: subprocess.Popen[bytes], tree: ProcessTree) -> int:
        """The leader is reaped last: as long as it is not, its pid and group id are not given to another process."""
        if hasattr(os, "waitid"):
            os.waitid(os.P_PID, leader.pid, os.WEXITED | os.WNOWAIT)
        with self._lock:
            ender, self._tree = self._ender, None
        if ender:
            ender.join()
        tree.kill_group()
        return leader.wait()


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
            kill_marked(marks.__contains__)
