"""Scenario files: what one may say, and reading it, with every mistake told at once with its line."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

from pydantic import Field, ValidationError

from contracts.diagnostics.model_errors import of_types
from contracts.diagnostics.problems import Source, mapping_of, repeated, told
from emulator.faults.entry import Entry
from emulator.faults.rule import FaultRule
from emulator.simulation.trial_rule import TrialRule
from emulator.yaml_file import read_source


class Scenario(Entry):
    """Scripted trials and failing requests; every key may be left out.

    Parameters:
        seed: makes ids, correlation ids and the sampling of sweeps the same from run to run.
        start: first reading of the virtual clock: `2026-01-01T00:00:00Z`; UTC where no zone is said.
        frozen: whether that clock begins frozen.
        trials: what trials do, in virtual time; the first rule that matches counts.
        requests: which requests go wrong, and how.
    """

    seed: Annotated[int, Field(ge=0)] | None = None
    start: datetime | None = None
    frozen: bool = False
    trials: Annotated[tuple[TrialRule, ...], Field(max_length=1000)] = ()
    requests: Annotated[tuple[FaultRule, ...], Field(max_length=1000)] = ()

    @property
    def started(self) -> float | None:
        """`start` in seconds since the epoch."""
        if self.start is None:
            return None
        return (self.start if self.start.tzinfo else self.start.replace(tzinfo=UTC)).timestamp()

    @property
    def wants_virtual_time(self) -> bool:
        """Whether it scripts what only happens in virtual time."""
        return bool(self.trials) or self.start is not None or self.frozen


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
