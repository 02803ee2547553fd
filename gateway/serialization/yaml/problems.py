"""What is wrong with a file: collected while it is read, reported at once with line numbers."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Any

from gateway.exceptions import ErrorTarget, ValidationErrorType, ValidationException
from gateway.yaml_text import FieldPath, Source, line_of


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake.

    Parameters:
        path: keys and positions from the root of the file to the value.
        message: what is wrong, with the value.
        remedy: what to do about it.
        kind: the kind of mistake.
        source: the included file that it is in; None is the file being read.
    """

    path: FieldPath
    message: str
    remedy: str = ""
    kind: ValidationErrorType = ValidationErrorType.INVALID_VALUE
    source: Source | None = None


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
            "\n".join(_line(problem, source) for problem in problems),
            target=ErrorTarget.JOB,
            error_type=kinds.pop() if len(kinds) == 1 else ValidationErrorType.GENERIC,
        )
        self.source, self.problems = source, tuple(problems)


def wrong(value: Any, wanted: str, remedy: str = "") -> Invalid:
    """The value is not what is wanted here."""
    if not remedy and wanted == "a string" and value is not None and not isinstance(value, dict | list):
        remedy = "Put it in quotes."
    return Invalid([Problem((), f"{shown(value)} is not {wanted}.", remedy)])


def not_one_of(value: Any, allowed: Iterable[str]) -> Invalid:
    """The value is none of those allowed."""
    names = list(allowed)
    near = get_close_matches(str(value).lower(), names, n=1)
    remedy = f"Did you mean {near[0]}?" if near else ""
    return Invalid([Problem((), f"{shown(value)} is not one of {', '.join(names)}.", remedy)])


def unknown(key: Any, fields: Iterable[str], renamed_keys: Mapping[str, str]) -> Problem:
    """The key is no field here.

    Parameters:
        renamed_keys: for keys of older files, what to do.
    """
    names = sorted(fields)
    near = get_close_matches(str(key), names, n=1)
    otherwise = f"Did you mean {near[0]}?" if near else f"The fields here are {', '.join(names)}."
    remedy = renamed_keys.get(str(key), otherwise)
    return Problem((key,), "unknown field.", remedy, ValidationErrorType.UNKNOWN_FIELD)


def missing(key: str, remedy: str = "") -> Problem:
    """The key is required and absent."""
    return Problem((key,), "required field is missing.", remedy, ValidationErrorType.MISSING_FIELD)


def shown(value: Any) -> str:
    """A value as a message shows it."""
    try:
        text = json.dumps(value, default=str, ensure_ascii=False)
    except ValueError:
        # It holds itself, which YAML can say and JSON cannot.
        text = repr(value)
    return text if len(text) <= 80 else text[:77] + "..."


def dotted(path: FieldPath) -> str:
    """`search_space.lr.values[2]`."""
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path).lstrip(".")


def _line(problem: Problem, source: Source) -> str:
    where = problem.source or source
    number = line_of(where.text, problem.path)
    place = where.name if number is None else f"{where.name}:{number}"
    field = f"{dotted(problem.path)}: " if problem.path else ""
    return f"{place}: {field}{problem.message} {problem.remedy}".rstrip()
