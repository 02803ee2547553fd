"""Makes the task that an executor runs out of a recipe, a name and the parameters of one trial."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from contracts.resource_id import WorkspaceId
from emulator.clock import Clock
from emulator.engine.values import argv_text
from emulator.executors import terminal
from emulator.executors.base import Launch, TrialRefused, TrialTask
from emulator.place import Place, blob_container
from emulator.storage.jobs import JobId
from emulator.trials.command_line import bind
from emulator.trials.env_file import read_env_file
from emulator.trials.folder import TrialFolder
from emulator.trials.plain_path import plain_path
from emulator.trials.quoting import quoted_command
from emulator.trials.resolved_job import ResolvedJob
from emulator.trials.system_log import DATA, EXECUTION, write_system_log
from emulator.trials.variables import TrialValues, base_environment, trial_environment


class Launcher:
    """Knows all about trials that does not depend on the job.

    Parameters:
        place: folders and origins.
        clock: for the logs.
        token_for: gives the tracking token of a run, by its name.
        environ: the variables the emulator was started with.
        state: id of the emulator's state, the beginning of the mark of every trial.
    """

    def __init__(
        self, place: Place, clock: Clock, token_for: Callable[[str], str], environ: Mapping[str, str], state: str
    ) -> None:
        self.place = place
        self.state = state
        self._clock = clock
        self._token_for = token_for
        self._base = base_environment(environ)

    def mark(self, job: JobId, attempt: int) -> str:
        """What all processes of one attempt of a trial carry, and no others ever will."""
        return f"{self.state}/{job}/{attempt}"

    def task(
        self,
        resolved: ResolvedJob,
        job: JobId,
        name: str,
        index: int,
        parameters: Mapping[str, Any] | None,
        attempt: int,
    ) -> TrialTask:
        """The task of one trial.

        Parameters:
            recipe: of its job.
            job, name: row id and name of the trial's own job.
            index: its number in the sweep.
            parameters: its values; None for a job that is no trial of a sweep.
            attempt: 1, or more when it is started again.
        """
        folder = self.folder(resolved.job.workspace, name)
        return TrialTask(
            index,
            parameters or {},
            prepare=lambda: self._prepare(resolved, folder, job, name, parameters, attempt),
            collect=folder.collect,
            name=name,
            attempt=attempt,
            metric=resolved.metric,
            log=folder.log,
        )

    def folder(self, workspace: WorkspaceId, name: str) -> TrialFolder:
        """The folders of one trial."""
        return TrialFolder(self.place.working_folder(workspace, name), self.place.run_artifacts(workspace, name))

    def _prepare(
        self,
        resolved: ResolvedJob,
        folder: TrialFolder,
        job: JobId,
        name: str,
        parameters: Mapping[str, Any] | None,
        attempt: int,
    ) -> Launch:
        files = folder.make(resolved.code)
        values = self._values(resolved, folder, name, parameters)
        mark = self.mark(job, attempt)
        environment = trial_environment(
            self._base,
            self.place,
            replace(resolved.job, name=name),
            root=resolved.job.name,
            attempt=attempt,
            token=self._token_for(name),
            prepared=resolved.environment,
            folder=folder.code,
            values=values,
            own={**resolved.variables, **(read_env_file(resolved.secrets) if resolved.secrets else {})},
            mark=mark,
        )
        command, bound = _bound(resolved, values, environment)
        environment = {**environment, **bound}
        _refuse_impossible(environment)
        self._tell(resolved, folder, values, command, bound, files, attempt)
        launch = Launch(
            resolved.starter.command(command, folder.log.parent), folder.code, environment, folder.log, mark
        )
        wrap = resolved.environment.wrap
        launch = wrap(launch, _mounts(resolved, folder, values)) if wrap else launch
        return _in_terminal(launch, resolved.job.choices.terminal)

    def _values(
        self, resolved: ResolvedJob, folder: TrialFolder, name: str, parameters: Mapping[str, Any] | None
    ) -> TrialValues:
        led = plain_path if resolved.bindings == "environment" else Path
        own_outputs = self.place.container(blob_container(resolved.job.workspace)) / "azureml" / name
        data = {one.name: str(led(folder.input_path(one, resolved.shared))) for one in resolved.data}
        return TrialValues(
            parameters=None if parameters is None else {key: argv_text(value) for key, value in parameters.items()},
            inputs={**resolved.texts, **data},
            outputs={one.name: str(led(one.make(own_outputs))) for one in resolved.outputs},
            data=frozenset(data),
        )

    def _tell(
        self,
        resolved: ResolvedJob,
        folder: TrialFolder,
        values: TrialValues,
        command: str,
        bound: Mapping[str, str],
        files: int,
        attempt: int,
    ) -> None:
        now, python = self._clock.now(), resolved.environment
        told = [
            f"Attempt {attempt}, in {folder.code}",
            f"Code: {files} files copied from {resolved.code}" if resolved.code else "Code: none",
            f"Python: {python.python or 'of the image'} ({python.reason})",
            *(f"Note: {note}" for note in resolved.notes),
            f"Command: {command}",
            *(f"  {name}={shlex.quote(value)}" for name, value in bound.items()),
        ]
        write_system_log(folder.artifacts, EXECUTION, now, told)
        moved = [
            f"input {one.name}: {one.reference} is {values.inputs[one.name]} ({one.mode})" for one in resolved.data
        ]
        moved += [f"output {name}: {path}" for name, path in values.outputs.items()]
        if moved:
            write_system_log(folder.artifacts, DATA, now, moved)


def _bound(resolved: ResolvedJob, values: TrialValues, environment: Mapping[str, str]) -> tuple[str, Mapping[str, str]]:
    """The command, and the variables in it."""
    if resolved.bindings == "text":
        return quoted_command(resolved.command, values.by_kind), {}
    return bind(
        resolved.command,
        values.by_kind,
        data=values.data,
        is_sweep=values.parameters is not None,
        environment=environment,
    )


def _refuse_impossible(environment: Mapping[str, str]) -> None:
    """Refuse what no process can have in its environment, and with it parameters that no command line can have."""
    for name, text in environment.items():
        if "\0" in text:
            raise TrialRefused(f"the value of the variable {name} holds a NUL character, which no variable can hold")
        if not name or "=" in name or "\0" in name:
            raise TrialRefused(f"environment_variables: {name!r} cannot be the name of a variable")


def _in_terminal(launch: Launch, path: str | None) -> Launch:
    """A launch with the terminal that is handed over at a socket; as it is without one."""
    if path is None:
        return launch
    return replace(launch, command=f"exec {shlex.join([sys.executable, terminal.__file__, path, launch.command])}")


def _mounts(resolved: ResolvedJob, folder: TrialFolder, values: TrialValues) -> list[Path]:
    """The folders that a trial needs besides that of its code, when it runs in a container."""
    outputs = [Path(path) if Path(path).is_dir() else Path(path).parent for path in values.outputs.values()]
    data = [Path(values.inputs[name]) for name in sorted(values.data)]
    return [folder.artifacts, *data, *outputs]


def last_lines(path: Path, count: int = 20) -> list[str]:
    """The end of a log, for people; nothing when there is no log.

    Parameters:
        path: the file.
        count: at most so many lines, of at most 16 KiB together.
    """
    try:
        with path.open("rb") as file:
            size = file.seek(0, 2)
            file.seek(max(0, size - 16_384))
            return file.read().decode(errors="replace").splitlines()[-count:]
    except FileNotFoundError:
        return []
