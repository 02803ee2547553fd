"""Trials as real processes."""

from __future__ import annotations

import os
import queue
import signal
import sys
import threading
from collections.abc import Mapping
from pathlib import Path

import pytest

from emulator.executors.attempt_files import AttemptFiles
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
from emulator.executors.process import ProcessExecutor
from emulator.executors.process_table import birth, processes
from emulator.executors.state_identity import StateIdentity
from tests.emulator.executors.conftest import PATIENCE, PreparedWork, Run, Running


def marked(running: Running) -> list[int]:
    return [one.pid for one in processes() if one.mark == running.mark]


def wait_for_line(fifo: Path) -> str:
    """What a trial writes into a named pipe: an event without polling."""
    with fifo.open() as reading:
        return reading.readline().strip()


@pytest.fixture
def fifo(tmp_path: Path) -> Path:
    path = tmp_path / "fifo"
    os.mkfifo(path)
    return path


def test_a_trial_tells_start_finalizing_and_end(run: Run) -> None:
    kinds = [type(event) for event in run("true").events()]
    assert kinds == [TrialStarted, TrialFinalizing, TrialEnded]


def test_stdout_and_stderr_share_the_log_in_order(run: Run) -> None:
    running = run("echo one; echo two >&2; echo three")
    assert running.exit() == Exit(code=0)
    assert running.log.splitlines() == ["one", "two", "three"]


def test_the_command_runs_in_its_folder_with_nothing_to_read(run: Run) -> None:
    running = run("pwd; cat; echo end")
    assert running.exit().ok
    assert running.log.splitlines() == [str(running.folder), "end"]


def test_nothing_of_the_emulators_own_environment_is_inherited(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_OF_THE_EMULATOR", "x")
    running = run("env")
    assert running.exit().ok
    assert "SECRET_OF_THE_EMULATOR" not in running.log


@pytest.mark.parametrize("code", [1, 3, 127])
def test_an_exit_code_is_told(run: Run, code: int) -> None:
    ending = run(f"exit {code}").exit()
    assert ending == Exit(code=code)
    assert not ending.ok


def test_a_signal_is_told_as_shells_do(run: Run) -> None:
    assert run("kill -SEGV $$").exit() == Exit(code=128 + signal.SIGSEGV)


def test_a_refusal_to_prepare_is_the_trials_end(executor: ProcessExecutor) -> None:
    def refuse(variables: Mapping[str, str]) -> Launch:
        raise TrialRefused("the code folder is empty")

    told: queue.SimpleQueue[TrialEvent] = queue.SimpleQueue()
    executor.start(Attempt("1/1", 0, {}, work=PreparedWork(refuse)), told.put)
    assert told.get(timeout=PATIENCE) == TrialEnded(Exit(message="the code folder is empty"))


def test_outputs_are_collected_after_the_command_has_ended(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "written"
    seen = []
    running = run(f"echo done > {file}", collect=lambda: seen.append(file.read_text()))
    assert running.exit().ok
    assert seen == ["done\n"]


def test_an_error_while_collecting_is_the_trials_end(run: Run) -> None:
    def fail() -> None:
        raise OSError(28, "No space left on device")

    ending = run("true", collect=fail).exit()
    assert ending.system
    assert "No space left" in (ending.message or "")


def test_an_error_while_collecting_does_not_hide_that_the_command_failed(run: Run) -> None:
    def fail() -> None:
        raise OSError(28, "No space left on device")

    assert run("exit 3", collect=fail).exit() == Exit(code=3)


def test_stop_ends_the_whole_group_with_sigterm(run: Run, fifo: Path) -> None:
    running = run(f"sleep 1000 & sleep 1000 & echo up > {fifo}; wait")
    wait_for_line(fifo)
    assert len(marked(running)) == 3
    running.handle.stop(grace=1)
    assert running.exit() == Exit(code=128 + signal.SIGTERM)
    assert marked(running) == []


def test_stop_gives_a_trial_its_grace_to_save_what_it_has(run: Run, fifo: Path) -> None:
    running = run(f"trap 'echo saved; exit 7' TERM; echo up > {fifo}; sleep 1000 & wait")
    wait_for_line(fifo)
    running.handle.stop(grace=PATIENCE)
    assert running.exit() == Exit(code=7)
    assert running.log == "saved\n"


def test_stop_kills_what_ignores_sigterm(run: Run, fifo: Path) -> None:
    running = run(f"trap '' TERM; sleep 1000 & echo up > {fifo}; wait")
    wait_for_line(fifo)
    running.handle.stop(grace=0.05)
    assert running.exit() == Exit(code=128 + signal.SIGKILL)
    assert marked(running) == []


def test_stop_ends_a_trial_that_was_halted(run: Run, fifo: Path) -> None:
    running = run(f"sleep 1000 & echo up > {fifo}; kill -STOP $$; wait")
    wait_for_line(fifo)
    running.handle.stop(grace=PATIENCE)
    assert running.exit() == Exit(code=128 + signal.SIGTERM)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux shows the environment of processes")
def test_stop_finds_processes_that_left_the_group(run: Run, fifo: Path) -> None:
    running = run(f"setsid bash -c 'trap \"\" TERM; echo away > {fifo}; while :; do sleep 1000; done' & wait")
    wait_for_line(fifo)
    running.handle.stop(grace=0.05)
    running.events()
    assert marked(running) == []


def test_stop_before_the_command_has_started_runs_nothing(executor: ProcessExecutor, tmp_path: Path) -> None:
    preparing, go_on = threading.Event(), threading.Event()

    def prepare(variables: Mapping[str, str]) -> Launch:
        preparing.set()
        assert go_on.wait(PATIENCE)
        return Launch(f"touch {tmp_path}/ran", tmp_path, {}, tmp_path / "log")

    told: queue.SimpleQueue[TrialEvent] = queue.SimpleQueue()
    handle = executor.start(Attempt("1/1", 0, {}, work=PreparedWork(prepare)), told.put)
    assert preparing.wait(PATIENCE)
    handle.stop(grace=1)
    go_on.set()
    events = [told.get(timeout=PATIENCE), told.get(timeout=PATIENCE)]
    assert isinstance(events[-1], TrialEnded)
    assert not (tmp_path / "ran").exists()


def test_stopping_twice_and_after_the_end_is_harmless(run: Run, fifo: Path) -> None:
    running = run(f"echo up > {fifo}; sleep 1000")
    wait_for_line(fifo)
    running.handle.stop(grace=PATIENCE)
    running.handle.stop(grace=PATIENCE)
    assert running.exit() == Exit(code=128 + signal.SIGTERM)
    running.handle.stop(grace=PATIENCE)


def test_background_processes_end_with_their_command(run: Run, executor: ProcessExecutor) -> None:
    running = run("sleep 1000 & disown; exit 0")
    assert running.exit().ok
    executor.close()
    assert marked(running) == []


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux shows the environment of processes")
def test_daemons_do_not_outlive_their_trial(run: Run, executor: ProcessExecutor, fifo: Path) -> None:
    running = run(f"setsid bash -c 'echo away > {fifo}; sleep 1000' & cat {fifo}")
    assert running.exit().ok
    executor.close()
    assert marked(running) == []


def test_no_descriptor_and_no_thread_is_left(run: Run, executor: ProcessExecutor) -> None:
    before, descriptors = set(threading.enumerate()), len(list(Path("/dev/fd").iterdir()))
    endings = [run("true") for _ in range(8)]
    stopped = run("sleep 1000")
    stopped.handle.stop(grace=1)
    for running in [*endings, stopped]:
        running.exit()
    executor.close()
    for thread in set(threading.enumerate()) - before:
        thread.join(PATIENCE)
    assert set(threading.enumerate()) <= before
    assert len(list(Path("/dev/fd").iterdir())) <= descriptors


def test_attempts_that_follow_each_other_share_a_thread(run: Run) -> None:
    before = threading.active_count()
    for _ in range(3):
        run("true").exit()
    assert threading.active_count() <= before + 3  # one for them, one for the log sizes, one for stray processes


def test_large_output_does_not_block_the_trial(run: Run) -> None:
    running = run("head -c 5000000 /dev/zero")
    assert running.exit().ok
    assert (running.folder / "std_log.txt").stat().st_size == 5_000_000


def test_events_after_the_end_never_come(run: Run) -> None:
    running = run("true")
    running.exit()
    running.handle.stop(grace=1)
    assert running.told.empty()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux shows the limits of processes")
@pytest.mark.parametrize("lose", ["env -i PATH=$PATH setsid", "AMLET_TRIAL=another/1 setsid"])
def test_what_loses_its_environment_and_its_session_does_not_outlive_its_trial(
    run: Run, executor: ProcessExecutor, fifo: Path, lose: str
) -> None:
    running = run(f"({lose} sh -c 'echo $$ > {fifo}; exec sleep 1000' &) ; cat {fifo}")
    assert running.exit().ok
    executor.close()
    assert birth(int(running.log)) is None


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux shows the limits of processes")
def test_what_loses_its_environment_in_another_trial_goes_on(run: Run, executor: ProcessExecutor, fifo: Path) -> None:
    other = run(f"env -i PATH=$PATH setsid sh -c 'echo $$ > {fifo}; exec sleep 1000' & wait")
    pid = int(wait_for_line(fifo))
    assert run("true").exit().ok
    executor.close()
    assert birth(pid) is not None
    other.handle.stop(grace=0.05)
    other.events()
    assert birth(pid) is None


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux shows the limits of processes")
def test_what_lost_its_environment_is_found_by_the_next_emulator(run: Run, tmp_path: Path, fifo: Path) -> None:
    running = run(f"env -i PATH=$PATH setsid sh -c 'echo $$ > {fifo}; exec sleep 1000' & wait")
    pid = int(wait_for_line(fifo))
    following = ProcessExecutor(StateIdentity("another"), AttemptFiles(tmp_path / "attempts"))
    following.reap([running.mark.removeprefix("test/")])
    assert birth(pid) is not None
    following = ProcessExecutor(StateIdentity("test"), AttemptFiles(tmp_path / "attempts"))
    following.reap([running.mark.removeprefix("test/")])
    assert birth(pid) is not None
    following.reap([])
    assert birth(pid) is None
    running.events()
