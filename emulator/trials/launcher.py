"""Makes attempts, which executors run, out of a job, a name and the parameters of one trial."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any

from contracts.bindings import without_optional
from emulator.clock import Clock
from emulator.engine.values import argv_text
from emulator.executors import terminal
from emulator.executors.base import Attempt, Launch, TrialRefused
from emulator.identity.cloud import write_bundle
from emulator.place import Place, blob_container
from emulator.plain_files import open_plain
from emulator.storage.attempts import attempt_id
from emulator.storage.jobs import Job, JobId
from emulator.trials.command_line import bind
from emulator.trials.env_file import read_env_file
from emulator.trials.environments.overlay import remove_overlay
from emulator.trials.file_copy import remove_tree
from emulator.trials.folder import DATA, EXECUTION, TrialFolder, overlay_folder, write_system_log
from emulator.trials.inherited import INHERITED, Inherited, inherited
from emulator.trials.plain_path import plain_path
from emulator.trials.quoting import quoted_command
from emulator.trials.resolved_job import ResolvedCommand, ResolvedJob
from emulator.trials.variables import Cloud, TrialValues, trial_environment


class Launcher:
    """Makes attempts out of jobs; knows what does not depend on the job.

    Parameters:
        place: folders and origins.
        clock: for the logs.
        token_for: gives the tracking token of an attempt, by the name of its run and its own id.
        environ: the variables the emulator was started with.
        identity_header: what opens the endpoint of managed identities.
        launched: is told the job of each attempt; by default nothing is told.
        log_limit: bytes that the log of an attempt may have; None for no limit.
        remove: how folders that nothing needs any more are removed.
    """

    def __init__(
        self,
        place: Place,
        clock: Clock,
        token_for: Callable[[str, str], str],
        environ: Mapping[str, str],
        identity_header: str = "",
        launched: Callable[[ResolvedJob], None] = lambda resolved: None,
        log_limit: int | None = None,
        remove: Callable[[Path], None] = remove_tree,
    ) -> None:
        self.place = place
        self.clock = clock
        self.token_for = token_for
        self.environ = environ
        self._identity_header = identity_header
        self._launched = launched
        self._log_limit = log_limit
        self._remove = remove
        self._handed_on: dict[tuple[str, ...], Inherited] = {}

    @cached_property
    def bundle(self) -> Path | None:
        """A CA bundle with the emulator's authority and those that its user trusts; written for the first trial."""
        if self.place.ca is None:
            return None
        return write_bundle(self.place.state_dir / "trust" / "ca-bundle.pem", self.place.ca, self.environ)

    def handed_on(self, named: Sequence[str]) -> Inherited:
        """What trials inherit, which is the same for all trials of a project file.

        Parameters:
            named: `inherit` of the project file.
        """
        key = tuple(named)
        if key not in self._handed_on:
            self._handed_on[key] = inherited(self.environ, key)
        return self._handed_on[key]

    @property
    def trusted(self) -> list[Path]:
        """The folder that a container needs for `bundle`."""
        return [self.bundle.parent] if self.bundle else []

    def cloud(self, job: Job, folder: TrialFolder) -> Cloud:
        """What stands in the place of Azure for a trial of a job."""
        return Cloud(self._identity_header, self.bundle, folder.sign_in, job.body.get("identity"))

    @property
    def reach(self) -> str:
        """The addresses of the emulator that attempts are given."""
        return f"{self.place.https_origin} {self.place.http_origin}"

    def attempt(
        self,
        resolved: ResolvedJob,
        job: JobId,
        name: str,
        index: int,
        parameters: Mapping[str, Any] | None,
        number: int,
    ) -> Attempt:
        """An attempt at one trial, about to be started.

        Parameters:
            resolved: its job.
            job, name: row id and name of the trial's own job.
            index: its number in the sweep.
            parameters: its values; None for a job that is not a trial of a sweep.
            number: of the attempt.
        """
        self._launched(resolved)
        folder = self.folder(resolved.job, name)
        attempt = attempt_id(job, number)
        work = TrialWork(self, resolved, folder, name, parameters, number, attempt)
        return Attempt(
            attempt,
            index,
            parameters or {},
            name,
            number,
            resolved.metric,
            folder.log,
            work,
            log_limit=self._log_limit,
            placement=resolved.placement,
        )

    def collect(self, job: Job) -> None:
        """Move the outputs of a trial or command job whose processes have ended to its artifacts.

        Raises:
            OSError: they cannot be moved.
        """
        self.folder(job, job.name).collect()

    def release(self, resolved: ResolvedJob, *, begins: bool = False) -> None:
        """Remove what the trials of a job that has ended shared.

        Parameters:
            begins: whether it is about to begin, with the overlay that was made ready for it.
        """
        if resolved.command:
            self._remove(resolved.command.shared.folder)
            if not begins:
                remove_overlay(overlay_folder(self.place.working_folder(resolved.job.workspace, resolved.job.name)))

    def folder(self, job: Job, name: str) -> TrialFolder:
        """The folders of one trial of a job."""
        return TrialFolder(
            self.place.working_folder(job.workspace, name),
            self.place.run_artifacts(job.workspace, name),
            self._remove,
        )


class TrialWork:
    """The work around the command of one attempt; see `emulator.executors.base.Work`."""

    def __init__(
        self,
        launcher: Launcher,
        resolved: ResolvedJob,
        folder: TrialFolder,
        name: str,
        parameters: Mapping[str, Any] | None,
        number: int,
        attempt: str,
    ) -> None:
        self._launcher, self._resolved, self._folder = launcher, resolved, folder
        self._name, self._parameters, self._number, self._attempt = name, parameters, number, attempt

    def prepare(self, variables: Mapping[str, str]) -> Launch:
        """Make the trial's folders and say what to launch.

        Parameters:
            variables: of the executor's own.

        Raises:
            TrialRefused: the code or a value makes it impossible.
        """
        needs = self._resolved.command
        if needs is None:
            raise TrialRefused(f"job {self._resolved.job.name} was resolved without its command")
        folder, launcher, job = self._folder, self._launcher, self._resolved.job
        files = folder.make(needs.code)
        values = self._values(needs)
        handed_on = launcher.handed_on(needs.inherit)
        environment = trial_environment(
            handed_on,
            launcher.place,
            replace(job, name=self._name),
            root=self._resolved.root or job.name,
            attempt=self._number,
            token=launcher.token_for(self._name, self._attempt),
            cloud=launcher.cloud(job, folder),
            prepared=needs.environment,
            folder=folder.code,
            values=values,
            own={**needs.variables, **(read_env_file(needs.secrets) if needs.secrets else {})},
            extra=variables,
        )
        # After the environment is known: a variable of a binding must not take the name of one that means something
        # else.
        command, bound = _bound(needs, values, environment)
        environment = {**environment, **bound}
        _refuse_impossible(environment)
        self._tell(needs, values, command, bound, files, handed_on.withheld)
        writes = tuple(Path(path) for path in values.outputs.values())
        launch = Launch(
            needs.ranks.command(command, folder.log.parent),
            folder.code,
            environment,
            folder.log,
            reads=(
                *(Path(values.inputs[name]) for name in sorted(values.data)),
                folder.sign_in,
                *launcher.trusted,
                *needs.environment.python_path,
                *needs.ranks.files,
            ),
            writes=writes,
            inherits=INHERITED,
            gpus=needs.gpus,
        )
        if wrap := needs.environment.wrap:
            folder.sign_in.mkdir(mode=0o700)  # in a container only what is there can be mounted
            launch = wrap(launch, [*_mounts(needs, folder, values), *launcher.trusted, *needs.environment.python_path])
        return _in_terminal(launch, job.choices.terminal)

    def collect(self) -> None:
        """Move the outputs to the artifacts."""
        self._folder.collect()

    def _values(self, needs: ResolvedCommand) -> TrialValues:
        own_outputs = self._launcher.place.container(blob_container(self._resolved.job.workspace)) / "azureml"
        # A variable that is not quoted is split at spaces: such a path reaches the trial by a link that has none.
        bare = plain_path if needs.bindings == "environment" else Path
        data = {one.name: str(bare(self._folder.input_path(one, needs.shared))) for one in needs.data}
        given = self._parameters
        return TrialValues(
            parameters=None if given is None else {key: argv_text(value) for key, value in given.items()},
            inputs={**needs.texts, **data},
            outputs={one.name: str(bare(one.make(own_outputs / self._name))) for one in needs.outputs},
            data=frozenset(data),
        )

    def _tell(
        self,
        needs: ResolvedCommand,
        values: TrialValues,
        command: str,
        bound: Mapping[str, str],
        files: int,
        withheld: Sequence[str],
    ) -> None:
        now, python, artifacts = self._launcher.clock.now(), needs.environment, self._folder.artifacts
        told = [
            f"Attempt {self._number}, in {self._folder.code}",
            f"Code: {files} files copied from {needs.code}" if needs.code else "Code: none",
            f"Python: {python.python or 'of the image'} ({python.reason})",
            *(f"Note: {note}" for note in self._resolved.notes),
            *([f"Not inherited (inherit in amlet.yml): {', '.join(withheld)}"] if withheld else []),
            f"Command: {command}",
            *(f"  {name}={shlex.quote(value)}" for name, value in bound.items()),
        ]
        write_system_log(artifacts, EXECUTION, now, told)
        moved = [f"input {one.name}: {one.reference} is {values.inputs[one.name]} ({one.mode})" for one in needs.data]
        moved += [f"output {name}: {path}" for name, path in values.outputs.items()]
        if moved:
            write_system_log(artifacts, DATA, now, moved)


def _bound(
    needs: ResolvedCommand, values: TrialValues, environment: Mapping[str, str]
) -> tuple[str, Mapping[str, str]]:
    """The command, and the variables in it."""
    text = without_optional(needs.text, lambda binding: bool(values.by_kind.get(binding.kind, {}).get(binding.name)))
    if needs.bindings == "text":
        return quoted_command(text, values.by_kind), {}
    return bind(
        text,
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


def _mounts(needs: ResolvedCommand, folder: TrialFolder, values: TrialValues) -> list[Path]:
    """The folders that a trial needs besides that of its code, when it runs in a container."""
    outputs = [Path(path) if Path(path).is_dir() else Path(path).parent for path in values.outputs.values()]
    data = [Path(values.inputs[name]) for name in sorted(values.data)]
    return [folder.artifacts, folder.sign_in, *data, *outputs]


def last_lines(path: Path, count: int = 20) -> list[str]:
    """The end of a log, for people; nothing when there is no log.

    Parameters:
        path: the file.
        count: at most so many lines, of at most 16 KiB together.
    """
    try:
        with open_plain(path) as file:
            size = file.seek(0, 2)
            file.seek(max(0, size - 16_384))
            return file.read(16_384).decode(errors="replace").splitlines()[-count:]
    except OSError:
        return []
