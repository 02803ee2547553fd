"""The in-process fixtures and `simulate` need nothing that only POSIX systems have."""

from __future__ import annotations

import subprocess
import sys

PROGRAM = """
import importlib.abc, os, select, signal, sys

POSIX = {"fcntl", "grp", "posix_ipc", "pty", "pwd", "readline", "resource", "syslog", "termios", "tty", "uvloop"}

class Absent(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name in POSIX:
            raise ModuleNotFoundError(f"no module named {name!r} on this platform", name=name)

import subprocess, tempfile, shutil, asyncio, numpy  # made for the platform that they run on
sys.meta_path.insert(0, Absent())
for name in POSIX:
    sys.modules.pop(name, None)
for module, names in {
    os: "O_CLOEXEC O_NOFOLLOW O_DIRECTORY fchmod fork forkpty getgid getpgid getuid killpg mkfifo nice pidfd_open "
        "sched_getaffinity setpgid setsid wait3 wait4 waitid WEXITED WNOWAIT P_PID",
    select: "poll epoll",
    signal: "SIGALRM SIGCHLD SIGHUP SIGKILL SIGQUIT SIGSTOP SIGUSR1 SIGUSR2 pthread_sigmask",
}.items():
    for name in names.split():
        if hasattr(module, name):
            delattr(module, name)

import amlet.testing.plugin
from amlet.testing import InProcessEmulator
from gateway import command
from gateway.sweep import Uniform
from pathlib import Path

folder = Path(sys.argv[1])
(folder / "train.py").write_bytes(b"print(1)\\r\\n\\x1a\\n")
trial = command(
    code=str(folder), command="python train.py ${{inputs.lr}}", environment="azureml:e:1", inputs={"lr": 0.1}
)
sweep = trial(lr=Uniform(0.0, 1.0)).sweep(
    sampling_algorithm="random", primary_metric="accuracy", goal="Maximize", max_total_trials=2
)
with InProcessEmulator() as emulator, emulator.client() as client:
    emulator.time.freeze()
    job = client.jobs.create_or_update(sweep)
    emulator.time.run_until_settled()
    assert client.jobs.get(job.name).status == "Completed"
    client.jobs.download(f"{job.name}_0", download_path=folder / "got")
    assert list((folder / "got").rglob("std_log.txt"))
    emulator.reset()
    assert list(client.jobs.list()) == []
print("done", sorted(POSIX & set(sys.modules)))
"""


def test_a_sweep_in_process_needs_nothing_that_only_posix_has(tmp_path: object) -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM, str(tmp_path)], capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "done []", done.stderr
