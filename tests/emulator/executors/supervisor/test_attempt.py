"""One attempt under a supervisor: real processes and sockets, against an emulator that knows nothing else."""

from __future__ import annotations

import base64
import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from emulator.executors.process_table import processes
from emulator.executors.supervisor.main import FAILED_TO_LEASE, NOT_LEASED
from tests.emulator.executors.conftest import wait_until
from tests.emulator.executors.supervisor.conftest import Supervise
from tests.emulator.executors.supervisor.fake_emulator import FakeEmulator

Emulator = Callable[..., FakeEmulator]


def alive(mark: str) -> list[int]:
    """Processes that carry a mark in their environment."""
    return [one.pid for one in processes() if one.mark == mark]


def marked(mark: str) -> dict[str, str]:
    return {"PATH": "{{path}}", "AMLET_TRIAL": mark}


def test_the_command_runs_in_its_folder_with_its_files_and_variables(
    emulator: Emulator, supervise: Supervise, tmp_path: Path
) -> None:
    fake = emulator(
        'cat data/a.txt; echo " $WHERE $AT $TEXT"; pwd; ls -A',
        {"code/data/a.txt": b"content"},
        environment={
            "PATH": "{{path}}", "WHERE": "{{folder}}/code", "AT": "{{emulator}}", "TEXT": "{{open}}folder}}",
        },
        working_folder="code",
        folders=["code/outputs", "empty"],
    )  # fmt: skip
    assert supervise(fake).wait(30) == 0
    folder = tmp_path / "scratch" / "attempts" / "green"
    at = fake.url.partition("/_amlet")[0]
    assert fake.log.decode().splitlines() == [
        f"content {folder}/code {at} {{{{folder}}}}",
        f"{folder}/code",
        "data",
        "outputs",
    ]
    assert fake.ends == [{"exit_code": 0, "signal": None, "reason": "exited", "message": ""}]
    assert not folder.exists()


@pytest.mark.parametrize(
    ("command", "end"), [("exit 7", (7, None)), ("kill -9 $$", (None, 9)), ("exec no-such-program", (127, None))]
)
def test_the_end_of_the_command_is_told(
    emulator: Emulator, supervise: Supervise, command: str, end: tuple[int | None, int | None]
) -> None:
    fake = emulator(command)
    assert supervise(fake).wait(30) == 0
    [told] = fake.ends
    assert (told["exit_code"], told["signal"], told["reason"]) == (*end, "exited")


def test_it_tells_who_leases_the_attempt(emulator: Emulator, supervise: Supervise) -> None:
    fake = emulator()
    process = supervise(fake)
    process.wait(30)
    assert fake.lease
    assert fake.lease["worker"] == "w1"
    assert fake.lease["pid"] == process.pid
    assert set(fake.lease) == {"worker", "host", "pid", "python"}


def test_an_attempt_that_somebody_else_has_is_left_alone(emulator: Emulator, supervise: Supervise) -> None:
    fake = emulator("touch {{folder}}/../ran")
    fake.is_superseded = True
    assert supervise(fake).wait(30) == NOT_LEASED
    assert fake.requests == ["POST lease"]


def test_a_token_that_is_not_known_ends_the_supervisor(emulator: Emulator, supervise: Supervise) -> None:
    fake = emulator()
    process = supervise(fake, token="another")
    assert process.wait(30) == FAILED_TO_LEASE
    assert process.stderr
    assert b"an unknown token" in process.stderr.read()


def test_cancel_ends_the_command_that_obeys_sigterm(emulator: Emulator, supervise: Supervise) -> None:
    # Not a loop around `read -t 0.01 < <(:)`: bash loses a signal that comes while it starts the process of `<( )`.
    fake = emulator("trap 'echo bye; exit 3' TERM; echo up; sleep 1000 & wait", grace_seconds=30.0)
    supervise(fake)
    fake.wait(lambda: b"up" in fake.log)
    fake.cancel = {"cancel": True}
    fake.wait(lambda: fake.ends)
    assert fake.ends == [{"exit_code": 3, "signal": None, "reason": "cancelled", "message": ""}]
    assert bytes(fake.log) == b"up\nbye\n"


def test_cancel_kills_what_ignores_sigterm_after_the_grace_that_is_told(
    emulator: Emulator, supervise: Supervise
) -> None:
    fake = emulator("trap '' TERM; echo up; sleep 1000 & wait; sleep 1000", grace_seconds=1000.0)
    supervise(fake)
    fake.wait(lambda: b"up" in fake.log)
    fake.cancel = {"cancel": True, "grace_seconds": 0.1}
    fake.wait(lambda: fake.ends)
    assert (fake.ends[0]["signal"], fake.ends[0]["reason"]) == (9, "cancelled")


def test_what_a_command_leaves_running_is_ended_also_when_it_became_a_daemon(
    emulator: Emulator, supervise: Supervise, tmp_path: Path
) -> None:
    mark = f"test/{tmp_path}"
    daemon = (
        "(setsid sleep 1000 >/dev/null 2>&1 &); (setsid env -i sleep 1001 > /dev/null 2>&1 &); sleep 1002 & echo up"
    )
    fake = emulator(daemon, environment=marked(mark))
    supervise(fake).wait(30)
    assert fake.ends[0]["exit_code"] == 0
    assert not alive(mark)


@pytest.mark.parametrize("victim", ["supervisor", "stdin"])
def test_the_command_does_not_outlive_its_supervisor_or_worker(
    emulator: Emulator, supervise: Supervise, tmp_path: Path, victim: str
) -> None:
    mark = f"test/{tmp_path}"
    fake = emulator("(setsid sleep 1000 &); echo up; sleep 1000", environment=marked(mark))
    process = supervise(fake)
    fake.wait(lambda: b"up" in fake.log)
    assert len(alive(mark)) >= 2
    if victim == "supervisor":
        process.kill()
    else:
        assert process.stdin
        process.stdin.close()
    wait_until(lambda: not alive(mark))
    if victim == "stdin":
        fake.wait(lambda: fake.ends)
        assert fake.ends[0]["reason"] == "preempted"


def test_sigterm_gives_the_attempt_back(emulator: Emulator, supervise: Supervise) -> None:
    fake = emulator("echo up; sleep 1000")
    process = supervise(fake)
    fake.wait(lambda: b"up" in fake.log)
    process.terminate()
    assert process.wait(30) == 0
    assert (fake.ends[0]["signal"], fake.ends[0]["reason"]) == (signal.SIGTERM, "preempted")


def test_a_guard_that_is_killed_takes_the_command_along(
    emulator: Emulator, supervise: Supervise, tmp_path: Path
) -> None:
    mark = f"test/{tmp_path}"
    fake = emulator("(setsid sleep 1000 &); echo $PPID; sleep 1000", environment=marked(mark))
    supervise(fake)
    fake.wait(lambda: fake.log.endswith(b"\n"))
    os.kill(int(fake.log), signal.SIGKILL)
    fake.wait(lambda: fake.ends)
    assert fake.ends[0]["signal"] == 9
    assert not alive(mark)


def test_a_superseded_attempt_is_killed_and_tells_nothing(
    emulator: Emulator, supervise: Supervise, tmp_path: Path
) -> None:
    mark = f"test/{tmp_path}"
    fake = emulator("trap '' TERM; echo up; sleep 1000", environment=marked(mark), grace_seconds=1000.0)
    process = supervise(fake)
    fake.wait(lambda: b"up" in fake.log)
    fake.is_superseded = True
    assert process.wait(30) == 0
    assert not alive(mark)
    assert not fake.ends
    assert "POST end" not in fake.requests


def test_an_emulator_that_restarts_is_waited_for(emulator: Emulator, supervise: Supervise, tmp_path: Path) -> None:
    go = tmp_path / "go"
    fake = emulator(f"echo before; until [ -e {go} ]; do read -t 0.01 < <(:); done; echo after", {"a": b"1"})
    supervise(fake)
    fake.wait(lambda: b"before" in fake.log)
    port = fake.port
    fake.stop()
    go.touch()
    fake.start(port)
    fake.wait(lambda: fake.ends)
    assert bytes(fake.log) == b"before\nafter\n"
    assert len(fake.ends) == 1


def test_without_an_emulator_the_command_ends_after_the_time_that_it_may_be_away(
    emulator: Emulator, supervise: Supervise, tmp_path: Path
) -> None:
    mark = f"test/{tmp_path}"
    fake = emulator("echo up; sleep 1000", environment=marked(mark), offline_seconds=0.2)
    process = supervise(fake)
    fake.wait(lambda: b"up" in fake.log)
    fake.stop()
    assert process.wait(30) == 0
    assert not alive(mark)


def test_requests_that_fail_for_a_moment_are_repeated(emulator: Emulator, supervise: Supervise) -> None:
    fake = emulator("echo text", {"a": b"content"})
    fake.failures = [503, 500, 429]
    assert supervise(fake).wait(30) == 0
    assert fake.ends[0]["exit_code"] == 0
    assert bytes(fake.log) == b"text\n"


def test_outputs_are_sent_whole_and_what_cannot_be_is_named_in_the_log(
    emulator: Emulator, supervise: Supervise
) -> None:
    command = (
        "mkdir -p outputs/a; head -c 20000000 /dev/zero > outputs/a/big; echo x > outputs/small; : > outputs/empty;"
        "ln -s small outputs/link; mkfifo outputs/pipe; ln -s /nowhere outputs/dangling; echo one > ../model"
    )
    outputs = [{"path": "code/outputs", "name": "outputs"}, {"path": "model", "name": "model"}]
    fake = emulator(command, working_folder="code", folders=["code/outputs"], outputs=outputs)
    assert supervise(fake).wait(30) == 0
    assert fake.outputs.pop("code/outputs/a/big") == bytes(20_000_000)
    assert fake.outputs == {
        "code/outputs/small": b"x\n",
        "code/outputs/empty": b"",
        "code/outputs/link": b"x\n",
        "model": b"one\n",
    }
    assert fake.log.decode().splitlines() == [
        "amlet: not collected: outputs/dangling: it leads nowhere: No such file or directory",
        "amlet: not collected: outputs/pipe: it is not a plain file",
    ]


def test_a_log_beyond_its_limit_is_cut_and_says_so(emulator: Emulator, supervise: Supervise) -> None:
    fake = emulator("yes 0123456789 | head -c 3000000; echo the end", log_limit_bytes=100_000)
    assert supervise(fake).wait(30) == 0
    assert len(fake.log) == 100_000
    assert fake.log.endswith(b"\namlet: this log is longer than what is kept of one; the rest is left out\n")
    assert fake.ends[0]["exit_code"] == 0


def test_files_come_once_for_all_attempts_of_a_host(emulator: Emulator, supervise: Supervise) -> None:
    files = {f"package_{number % 40}/module_{number}.py": f"x = {number}".encode() for number in range(200)}
    fake = emulator("find . -name '*.py' | wc -l", files)
    assert supervise(fake).wait(60) == 0
    fetched = sum(request.startswith("GET") for request in fake.requests)
    again = emulator("find . -name '*.py' | wc -l", files)
    assert supervise(again).wait(60) == 0
    assert (fetched, bytes(fake.log), bytes(again.log)) == (200, b"200\n", b"200\n")
    assert not any(request.startswith("GET") for request in again.requests)


def test_a_file_that_comes_with_the_lease_is_not_asked_for(emulator: Emulator, supervise: Supervise) -> None:
    fake = emulator("cat a/b; stat -c %a a/b", {"a/b": b"text "})
    fake.answer["files"][0] |= {"content": base64.b64encode(b"text ").decode(), "mode": 0o640}
    assert supervise(fake).wait(30) == 0
    assert bytes(fake.log) == b"text 640\n"
    assert not any(request.startswith("GET") for request in fake.requests)


def test_the_worker_s_own_variables_go_where_the_lease_says_so(emulator: Emulator, supervise: Supervise) -> None:
    fake = emulator(
        'echo "$HOME $SECRET $CUDA_PATH $OMP_NUM_THREADS"',
        environment={"PATH": "/no/such/folder:{{path}}", "OMP_NUM_THREADS": "of the job"},
        inherits=["HOME", "CUDA_*", "OMP_*"],
    )
    environ = {"HOME": "/of/the/worker", "SECRET": "hidden", "CUDA_PATH": "/cuda", "OMP_NUM_THREADS": "8"}
    assert supervise(fake, environ).wait(30) == 0
    assert bytes(fake.log) == b"/of/the/worker  /cuda of the job\n"


def test_a_path_that_leads_out_of_the_folder_is_refused(emulator: Emulator, supervise: Supervise) -> None:
    fake = emulator("echo no", {"../../outside": b"content"})
    assert supervise(fake).wait(30) == 0
    [end] = fake.ends
    assert end["reason"] == "refused"
    assert "'../../outside' is not a path below the folder" in end["message"]


def test_gpus_are_handed_out_once_per_host(emulator: Emulator, supervise: Supervise) -> None:
    first = emulator("echo $CUDA_VISIBLE_DEVICES; sleep 1000")
    second = emulator("echo $CUDA_VISIBLE_DEVICES; sleep 1000")
    supervise(first, {"CUDA_VISIBLE_DEVICES": "2,3,5"}, gpu=2)
    first.wait(lambda: first.log.endswith(b"\n"))
    supervise(second, {"CUDA_VISIBLE_DEVICES": "2,3,5"}, gpu=1)
    second.wait(lambda: second.log.endswith(b"\n"))
    assert (bytes(first.log), bytes(second.log)) == (b"2,3\n", b"5\n")
    third = emulator("echo no")
    assert supervise(third, {"CUDA_VISIBLE_DEVICES": "2,3,5"}, gpu=1, patience=0.0).wait(30) == 0
    assert (third.ends[0]["reason"], bytes(third.log)) == ("preempted", b"")
    first.cancel = {"cancel": True}
    first.wait(lambda: first.ends)
    fourth = emulator("echo $CUDA_VISIBLE_DEVICES")
    assert supervise(fourth, {"CUDA_VISIBLE_DEVICES": "2,3,5"}, gpu=2).wait(30) == 0
    assert bytes(fourth.log) == b"2,3\n"
