"""Numbers of GPUs, handed out on one host so that no two attempts have the same."""

from __future__ import annotations

import os
import subprocess
import time
from typing import Mapping

try:
    import fcntl
except ImportError:  # Windows: no GPU is handed out there
    fcntl = None  # type: ignore[assignment]


_PAUSE = 0.5  # seconds between looks for a free one


class DevicesBusy(Exception):
    """Fewer GPUs are free on this host than an attempt needs; the text says how many."""


class Devices:
    """The GPUs of this host, or those that the worker was given.

    Each is held by the lock of a file for as long as a process has the file open, so that the end of the attempt,
    however it comes, frees it.

    Parameters:
        folder: of the locks, the same for all workers of the host; made when it is not there.
        environ: of the worker: CUDA_VISIBLE_DEVICES, where it is set, says which GPUs it may use, in what order.
    """

    def __init__(self, folder: str, environ: Mapping[str, str]) -> None:
        self._folder, self._environ = folder, environ
        self._held: list[int] = []

    def take(self, count: int, patience: float = 0.0) -> list[str]:
        """Hold so many GPUs, or none.

        Parameters:
            count: how many.
            patience: seconds to wait for them, since another attempt may be about to end.

        Raises:
            DevicesBusy: fewer are free.
        """
        deadline = time.monotonic() + patience
        while len(taken := self._take(count)) < count:
            self.release()
            if time.monotonic() > deadline:
                raise DevicesBusy(f"{count} GPUs are needed, and {len(taken)} of this host are free")
            time.sleep(_PAUSE)
        return taken

    def release(self) -> None:
        """Let go of what is held."""
        while self._held:
            os.close(self._held.pop())

    def _take(self, count: int) -> list[str]:
        if fcntl is None:
            raise DevicesBusy("GPUs cannot be handed out on this platform")
        os.makedirs(self._folder, mode=0o700, exist_ok=True)
        taken: list[str] = []
        for name in self._known():
            if len(taken) == count:
                break
            path = os.path.join(self._folder, name.replace("/", "-") + ".lock")
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                os.close(descriptor)
                continue
            self._held.append(descriptor)
            taken.append(name)
        return taken

    def _known(self) -> list[str]:
        visible = self._environ.get("CUDA_VISIBLE_DEVICES")
        if visible is not None:
            return [name for name in visible.replace(" ", "").split(",") if name and name != "-1"]
        try:
            listed = subprocess.run(
                ["nvidia-smi", "-L"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False
            )
        except OSError:
            return []
        return [str(number) for number, _ in enumerate(listed.stdout.splitlines())]
