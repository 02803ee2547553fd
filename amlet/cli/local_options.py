"""The options of a submitting command that only emulators know, and the choices that come of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from amlet.cli import interpreter
from amlet.cli.exits import Exit, Refusal
from amlet.cli.output import say
from contracts.local_choices import LocalChoices

if TYPE_CHECKING:
    from emulator.project.project_file import ProjectFile

ProjectOption = Annotated[
    str | None,
    typer.Option(
        "--project", metavar="FILE", help="The project file; by default the nearest amlet.yml upwards, or none."
    ),
]


class EnvMode(StrEnum):
    """How environments are made ready."""

    CURRENT = "current"
    UV = "uv"
    CONDA = "conda"
    DOCKER = "docker"


@dataclass(frozen=True, slots=True)
class LocalOptions:
    """The options as they were given."""

    python: str | None = None
    project: str | None = None
    env_mode: EnvMode | None = None
    env_strict: bool = False
    env_file: Path | None = None

    @property
    def given(self) -> list[str]:
        """The options that were used, by name."""
        return [f"--{name.replace('_', '-')}" for name in self.__dataclass_fields__ if getattr(self, name)]


def local_options(
    python: Annotated[str | None, typer.Option("--python", help="The Python of an emulator's trials.")] = None,
    project: ProjectOption = None,
    env_mode: Annotated[
        EnvMode | None, typer.Option("--env-mode", help="How an emulator makes the job's environment ready.")
    ] = None,
    env_strict: Annotated[
        bool, typer.Option("--env-strict", help="Refuse other versions than the environment's, not only missing ones.")
    ] = False,
    env_file: Annotated[
        Path | None,
        typer.Option("--env-file", metavar="FILE", help="Variables for an emulator's trials, kept in no state or log."),
    ] = None,
) -> LocalOptions:
    """Collect the options."""
    return LocalOptions(python, project, env_mode, env_strict, env_file)


def choices(
    options: LocalOptions,
    project: ProjectFile | None,
    job: Any,
    environ: Mapping[str, str],
    *,
    is_simulated: bool = False,
) -> LocalChoices:
    """What an emulator is sent beside the job; the choice of a Python is written to stderr.

    Parameters:
        options: as given.
        project: of the job.
        job: the job, or a node of one.
        environ: of the command.
        is_simulated: whether no command will run, so that nothing is said of a Python.

    Raises:
        Refusal: an option names what is not there.
    """
    if options.env_file and not options.env_file.is_file():
        raise Refusal(f"--env-file {options.env_file}: there is no such file", Exit.USAGE)
    python = None
    if options.python or not _has_python(project, job):
        chosen = interpreter.choose(options.python, environ)
        python = chosen.path if chosen else None
        if chosen and not is_simulated and options.env_mode in (None, EnvMode.CURRENT):
            say(f"Trials run with {chosen.path} ({chosen.reason})")
    return LocalChoices(
        python=python,
        project=str(project.file) if project else None,
        env_mode=options.env_mode.value if options.env_mode else None,
        env_strict="true" if options.env_strict else None,
        env_file=str(options.env_file.absolute()) if options.env_file else None,
    )


def environment_of(job: Any) -> str | None:
    """The name of a job's environment; None for one that is defined within the job."""
    environment = getattr(getattr(job, "trial", None) or job, "environment", None)
    return environment if isinstance(environment, str) else None


def _has_python(project: ProjectFile | None, job: Any) -> bool:
    """Whether the project file gives the job's environment a Python of its own, which wins over the command's."""
    from emulator.trials.environments.environment_name import EnvironmentName

    reference = environment_of(job)
    if project is None or reference is None:
        return False
    name = EnvironmentName.parse(reference)
    declared = project.environment(name.name, name.version)
    return declared is not None and declared.python is not None
