"""Names of inputs, outputs and hyperparameters, and the bindings that use them."""

from __future__ import annotations

import re
from collections.abc import Container, Mapping
from functools import lru_cache
from typing import Any

from gateway.exceptions import ErrorTarget, UnknownInputError, ValidationException, invalid_value

_NAME = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")
_BINDING = re.compile(r"\$\{\{\s*+([^\s{}]*)\s*\}\}")
_INPUT = re.compile(r"\$\{\{inputs\.([\w.-]+)\}\}")
_OPTIONAL_INPUT = re.compile(r"\[[\w.\s-]*\$\{\{inputs\.([\w.-]+)\}\}\]")
_SINGLE_BRACES = re.compile(r"(?<!\{)\{(inputs|outputs|search_space)\.([^{}]*)\}(?!\})")


def check_name(name: str, field: str) -> None:
    """Check the name of an input, an output or a hyperparameter.

    Raises:
        ValidationException: it has other characters than letters, digits and underscores, or starts with a digit.
    """
    if not is_name(name):
        raise ValidationException(
            f"{field}: Key name {name!r} must be composed of letters, numbers, and underscores, and not start with a "
            "number.",
            target=ErrorTarget.JOB,
        )


@lru_cache(maxsize=1024)
def is_name(name: Any) -> bool:
    """Whether a name is made of letters, digits and underscores, and does not start with a digit."""
    return isinstance(name, str) and _NAME.fullmatch(name) is not None


def is_binding(value: Any) -> bool:
    """Whether a value is one `${{...}}` and nothing else."""
    return isinstance(value, str) and "${{" in value and _BINDING.fullmatch(value) is not None


def has_binding(value: Any) -> bool:
    """Whether there is a `${{...}}` somewhere in a value."""
    return isinstance(value, str) and "${{" in value and _BINDING.search(value) is not None


def check_command(command: Any) -> None:
    """Check that a command is text.

    Raises:
        ValidationException: it is something else.
    """
    if not isinstance(command, str):
        raise invalid_value("command", command, "the command line as text")


def check_inputs(command: str, inputs: Mapping[str, Any], swept: Container[str] = ()) -> None:
    """Check that a command only uses inputs that exist; `[--x ${{inputs.x}}]` is optional.

    Parameters:
        command: the command line.
        inputs: the inputs of the job.
        swept: names of its search space.

    Raises:
        UnknownInputError: it uses another one.
    """
    optional: set[str] | None = None
    for name in _inputs_of(command):
        if inputs.get(name) is not None:
            continue
        if optional is None:  # looked for once, and only for a command that needs it: most jobs have all their inputs
            optional = set(_OPTIONAL_INPUT.findall(command))
        if name not in optional:
            known = ", ".join(inputs) or "none"
            raise UnknownInputError(
                f"Inputs to job does not contain {name!r} referenced in command; the inputs are: {known}.",
                hint=f"{name} is in search_space: write ${{{{search_space.{name}}}}}."
                if name in swept
                else f"Declare {name} below inputs, or correct the name.",
            )


@lru_cache(maxsize=256)
def _inputs_of(command: str) -> tuple[str, ...]:
    return tuple(_INPUT.findall(command))


@lru_cache(maxsize=256)
def _corrected(command: str) -> str:
    return _SINGLE_BRACES.sub(r"${{\1.\2}}", command)


def double_braces(command: str) -> str:
    """The command with old `{inputs.x}` bindings written as `${{inputs.x}}`; the log says so when it has any."""
    corrected = _corrected(command)
    if corrected != command:
        import logging

        logging.getLogger("gateway").warning("Use of {} for parameters is deprecated, instead use ${{}}.")
    return corrected
