"""Starts the local processes of a distributed trial and ends as they do: `python ranks.py COUNT FOLDER COMMAND`.

Run as a script by the trial's shell, in the trial's environment; it needs nothing but Python. Each process finds the
variables of torch.distributed (RANK, LOCAL_RANK, WORLD_SIZE, MASTER_ADDR, MASTER_PORT ...) and writes to
`std_log_process_<rank>.txt` in the folder of the trial's logs, as on the service's runtime. When one fails, the others
are ended, and the end of its log is repeated here, where the trial's own log is.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

_LAST_LINES = 20
_GRACE = 2.0
_PAUSE = 0.05


def variables(rank: int, count: int, port: int) -> dict[str, str]:
    """What torch.distributed reads, for one process of a single node.

    Parameters:
        rank: of the process.
        count: of all processes.
        port: where the first process listens.
    """
    return {
        "RANK": str(rank),
        "LOCAL_RANK": str(rank),
        "NODE_RANK": "0",
        "GROUP_RANK": "0",
        "WORLD_SIZE": str(count),
        "LOCAL_WORLD_SIZE": str(count),
        "MASTER_ADDR": "127.0.0.1",
        "MASTER_PORT": str(port),
    }


def main(count: int, folder: Path, command: str, environ: Mapping[str, str]) -> int:
    """Start the processes and wait for them; the exit code of the first that failed, or 0.

    Parameters:
        count: how many.
        folder: where their logs go; a single process writes to this process's own stdout.
        command: for the shell, the same for all.
        environ: variables of all.
    """
    shell = shutil.which("bash") or "/bin/sh"
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    if count == 1:
        os.execve(shell, [shell, "-c", command], {**environ, **variables(0, 1, port)})  # noqa: S606 - becomes the shell
    ranks = []
    for rank in range(count):
        with _log(folder, rank).open("ab") as log:
            environment = {**environ, **variables(rank, count, port)}
            ranks.append(subprocess.Popen([shell, "-c", command], env=environment, stdout=log, stderr=log))
    failed = _first_failure(ranks)
    if failed is None:
        return 0
    _end(ranks)
    code = ranks[failed].returncode
    print(f"Process {failed} of {count} ended with code {code}; the others were ended. Its last lines:", flush=True)
    lines = _log(folder, failed).read_text(errors="replace").splitlines()
    print("\n".join(lines[-_LAST_LINES:]), flush=True)
    return code if code > 0 else 128 - code


def _log(folder: Path, rank: int) -> Path:
    return folder / f"std_log_process_{rank}.txt"


def _first_failure(ranks: list[subprocess.Popen[bytes]]) -> int | None:
    """Wait until all have ended well, or one has not; which one."""
    while True:
        codes = [process.poll() for process in ranks]
        failed = next((rank for rank, code in enumerate(codes) if code), None)
        if failed is not None or None not in codes:
            return failed
        time.sleep(_PAUSE)


def _end(ranks: list[subprocess.Popen[bytes]]) -> None:
    for process in ranks:
        process.terminate()
    deadline = time.monotonic() + _GRACE
    for process in ranks:
        try:
            process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], os.environ))
