"""Reading a project file: found upwards, parsed, and every mistake in it told at once with its line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from pydantic import ValidationError

from contracts.diagnostics.model_errors import of_types
from contracts.diagnostics.problems import Problem, Source, mapping_of, repeated, told
from emulator.project.content import DeclaredCompute, ProjectContent
from emulator.project.project_file import ProjectFile
from emulator.project.section import Section
from emulator.settings import Settings
from emulator.yaml_file import read_source


class ProjectFileError(ValueError):
    """A project file cannot be used; the text has one line for each mistake: file, line, key, remedy."""


def read(path: Path) -> ProjectFile:
    """The project that a file describes.

    Raises:
        ProjectFileError: it cannot be read, or says what a project file cannot say.
    """
    try:
        text = read_source(path, "project file").text
    except ValueError as error:
        raise ProjectFileError(str(error)) from None
    return of_text(text, path.absolute())


def of_text(text: str, path: Path) -> ProjectFile:
    """The project of a text.

    Parameters:
        path: of the file that it is in, or will be; local paths start from its folder.

    Raises:
        ProjectFileError: see `read`.
    """
    source = Source(str(path), text)
    try:
        present = mapping_of(source, ProjectContent.model_fields)
    except ValueError as error:
        raise ProjectFileError(str(error)) from None
    problems = repeated(text)
    try:
        project = ProjectFile(path, ProjectContent.model_validate(present))
        problems += _of_content(project)
    except ValidationError as error:
        problems += of_types(error.errors(), ProjectContent, {("strict",): ", true or false"})
    if problems:
        raise ProjectFileError(told(problems, source, sections=True))
    return project


def _of_content(project: ProjectFile) -> Iterator[Problem]:
    """What types cannot say: names said twice, spellings of data that mean the same, settings."""
    yield from _twice("workspaces", [str(one) for one in project.content.workspaces])
    yield from _twice("computes", [one.name for one in project.content.computes])
    for place, one in enumerate(project.content.computes):
        yield from _of_compute(("computes", place), one)
    yield from _twice("environments", [f"{one.name}:{one.version}" for one in project.content.environments])
    for section, key, other in project.map.same:
        yield Problem((section, key), f"means the same as {other!r} above; keep one of the two")
    for name, value in project.content.settings.items():
        try:
            Settings().with_values({name: value})
        except ValueError as error:
            yield Problem(("settings", name), str(error))


def _of_compute(path: tuple[str, int], compute: DeclaredCompute) -> Iterator[Problem]:
    """Settings of executors, which no other executor would look at."""
    try:
        Settings().with_values(compute.settings)
    except ValueError as error:
        yield Problem(path, str(error))
    for key in compute.settings:
        name = key.partition("_")[0]
        if key != "executor" and name != compute.executor:
            yield Problem((*path, key), f"is for the executor {name}; add `executor: {name}`, or take it out")


def _twice(section: Section | str, names: Iterable[str]) -> Iterator[Problem]:
    seen = set()
    for place, name in enumerate(names):
        if name in seen:
            yield Problem((section, place), "is declared twice; keep one of the two")
        seen.add(name)
