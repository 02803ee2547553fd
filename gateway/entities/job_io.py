"""Inputs and outputs of a job, by name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gateway.entities.input import Input
from gateway.entities.output import Output
from gateway.exceptions import unfit


class JobIO:
    """`inputs` and `outputs` of a job, where a mapping stands for an Input or Output.

    Raises:
        ValidationException: they are given as something else than a mapping.
    """

    @property
    def inputs(self) -> dict[str, Any]:
        """Inputs by name: Input objects or literal values."""
        return self._inputs

    @inputs.setter
    def inputs(self, value: Mapping[str, Any] | None) -> None:
        self._inputs = _by_name("inputs", value, Input) if value else {}

    @property
    def outputs(self) -> dict[str, Any]:
        """Outputs by name."""
        return self._outputs

    @outputs.setter
    def outputs(self, value: Mapping[str, Any] | None) -> None:
        self._outputs = _by_name("outputs", value, Output) if value else {}


def _by_name(field: str, value: Any, cls: type[Input | Output]) -> dict[str, Any]:
    if type(value) is not dict and not isinstance(value, Mapping):
        raise unfit(field, value, f"a dict of {field} by name")
    named = dict(value)
    for name, entry in value.items():
        if isinstance(entry, dict):
            named[name] = cls(**entry)
    return named
