"""What is wrong with a file: collected while it is read, reported at once with line numbers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from contracts.diagnostics import problems as diagnostics
from contracts.diagnostics.problems import Source, told
from contracts.diagnostics.shortening import listed, shown
from contracts.diagnostics.suggestions import closest
from gateway.exceptions import ErrorTarget, ValidationErrorType, ValidationException


@dataclass(frozen=True, slots=True)
class Problem(diagnostics.Problem):
    """One mistake, with the kind that the exception reports.

    Parameters:
        kind: the kind of mistake.
    """

    kind: ValidationErrorType = ValidationErrorType.INVALID_VALUE


class Invalid(Exception):
    """Raised by readers; never seen outside `gateway.serialization.yaml`."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        super().__init__()
        self.problems = list(problems)

    def below(self, key: str | int) -> list[Problem]:
        """The same problems as the reader of the enclosing value sees them."""
        return [problem if problem.source else replace(problem, path=(key, *problem.path)) for problem in self.problems]


class InvalidFileError(ValidationException):
    """A YAML file that cannot be read as what it should be.

    Parameters:
        source: the file.
        problems: all that is wrong with it.
    """

    def __init__(self, source: Source, problems: Sequence[Problem]) -> None:
        kinds = {problem.kind for problem in problems}
        super().__init__(
            told(problems, source),
            target=ErrorTarget.JOB,
            error_type=kinds.pop() if len(kinds) == 1 else ValidationErrorType.GENERIC,
        )
        self.source, self.problems = source, tuple(problems)


def wrong(value: Any, wanted: str, remedy: str = "") -> Invalid:
    """The value is not what is wanted here."""
    if isinstance(value, date):  # a text that looks like one; a datetime is one too
        return Invalid([Problem((), f"{value} is a date in YAML, not {wanted}.", f'Write it in quotes: "{value}".')])
    if not remedy and wanted == "a string" and value is not None and not isinstance(value, dict | list):
        remedy = "Put it in quotes."
    return Invalid([Problem((), f"{shown(value)} is not {wanted}.", remedy)])


def not_one_of(value: Any, allowed: Iterable[str]) -> Invalid:
    """The value is not one of those allowed."""
    names = list(allowed)
    near = closest(str(value).lower(), names)
    remedy = f"Did you mean {near}?" if near else ""
    return Invalid([Problem((), f"{shown(value)} is not one of {listed(names)}.", remedy)])


def unknown(key: Any, fields: Iterable[str], renamed_keys: Mapping[str, str]) -> Problem:
    """The key is not a field here.

    Parameters:
        renamed_keys: for keys of older files, what to do.
    """
    names = sorted(fields)
    near = closest(str(key), names)
    otherwise = f"Did you mean {near}?" if near else f"The fields here are {listed(names)}."
    remedy = renamed_keys.get(str(key), otherwise)
    return Problem((key,), "unknown field.", remedy, kind=ValidationErrorType.UNKNOWN_FIELD)


def missing(key: str, remedy: str = "") -> Problem:
    """The key is required and absent."""
    return Problem((key,), "required field is missing.", remedy, kind=ValidationErrorType.MISSING_FIELD)
