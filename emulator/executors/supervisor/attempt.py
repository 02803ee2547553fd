"""One attempt, from its lease to its end."""

from __future__ import annotations

import base64
import contextlib
import os
import re
import select
import shutil
import sys
import time
from fnmatch import fnmatchcase
from functools import partial
from typing import AbstractSet as Set
from typing import Any, Mapping

from emulator.executors.supervisor.connection import Connection, Refused, Superseded, Unreachable
from emulator.executors.supervisor.descendants import descendants
from emulator.executors.supervisor.file_cache import FileCache
from emulator.executors.supervisor.guard import Guard
from emulator.executors.supervisor.heartbeat import LOST_CONTACT, SUPERSEDED, Heartbeat
from emulator.executors.supervisor.log_stream import LogStream
from emulator.executors.supervisor.outputs import send_outputs
from emulator.executors.supervisor.trial_folder import TrialFolder, UnsafePath

#: More reasons of an end: the command's own, what its user has to repair, this machine's fault, the worker's end.
EXITED, REFUSED, FAILED, PREEMPTED = "exited", "refused", "failed", "preempted"

_PLACEHOLDER = re.compile(r"\{\{(folder|emulator|path|open)\}\}")
_DEFAULT_LOG_LIMIT = 1 << 30  # bytes


class Attempt:
    """Runs what a lease says; made while this process has one thread.

    Parameters:
        connection: to the emulator.
        lease: its answer.
        scratch: folder of this host for everything that attempts need.
        cache: of files.
        environ: of the worker.
        devices: numbers of the GPUs that are held for it; None where it wants none.
        leave: descriptors that can be read once the worker is told to stop, or is gone.
    """

    def __init__(
        self,
        connection: Connection,
        lease: Mapping[str, Any],
        scratch: str,
        cache: FileCache,
        environ: Mapping[str, str],
        devices: list[str] | None,
        leave: Set[int],
    ) -> None:
        self._lease, self._cache, self._leave = lease, cache, leave
        self._environ, self._devices = environ, devices
        self._connection = connection
        self._folder = TrialFolder(os.path.join(scratch, "attempts", lease["folder"].replace("/", "-")))
        self._log_path = self._folder.root + ".log"
        # Forked before log and heartbeat start their threads: a fork copies the calling thread alone, and locks as they
        # are.
        self._guard = Guard()
        connection.patience = lease["offline_seconds"]
        self._log = LogStream(
            connection.copy(), self._log_path, lease["log"], lease.get("log_limit_bytes") or _DEFAULT_LOG_LIMIT
        )
        self._heartbeat = Heartbeat(connection, lease["heartbeat_seconds"], self._counts)
        self._reason, self._message = EXITED, ""
        self._kill_at: float | None = None

    def run(self) -> str:
        """Run it to its end; the reason of that."""
        self._heartbeat.start()
        end: dict[str, Any] = {"exit_code": None, "signal": None}
        try:
            if self._prepare():
                self._log.start()
                end.update(self._wait())
                if self._reason == LOST_CONTACT:
                    # The emulator was waited for long enough; the end is told once, in case it is back.
                    self._connection.patience = 0.0
                elif self._reason != SUPERSEDED:
                    self._collect()
        except (Refused, UnsafePath) as error:
            self._reason, self._message = REFUSED, str(error)
        except Superseded as error:
            self._reason, self._message = SUPERSEDED, str(error)
        except Unreachable as error:
            self._reason, self._message = LOST_CONTACT, str(error)
        except OSError as error:
            self._reason, self._message = FAILED, f"The worker's machine failed the trial: {error}"
        finally:
            self._guard.close()
            self._heartbeat.close()
            self._clean()
        if self._reason != SUPERSEDED:
            with contextlib.suppress(Superseded, Refused, Unreachable):
                self._connection.post("end", {**end, "reason": self._reason, "message": self._message})
        return self._reason

    def _prepare(self) -> bool:
        """Make the folder and have the command started; False where it was stopped before that."""
        lease, folder = self._lease, self._folder
        folder.make()
        with contextlib.suppress(FileNotFoundError):
            os.unlink(self._log_path)
        working = folder.make_folder(lease.get("working_folder", ""))
        for relative in lease.get("folders", ()):
            folder.make_folder(relative)
        for one in lease["files"]:
            path = folder.path(one["path"])
            os.makedirs(os.path.dirname(path), exist_ok=True)
            if "content" in one:
                with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
                    file.write(base64.b64decode(one["content"]))
                os.chmod(path, one["mode"])
            else:
                fetch = partial(self._connection.download, one["sha256"])
                self._cache.copy(one["sha256"], one["size"], path, one["mode"], fetch)
            if self._is_told_to_stop():
                return False
        values = self._placeholders()
        environment = self._environment(values)
        arguments = [_filled(word, values) for word in lease["command"]]
        arguments[0] = _program(arguments[0], environment)
        self._guard.start(arguments, environment, working, self._log_path)
        return True

    def _is_told_to_stop(self) -> bool:
        ready, _, _ = select.select({self._heartbeat.woken, *self._leave}, [], [], 0)
        if ready:
            self._note_stop(ready)
        return bool(ready)

    def _note_stop(self, ready: list[int]) -> None:
        if self._heartbeat.woken in ready:
            os.read(self._heartbeat.woken, 1)
            self._reason, self._message = self._heartbeat.reason, self._heartbeat.message
        elif self._reason == EXITED:
            self._reason, self._message = PREEMPTED, "The worker was stopped, or is gone."

    def _wait(self) -> dict[str, int | None]:
        """Wait for the end of the command, and see to it when it is time."""
        watched = {self._guard.status, self._heartbeat.woken, *self._leave}
        while True:
            timeout = None if self._kill_at is None else max(0.0, self._kill_at - time.monotonic())
            ready, _, _ = select.select(watched, [], [], timeout)
            if self._guard.status in ready:
                for told in self._guard.read():
                    if "failed" in told:
                        raise Refused("The command cannot be started: {}".format(told["failed"]))
                    if "started" not in told:
                        return {"exit_code": told.get("code"), "signal": 9 if told.get("lost") else told.get("signal")}
                continue
            if not ready:
                self._guard.kill()
                self._kill_at = None
                continue
            # They stay readable for good: still watched, they would keep this loop from ever waiting.
            watched -= self._leave
            self._note_stop(ready)
            self._stop()

    def _stop(self) -> None:
        if self._reason == SUPERSEDED:
            self._guard.kill()
        elif self._kill_at is None:
            grace = self._heartbeat.grace
            self._guard.terminate()
            self._kill_at = time.monotonic() + (self._lease["grace_seconds"] if grace is None else grace)

    def _collect(self) -> None:
        lines = send_outputs(self._connection, self._folder, self._lease["outputs"])
        if lines:
            with open(self._log_path, "a", encoding="utf-8") as log:
                log.writelines(lines)
        self._log.finish(self._connection)

    def _clean(self) -> None:
        with contextlib.suppress(OSError):
            self._folder.remove()
        with contextlib.suppress(OSError):
            os.unlink(self._log_path)

    def _counts(self) -> dict[str, int]:
        return {"log_offset": self._log.offset, "children": max(0, len(descendants(os.getpid())) - 1)}

    def _placeholders(self) -> dict[str, str]:
        path = os.pathsep.join([_python_folder(), self._environ.get("PATH", os.defpath)])
        return {"folder": self._folder.root, "emulator": self._connection.origin, "path": path, "open": "{{"}

    def _environment(self, values: Mapping[str, str]) -> dict[str, str]:
        """The variables of the command: those of the lease, and those that it has from the worker."""
        environment = {name: _filled(text, values) for name, text in self._lease["environment"].items()}
        for name, text in self._environ.items():
            if name not in environment and any(fnmatchcase(name, one) for one in self._lease.get("inherits", ())):
                environment[name] = text
        # The lease names folders of the emulator's machine; those that are not here only slow searches down.
        environment["PATH"] = os.pathsep.join(
            folder for folder in environment.get("PATH", values["path"]).split(os.pathsep) if os.path.isdir(folder)
        )
        if not os.path.isdir(environment.get("VIRTUAL_ENV", os.curdir)):
            del environment["VIRTUAL_ENV"]
        if self._devices is not None:
            environment["CUDA_VISIBLE_DEVICES"] = ",".join(self._devices)
        environment["PWD"] = self._folder.path(self._lease.get("working_folder", ""))
        return environment


def _filled(text: str, values: Mapping[str, str]) -> str:
    return _PLACEHOLDER.sub(lambda found: values[found.group(1)], text)


def _program(name: str, environment: Mapping[str, str]) -> str:
    """The path of a program; `sh` in the place of a `bash` that is not there."""
    path = environment.get("PATH", os.defpath)
    return shutil.which(name, path=path) or ("/bin/sh" if name == "bash" else name)


def _python_folder() -> str:
    return os.path.dirname(os.path.abspath(sys.executable))
