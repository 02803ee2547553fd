"""What the project file, its asset, or the table of curated ones says of the environment that a job names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from emulator.executors.base import TrialRefused
from emulator.project.content import DeclaredEnvironment
from emulator.project.project_file import ProjectFile
from emulator.project.section import Section
from emulator.trials.environments.curated import curated, is_curated_name
from emulator.trials.environments.environment_name import EnvironmentName
from emulator.trials.environments.requirements import (
    Requirements,
    RequirementsError,
    of_conda_file,
    of_lines,
    read_requirements,
)

_CURATED_IMAGES = "/curated/"

#: Name of the environments that are defined within a job, as the official client registers them.
ANONYMOUS = "CliV2AnonymousEnvironment"
_OF_THE_JOB = "of the job"


@dataclass(frozen=True, slots=True)
class EnvironmentSpec:
    """What is known of an environment.

    Parameters:
        name: for people.
        requirements: on its Python; None when nothing is known of them.
        source: who says so, for people.
        image: of its container, if it has one.
        python: interpreter that the project file gives it.
        is_wide: whether it brings more than a job needs, as the images of Azure do.
    """

    name: str
    requirements: Requirements | None = None
    source: str = ""
    image: str | None = None
    python: Path | None = None
    is_wide: bool = False

    @property
    def is_anonymous(self) -> bool:
        """Whether it is defined within the job, so that no project file can name it."""
        return self.name == _OF_THE_JOB


def environment_spec(reference: str, document: Mapping[str, Any] | None, project: ProjectFile) -> EnvironmentSpec:
    """What is known of the environment that a job names.

    Parameters:
        reference: its `environmentId`.
        document: properties of the stored environment version, if there is one.
        project: goes before both the asset and the table.

    Raises:
        TrialRefused: the project file is closed to it, or what is said of it cannot be used.
    """
    name = EnvironmentName.parse(reference)
    declared = project.environment(name.name, name.version)
    if document is None and not declared and not is_curated_name(name.name) and project.is_closed(Section.ENVIRONMENTS):
        raise TrialRefused(
            f"environment {name} does not exist: {project.name} closes its environments (strict); declare it there:\n"
            f"environments: [{{name: {name.name}}}]"
        )
    try:
        known = _of_document(name, document) if document else _of_table(name)
    except RequirementsError as error:
        raise TrialRefused(f"environment {name}: {error}") from None
    return _declared(known, declared, project) if declared else known


def _declared(known: EnvironmentSpec, declared: DeclaredEnvironment, project: ProjectFile) -> EnvironmentSpec:
    """What the project file says, in the place of what is known otherwise."""
    if declared.python:
        known = replace(known, python=_interpreter(project.local(declared.python), known.name, project))
    if declared.requirements is None:
        return known
    source = f"environments.{declared.name} of {project.name}"
    try:
        requirements = _requirements(declared.requirements, project)
    except (OSError, RequirementsError) as error:
        raise TrialRefused(f"{source}: requirements cannot be used: {error}") from None
    return replace(known, requirements=requirements, source=source, is_wide=False)


def _requirements(given: str | tuple[str, ...], project: ProjectFile) -> Requirements:
    if not isinstance(given, str):
        return of_lines(given)
    return read_requirements(project.local(given))


def _interpreter(path: Path, name: str, project: ProjectFile) -> Path:
    """The interpreter that a path means, which may be a virtual environment's folder."""
    for candidate in (path, path / "bin" / "python", path / "Scripts" / "python.exe"):
        if candidate.is_file():
            return candidate
    raise TrialRefused(
        f"environment {name}: python {path} of {project.name} is neither an interpreter nor an environment"
    )


def _of_document(name: EnvironmentName, document: Mapping[str, Any]) -> EnvironmentSpec:
    image, conda = document.get("image"), document.get("condaFile")
    shown = _OF_THE_JOB if name.name == ANONYMOUS else str(name)
    if conda:
        return EnvironmentSpec(shown, of_conda_file(conda), "its conda file", image)
    if image and _CURATED_IMAGES in image:
        known = curated(image.rpartition(_CURATED_IMAGES)[2].partition(":")[0].partition("@")[0])
        if known:
            return EnvironmentSpec(shown, known.requirements, _said(known.date), image, is_wide=True)
    return EnvironmentSpec(shown, None, "", image)


def _of_table(name: EnvironmentName) -> EnvironmentSpec:
    known = curated(name.name) if name.registry == "azureml" or is_curated_name(name.name) else None
    if known is None:
        return EnvironmentSpec(str(name))
    image = f"mcr.microsoft.com/azureml/curated/{name.name.lower().removeprefix('azureml-')}:latest"
    return EnvironmentSpec(str(name), known.requirements, _said(known.date), image, is_wide=True)


def _said(date: str) -> str:
    return f"amlet's table of curated environments, as of {date}"
