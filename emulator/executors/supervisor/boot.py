"""What a task of a cluster executes to run one attempt: unpacks the supervisor and waits for it.

Sent as text and executed with `task` among its names, so that it does not matter which Python reads it: nothing of it
is pickled. It never keeps the supervisor from noticing that the worker is gone: the pipe to it closes then.
"""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import tempfile
import zipfile
from typing import Any

_OLDEST = (3, 8)
_NOT_LEASED = 5  # exit code of `main`
_START = (
    "import sys; sys.path.insert(0, sys.argv[1]); from emulator.executors.supervisor.main import main; sys.exit(main())"
)


def boot(task: dict[str, Any]) -> None:
    """Run the attempt of a task to its end.

    Parameters:
        task: what `emulator.executors.supervisor.main` is told; `program` is the packed supervisor, empty where it was
            unpacked before; `digest` is its hash.

    Raises:
        FileNotFoundError: it was not unpacked here, or is gone.
        RuntimeError: it cannot be run here; the text says what to do.
        LookupError: it is another worker's, or does not count any more.
    """
    if sys.version_info < _OLDEST:
        found = ".".join(map(str, sys.version_info[:3]))
        raise RuntimeError(f"worker {task['worker']} runs Python {found}; start it with Python 3.8 or newer")
    told = {name: value for name, value in task.items() if name not in ("program", "digest")}
    with tempfile.TemporaryFile() as errors:
        supervisor = subprocess.Popen(
            [sys.executable, "-I", "-S", "-c", _START, _unpacked(task["program"], task["digest"], task["scratch"])],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=errors,
            start_new_session=True,
        )
        try:
            supervisor.stdin.write(json.dumps(told).encode() + b"\n")  # type: ignore[union-attr]
            supervisor.stdin.flush()  # type: ignore[union-attr]
            code = supervisor.wait()
        finally:
            supervisor.stdin.close()  # type: ignore[union-attr]
        errors.seek(0)
        text = errors.read().decode(errors="replace").strip()[-2000:]
    if code == _NOT_LEASED:
        raise LookupError(text)
    if code:
        raise RuntimeError(text or f"the supervisor of worker {task['worker']} ended with {code}")


def _unpacked(program: bytes, digest: str, scratch: str | None) -> str:
    """The folder of the supervisor, made whole or not at all."""
    base = scratch or os.path.join(tempfile.gettempdir(), "amlet-worker-{}".format(getattr(os, "getuid", int)()))
    os.makedirs(base, mode=0o700, exist_ok=True)
    if hasattr(os, "getuid") and os.lstat(base).st_uid != os.getuid():
        raise RuntimeError(f"{base} is another user's folder; name another one (setting dask_scratch)")
    folder = os.path.join(base, f"program-{digest[:16]}")
    if not os.path.isdir(folder):
        if not program:
            raise FileNotFoundError(folder)
        partial = tempfile.mkdtemp(prefix=".partial-", dir=base)
        zipfile.ZipFile(io.BytesIO(program)).extractall(partial)
        try:
            os.rename(partial, folder)
        except OSError:  # another attempt was faster
            import shutil

            shutil.rmtree(partial, ignore_errors=True)
    return folder
