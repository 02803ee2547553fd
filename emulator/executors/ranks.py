"""Starts the local processes of a distributed trial and ends as they do: `python ranks.py KIND COUNT FOLDER COMMAND`.

Run as a script by the trial's shell, in the trial's environment; it needs nothing but Python. Each process finds the
variables of torch.distributed (RANK, LOCAL_RANK, WORLD_SIZE, MASTER_ADDR, MASTER_PORT ...), or the TF_CONFIG of
TensorFlow, and writes to `std_log_process_<rank>.txt` in the folder of the trial's logs, as on the service's runtime.
When one fails, the others are ended, and the end of its log is repeated here, where the trial's own log is. KIND is
`torch`, or `tensorflow:N` where the last N processes are parameter servers, which end with the workers.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

_LAST_LINES = 20
_GRACE = 2.0
_PAUSE = 0.05


def torch_variables(rank: int, ports: Sequence[int]) -> dict[str, str]:
    """What torch.distributed reads, for one process of a single node.

    Parameters:
        rank: of the process.
        ports: a free one for each process; the first process listens at the first.
    """
    count = len(ports)
    return {
        "RANK": str(rank),
        "LOCAL_RANK": str(rank),
        "NODE_RANK": "0",
        "GROUP_RANK": "0",
        "WORLD_SIZE": str(count),
        "LOCAL_WORLD_SIZE": str(count),
        "MASTER_ADDR": "127.0.0.1",
        "MASTER_PORT": str(ports[0]),
    }


def tensorflow_variables(rank: int, ports: Sequence[int], servers: int) -> dict[str, str]:
    """TF_CONFIG, by which TensorFlow finds the cluster, for one process of it.

    Parameters:
        rank: of the process; workers come first.
        ports: where each process listens.
        servers: how many of the processes are parameter servers.
    """
    addresses = [f"127.0.0.1:{port}" for port in ports]
    workers = len(ports) - servers
    cluster = {"worker": addresses[:workers]} | ({"ps": addresses[workers:]} if servers else {})
    task = {"type": "worker", "index": rank} if rank < workers else {"type": "ps", "index": rank - workers}
    return {"TF_CONFIG": json.dumps({"cluster": cluster, "task": task, "environment": "cloud"})}


def main(kind: str, count: int, folder: Path, command: str, environ: Mapping[str, str]) -> int:
    """Start the processes and wait for them; the exit code of the first that failed, or 0.

    Parameters:
        kind: says which variables they find; see the module.
        count: how many.
        folder: where their logs go; a single process writes to this process's own stdout.
        command: for the shell, the same for all.
        environ: variables of all.
    """
    shell = shutil.which("bash") or "/bin/sh"
    name, _, given = kind.partition(":")
    servers, ports = int(given or 0), _free_ports(count)

    def variables(rank: int) -> dict[str, str]:
        return torch_variables(rank, ports) if name == "torch" else tensorflow_variables(rank, ports, servers)

    if count == 1:
        os.execve(shell, [shell, "-c", command], {**environ, **variables(0)})  # noqa: S606 - becomes the shell
    ranks = []
    for rank in range(count):
        with _log(folder, rank).open("ab") as log:
            environment = {**environ, **variables(rank)}
            ranks.append(subprocess.Popen([shell, "-c", command], env=environment, stdout=log, stderr=log))
    failed = _first_failure(ranks, count - servers)
    # What is left are parameter servers, which do not end by themselves.
    if failed is None:
        _end(ranks)
        return 0
    _end(ranks)
    code = ranks[failed].returncode
    print(f"Process {failed} of {count} ended with code {code}; the others were ended. Its last lines:", flush=True)
    lines = _log(folder, failed).read_text(errors="replace").splitlines()
    print("\n".join(lines[-_LAST_LINES:]), flush=True)
    return code if code > 0 else 128 - code


def _log(folder: Path, rank: int) -> Path:
    return folder / f"std_log_process_{rank}.txt"


def _free_ports(count: int) -> list[int]:
    """So many ports that nothing listens at; taken together, so that they differ."""
    with ExitStack() as held:
        servers = [held.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(count)]
        return [server.getsockname()[1] for server in servers]


def _first_failure(ranks: list[subprocess.Popen[bytes]], awaited: int) -> int | None:
    """Wait until the first so many have ended well, or any has not; which one."""
    while True:
        codes = [process.poll() for process in ranks]
        failed = next((rank for rank, code in enumerate(codes) if code), None)
        if failed is not None or None not in codes[:awaited]:
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
    sys.exit(main(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]), sys.argv[4], os.environ))
