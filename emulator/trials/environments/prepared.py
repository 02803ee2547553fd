"""The preparation of an environment: what it needs, what it results in, and the interface of its modes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import Protocol, TypeAlias

from emulator.executors.base import Launch, TrialRefused
from emulator.trials.environments.requirements import Requirements
from emulator.trials.environments.spec import EnvironmentSpec


class Mode(StrEnum):
    """How a trial gets what its environment says.

    `current` takes the chosen interpreter as it is and compares; `uv` and `conda` build an environment, once for all
    jobs that want the same; `docker` runs each trial in a container of the environment's image.
    """

    CURRENT = "current"
    UV = "uv"
    CONDA = "conda"
    DOCKER = "docker"


@dataclass(frozen=True, slots=True)
class Wish:
    """What has to be made ready, for one job.

    Parameters:
        spec: what is known of its environment.
        python: the chosen interpreter.
        reason: why that one, for people.
        code: its code folder, if it has one.
        command: of its trials, with its bindings.
        installs: whether its trials install packages, so that what is missing may be what they install.
        overlay: folder for an environment of the job's own; None where none is made.
        is_strict: whether what differs is refused too, and not only what is missing.
        is_offline: whether nothing may be fetched.
        log: file that takes what a build has to say.
    """

    spec: EnvironmentSpec
    python: Path
    reason: str
    code: Path | None
    is_strict: bool
    is_offline: bool
    log: Path
    command: str = ""
    installs: bool = False
    overlay: Path | None = None


def buildable(spec: EnvironmentSpec) -> Requirements:
    """What an environment can be built from.

    Raises:
        emulator.executors.base.TrialRefused: nothing is known of it, or not all of it came with the job.
    """
    requirements = spec.requirements
    if requirements and not requirements.included:
        return requirements
    why = "nothing is known of its packages"
    if requirements:
        why = f"it includes {', '.join(requirements.included)}, which did not come with the job"
    name, declare = spec.name.partition(":")[0], "declare it in amlet.yml"
    if spec.is_anonymous:
        name, declare = "NAME", f"name one in the job in the place of its definition, and {declare}"
    raise TrialRefused(
        f"environment {spec.name}: {why}, so that it cannot be built; {declare}:\n"
        f"environments: [{{name: {name}, requirements: requirements.txt}}]"
    )


#: Runs the command of a launch elsewhere; given also the folders it needs besides its own.
Wrapper: TypeAlias = Callable[[Launch, Sequence[Path]], Launch]


@dataclass(frozen=True, slots=True)
class Prepared:
    """An environment made ready.

    Parameters:
        python: the interpreter; None where it is inside a container.
        reason: why that one, for people.
        notes: what is not as it should be, for people.
        warnings: what of it the job's log says; None for all of it.
        variables: to be added to those of each trial.
        wrap: runs a trial's command elsewhere; None to run it as it is.
        python_path: folders in which its Python looks for modules first.
        below: folders of programs that come after the interpreter's own: of the environment below an overlay.
    """

    python: Path | None
    reason: str
    notes: tuple[str, ...] = ()
    warnings: tuple[str, ...] | None = None
    variables: Mapping[str, str] = field(default_factory=dict)
    wrap: Wrapper | None = None
    below: tuple[str, ...] = ()
    python_path: tuple[Path, ...] = ()

    @property
    def logged(self) -> tuple[str, ...]:
        """The warnings of the job's log."""
        return self.notes if self.warnings is None else self.warnings

    def with_note(self, note: str) -> Prepared:
        """The same with one more note, which the job's log has too."""
        return replace(self, notes=(*self.notes, note), warnings=(*self.logged, note))

    @property
    def path(self) -> tuple[str, ...]:
        """What comes first on the trial's PATH."""
        return (str(self.python.parent), *self.below) if self.python else ()

    @property
    def virtual_environment(self) -> Path | None:
        """The virtual environment that the interpreter belongs to."""
        root = self.python.parent.parent if self.python else None
        return root if root and (root / "pyvenv.cfg").is_file() else None


class Preparation(Protocol):
    """One mode."""

    def prepare(self, wish: Wish) -> Prepared:
        """Make an environment ready; may take minutes.

        Raises:
            emulator.executors.base.TrialRefused: it cannot be; the text says why, and what to do.
        """
        ...
