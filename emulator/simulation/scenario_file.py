"""Reading a scenario file: every mistake in it told at once with its line."""

from __future__ import annotations

from pathlib import Path

from pydantic import ValidationError

from contracts.diagnostics.model_errors import of_types
from contracts.diagnostics.problems import Source, mapping_of, repeated, told
from emulator.simulation.scenario import Scenario
from emulator.yaml_file import read_source


class ScenarioError(ValueError):
    """A scenario file cannot be used; the text has one line for each mistake: file, line, key, remedy."""


def read(path: Path) -> Scenario:
    """The scenario that a file describes.

    Raises:
        ScenarioError: it cannot be read, or says what no scenario may say.
    """
    try:
        text = read_source(path, "scenario").text
    except ValueError as error:
        raise ScenarioError(str(error)) from None
    return of_text(text, path)


def of_text(text: str, path: Path) -> Scenario:
    """The scenario of a text.

    Parameters:
        path: of the file that it is in.

    Raises:
        ScenarioError: see `read`.
    """
    source = Source(str(path), text)
    try:
        given = mapping_of(source, Scenario.model_fields)
    except ValueError as error:
        raise ScenarioError(str(error)) from None
    problems = repeated(text)
    try:
        scenario = Scenario.model_validate(given)
    except ValidationError as error:
        problems += of_types(error.errors(), Scenario)
    if problems:
        raise ScenarioError(told(problems, source, sections=True))
    return scenario
