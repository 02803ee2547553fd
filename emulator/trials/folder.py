"""The folders of one trial: its own copy of the code, where its logs and outputs go, and its inputs."""

from __future__ import annotations

import os
import shutil
import stat
import threading
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

from emulator.executors.base import TrialRefused
from emulator.plain_files import append_plain, plain_files, printable
from emulator.trials.file_copy import copy_file, copy_tree, remove_tree
from emulator.trials.input_folder import place_input
from emulator.trials.inputs.data_input import DataInput

_MOST_LINES = 20

#: Below `system_logs/`: what the emulator really did for a trial, in the files of the service's own runtime.
EXECUTION = "lifecycler/execution-wrapper.log"
DATA = "data_capability/data-capability.log"

_LOG = "user_logs/std_log.txt"

#: What every trial has in its artifacts, parents first.
_ARTIFACT_FOLDERS = ("user_logs", "logs", "system_logs", f"system_logs/{EXECUTION.partition('/')[0]}")


class TrialFolder:
    """What a trial works in.

    `logs` in the working folder leads to the artifacts, so that what is written there can be seen at once (documented);
    `outputs` is moved there when the trial has ended.

    Parameters:
        code: its working folder, gone when the trial has ended.
        artifacts: folder of the run's artifacts.
        remove: how the working folder is removed when the trial has ended.

    Beside it lie the trial's own copies of inputs, and the folder that `az` makes for its sign-ins.
    """

    def __init__(self, code: Path, artifacts: Path, remove: Callable[[Path], None] = remove_tree) -> None:
        self.code = code
        self.artifacts = artifacts
        self._remove = remove
        self.inputs = code.with_name(f"{code.name}.inputs")
        self.sign_in = code.with_name(f"{code.name}.azure")
        #: File that takes stdout and stderr.
        self.log = artifacts / _LOG

    def make(self, code: Path | None) -> int:
        """Make everything anew; what an interrupted attempt left is removed, its log excepted.

        Parameters:
            code: the folder to copy; None for a job without code.

        Returns:
            How many files the code has.

        Raises:
            TrialRefused: there is no file in the code folder.
        """
        if not _made(self.code):
            remove_tree(self.code)
            self.code.mkdir()
        remove_tree(self.sign_in)
        if _made(self.artifacts):
            for name in _ARTIFACT_FOLDERS:
                (self.artifacts / name).mkdir()
        else:
            self._settle_artifacts()
        files = copy_tree(code, self.code) if code else 0
        if code and not files:
            raise TrialRefused(
                f"the code folder {code.name!r} is empty: put the files that the command needs into it, "
                "or leave `code` out"
            )
        (self.code / "outputs").mkdir(exist_ok=True)
        self._lead_logs_to_artifacts()
        return files

    def input_path(self, one: DataInput, shared: SharedInputs) -> Path:
        """Where the trial finds an input."""
        if one.in_place and one.source:
            return one.source
        if not one.own_copy:
            return shared.path(one)
        return place_input(one, self.inputs, read_only=False)

    def collect(self) -> None:
        """Move `outputs` to the artifacts and remove the working folder; doing it again is harmless.

        What no artifact can be (pipes, sockets, devices, links that lead nowhere, names that are not UTF-8 or hold
        control characters) is left behind, with a line in the log.
        """
        left: dict[str, str] = {}
        if self.code.is_dir():
            if self._settle_log():
                left[_LOG] = "the trial had put something else in its place"
            for _ in plain_files(self.artifacts, left.__setitem__):
                pass
            outputs = self.code / "outputs"
            if outputs.is_dir() and not outputs.is_symlink():
                left.update(_move_into(outputs, self.artifacts / "outputs", "outputs/"))
            elif os.path.lexists(outputs):
                left["outputs"] = "it is not a folder"
        for folder in filter(os.path.lexists, (self.code, self.inputs, self.sign_in)):
            try:
                self._remove(folder)
            except OSError as error:
                left[folder.name] = f"it cannot be removed: {error.strerror}"
        self._tell_left(left)

    def _settle_artifacts(self) -> None:
        """What an earlier attempt or a client has put there stays, but for outputs and what is in the way."""
        remove_tree(self.artifacts / "outputs")
        self._settle_log()
        # An earlier attempt may have left a link there, which would lead what this one writes out of the artifacts.
        logs = self.artifacts / "logs"
        if logs.is_symlink() or not logs.is_dir():
            remove_tree(logs)
        logs.mkdir(exist_ok=True)

    def _settle_log(self) -> bool:
        """Have a plain file, or nothing, in the place of the log; whether something else was there."""
        replaced = False
        for path, is_right in ((self.log.parent, stat.S_ISDIR), (self.log, stat.S_ISREG)):
            try:
                right = is_right(path.lstat().st_mode)
            except FileNotFoundError:
                right = True
            if not right:
                remove_tree(path)
                replaced = True
        self.log.parent.mkdir(parents=True, exist_ok=True)
        return replaced

    def _tell_left(self, left: Mapping[str, str]) -> None:
        lines = [f"amlet: not collected: {printable(path)}: {why}\n" for path, why in islice(left.items(), _MOST_LINES)]
        if len(left) > _MOST_LINES:
            lines.append(f"amlet: not collected: {len(left) - _MOST_LINES} more\n")
        if lines:
            with append_plain(self.log) as log:
                log.write("".join(lines).encode())

    def _lead_logs_to_artifacts(self) -> None:
        logs, target = self.code / "logs", self.artifacts / "logs"
        try:
            logs.symlink_to(target)
        except FileExistsError:  # of the code
            if logs.is_dir():
                _move_into(logs, target, "logs/")
                remove_tree(logs)
                logs.symlink_to(target)


def _made(folder: Path) -> bool:
    """Make a folder with its parents; False where something of that name was there."""
    try:
        folder.mkdir(parents=True)
    except FileExistsError:
        return False
    return True


def overlay_folder(working_folder: Path) -> Path:
    """Where the trials of a job have an environment of their own, when they install packages.

    Parameters:
        working_folder: of the job.
    """
    return working_folder.with_name(f"{working_folder.name}.overlay")


class SharedInputs:
    """Read-only copies of inputs that all trials of a sweep share; each is made when the first trial asks for it.

    A copy that is complete is kept over restarts of the emulator: trials that went on meanwhile read it.

    Parameters:
        folder: a folder of the sweep's own.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lock = threading.Lock()
        self._copied: dict[str, Path] = {}

    def path(self, one: DataInput) -> Path:
        """Where the copy of an input is."""
        # Held while the copy is made: the trials of a sweep start at once, and each needs all of it.
        with self._lock:
            if one.name not in self._copied:
                self._copied[one.name] = self._copy(one)
            return self._copied[one.name]

    def _copy(self, one: DataInput) -> Path:
        complete = self.folder / f".{one.name}.complete"
        if complete.is_file():
            return self.folder / complete.read_text()
        remove_tree(self.folder / one.name)
        path = place_input(one, self.folder, read_only=True)
        # The mark comes last: a copy that was interrupted has none, and is made anew.
        complete.write_text(str(path.relative_to(self.folder)))
        return path


def _move_into(source: Path, target: Path, shown: str) -> dict[str, str]:
    """Move what a folder holds into another one; a link to a file becomes a copy of it.

    Parameters:
        shown: what stands before the paths of what is left behind.

    Returns:
        What is left behind, and why.

    Raises:
        OSError: something cannot be moved that should be: the disk is full, or a file is in the place of a folder.
    """
    left: dict[str, str] = {}
    for path, file in plain_files(source, left.__setitem__):
        destination = target / path
        destination.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(file, destination)
    for path in [path for path in left if (source / path).is_symlink() and (source / path).is_file()]:
        destination = target / path
        destination.parent.mkdir(parents=True, exist_ok=True)
        copy_file(source / path, destination)
        del left[path]
    return {f"{shown}{path}": why for path, why in left.items()}


def write_system_log(artifacts: Path, log: str, at: float, lines: Iterable[str]) -> None:
    """Add lines to one of the system logs.

    Parameters:
        artifacts: folder of the run's artifacts.
        log: path of the log below `system_logs`.
        at: seconds since the epoch.
        lines: what happened.
    """
    stamp = datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    path = artifacts / "system_logs" / log
    text = "".join(f"{stamp} {line}\n" for line in lines).encode("utf-8", "backslashreplace")
    try:
        file = append_plain(path)
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = append_plain(path)
    with file:
        file.write(text)
