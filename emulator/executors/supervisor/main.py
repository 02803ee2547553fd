"""Runs one attempt: `python -m ...supervisor.main`, told what it is by one line of JSON on stdin.

stdin stays open as long as whoever started it lives and wants the attempt: when it is closed, and at SIGTERM, the
attempt is stopped and given back as preempted. The exit code is 0 once the attempt has ended in whatever way.
"""

from __future__ import annotations

import contextlib
import json
import os
import platform
import signal
import socket
import stat
import sys
import tempfile
from typing import AbstractSet as Set
from typing import Any, Mapping

from emulator.executors.supervisor.attempt import PREEMPTED, Attempt
from emulator.executors.supervisor.connection import Connection, Refused, Superseded, Unreachable
from emulator.executors.supervisor.devices import Devices, DevicesBusy
from emulator.executors.supervisor.file_cache import FileCache

#: Keys of the line: address, token and authority of the attempt; name of the worker; folder for everything that
#: attempts need on this host; bytes of its cache; GPUs that the attempt wants.
_DEFAULTS = {"authority": None, "worker": "", "scratch": None, "cache_bytes": 20 << 30, "gpu": 0, "patience": 60.0}

#: Exit codes: the emulator was not reached, or does not know the token; the attempt is another worker's, or nobody's.
FAILED_TO_LEASE, NOT_LEASED = 3, 5


def main() -> int:
    """Run the attempt that stdin names."""
    told = sys.stdin.buffer.readline()
    if not told:
        return 0
    return run({**_DEFAULTS, **json.loads(told)}, {sys.stdin.fileno(), _told_to_stop()}, os.environ)


def run(task: Mapping[str, Any], leave: Set[int], environ: Mapping[str, str]) -> int:
    """Run one attempt.

    Parameters:
        task: see `_DEFAULTS`, with `url` and `token`.
        leave: descriptors that can be read once the attempt is not wanted here any more.
        environ: of the worker.
    """
    scratch = own_folder(task["scratch"] or os.path.join(tempfile.gettempdir(), f"amlet-worker-{_user()}"))
    devices = Devices(os.path.join(scratch, "devices"), environ)
    connection = Connection(task["url"], task["token"], task["authority"], task["patience"])
    try:
        taken = devices.take(task["gpu"], task["patience"]) if task["gpu"] else None
        lease = connection.post("lease", _worker(task["worker"]))
    except DevicesBusy as error:
        return _give_back(connection, task["worker"], str(error))
    except (Refused, Unreachable) as error:
        sys.stderr.write(f"{socket.gethostname()}: {error}\n")
        return FAILED_TO_LEASE
    except Superseded as error:
        sys.stderr.write(f"{error}\n")
        return NOT_LEASED
    cache = FileCache(os.path.join(scratch, "cache"), task["cache_bytes"])
    Attempt(connection, lease, scratch, cache, environ, taken, leave).run()
    devices.release()
    return 0


def own_folder(path: str) -> str:
    """A folder that nobody else can write to, made when it is not there.

    Raises:
        PermissionError: it is another user's, or open to others: what attempts run could be put into it.
    """
    os.makedirs(path, mode=0o700, exist_ok=True)
    status = os.lstat(path)
    mine = not hasattr(os, "getuid") or status.st_uid == os.getuid()
    if not (stat.S_ISDIR(status.st_mode) and mine) or status.st_mode & 0o022:
        raise PermissionError(f"{path} is not a folder of this user alone; name another one (dask_scratch)")
    return path


def _worker(name: str) -> dict[str, Any]:
    return {
        "worker": name,
        "host": socket.gethostname(),
        "pid": os.getpid(),
        "python": platform.python_version(),
    }


def _give_back(connection: Connection, worker: str, message: str) -> int:
    with contextlib.suppress(Superseded, Refused, Unreachable):
        # Only who has leased an attempt may give it back; another host gets it then.
        connection.post("lease", _worker(worker))
        connection.post("end", {"exit_code": None, "signal": None, "reason": PREEMPTED, "message": message})
    return 0


def _told_to_stop() -> int:
    """A descriptor that can be read after SIGTERM."""
    ready, tell = os.pipe()

    def tell_once(*_: object) -> None:
        os.write(tell, b"!")

    signal.signal(signal.SIGTERM, tell_once)
    return ready


def _user() -> str:
    return str(os.getuid()) if hasattr(os, "getuid") else os.environ.get("USERNAME", "user")


if __name__ == "__main__":
    sys.exit(main())
