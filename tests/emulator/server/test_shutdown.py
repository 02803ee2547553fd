"""The end of the process within a bound."""

from __future__ import annotations

import subprocess
import sys
import threading

from emulator.server.shutdown import OVERDUE, ShutdownBound

_HELD_UP = """
import os, signal, sys
from emulator.server.shutdown import ShutdownBound
bound = ShutdownBound(0.2, lambda: print("last act", flush=True))
signal.signal(signal.SIGTERM, lambda *_: bound.begin())
os.kill(os.getpid(), signal.SIGTERM)
while True:
    pass
"""


def test_a_process_that_does_not_end_is_ended_after_its_last_act() -> None:
    done = subprocess.run([sys.executable, "-c", _HELD_UP], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout) == (OVERDUE, "last act\n")


def test_one_that_ends_by_itself_is_left_alone() -> None:
    left: list[int] = []
    with ShutdownBound(3600, lambda: left.append(0), left.append) as bound:
        bound.begin()
        bound.begin()
    watching = [thread for thread in threading.enumerate() if isinstance(thread, threading.Timer)]
    for thread in watching:
        thread.join(10)
    assert not left
    assert not any(thread.is_alive() for thread in watching)


def test_it_is_ended_also_when_the_last_act_fails() -> None:
    left: list[int] = []
    gone = threading.Event()

    def leave(code: int) -> None:
        left.append(code)
        gone.set()

    def fail() -> None:
        raise RuntimeError

    with ShutdownBound(0.0, fail, leave) as bound:
        bound.begin()
        assert gone.wait(60)
    assert left == [OVERDUE]
