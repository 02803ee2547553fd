"""The folders of one trial: its own copy of the code, where its logs and outputs go, and its inputs."""

from __future__ import annotations

import os
import shutil
import threading
from pathlib import Path

from emulator.executors.base import TrialRefused
from emulator.trials.file_copy import copy_file, copy_tree, remove_tree
from emulator.trials.input_folder import place_input
from emulator.trials.inputs.data_input import DataInput


class TrialFolder:
    """What a trial works in.

    `logs` in the working folder leads to the artifacts, so that what is written there can be seen at once (documented);
    `outputs` is moved there when the trial has ended.

    Parameters:
        code: its working folder, gone when the trial has ended.
        artifacts: folder of the run's artifacts.
    """

    def __init__(self, code: Path, artifacts: Path) -> None:
        self.code = code
        self.artifacts = artifacts
        self.inputs = code.with_name(f"{code.name}.inputs")

    @property
    def log(self) -> Path:
        """File that takes stdout and stderr."""
        return self.artifacts / "user_logs" / "std_log.txt"

    def make(self, code: Path | None) -> int:
        """Make everything anew; what an interrupted attempt left is removed, its log excepted.

        Parameters:
            code: the folder to copy; None for a job without code.

        Returns:
            How many files the code has.

        Raises:
            TrialRefused: there is no file in the code folder.
        """
        remove_tree(self.code)
        remove_tree(self.artifacts / "outputs")
        self.code.mkdir(parents=True)
        self.artifacts.mkdir(parents=True, exist_ok=True)
        self.log.parent.mkdir(exist_ok=True)
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
        """Bring `outputs` home and remove the working folder; doing it again is harmless."""
        outputs = self.code / "outputs"
        if outputs.is_dir() and not outputs.is_symlink():
            _move_into(outputs, self.artifacts / "outputs")
        remove_tree(self.code)
        remove_tree(self.inputs)

    def _lead_logs_to_artifacts(self) -> None:
        logs, target = self.code / "logs", self.artifacts / "logs"
        target.mkdir(exist_ok=True)
        if logs.is_dir():
            _move_into(logs, target)
            remove_tree(logs)
        if not logs.exists():
            logs.symlink_to(target)


class SharedInputs:
    """Read-only copies of inputs that all trials of a sweep share; each is made when the first trial asks for it.

    Parameters:
        folder: a folder of the sweep's own.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lock = threading.Lock()
        self._copied: dict[str, Path] = {}

    def path(self, one: DataInput) -> Path:
        """Where the copy of an input is."""
        with self._lock:
            if one.name not in self._copied:
                remove_tree(self.folder / one.name)
                self._copied[one.name] = place_input(one, self.folder, read_only=True)
            return self._copied[one.name]


def _move_into(source: Path, target: Path) -> None:
    """Move what a folder holds into another one; a link to a file becomes a copy of it, other links are dropped."""
    with os.scandir(source) as entries:
        for entry in entries:
            destination = target / entry.name
            if entry.is_dir(follow_symlinks=False):
                _move_into(Path(entry.path), destination)
                continue
            target.mkdir(parents=True, exist_ok=True)
            if not entry.is_symlink():
                shutil.move(entry.path, destination)
            elif entry.is_file():
                copy_file(Path(entry.path), destination)
