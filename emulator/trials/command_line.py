"""The command of a trial, its bindings replaced by environment variables, as the service does it.

The shell expands a variable after it has read the command, so a value is never read as a part of the command, wherever
its binding stands: in quotes, after a comment's apostrophe, in a here-document or in `$(...)`. As on Azure, a bare
value with spaces becomes several words, a bare empty one none, and `eval` and `sh -c` read it again.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from contracts.bindings import Binding, substitute
from emulator.executors.base import TrialRefused

_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


class Bound(NamedTuple):
    """A command and what its bindings stand for.

    Parameters:
        command: for the shell.
        variables: that it needs, by name.
    """

    command: str
    variables: dict[str, str]


def bind(
    command: str,
    values: Mapping[str, Mapping[str, str]],
    *,
    data: frozenset[str] = frozenset(),
    is_sweep: bool = False,
    environment: Mapping[str, str] = MappingProxyType({}),
) -> Bound:
    """Replace each binding of a command by a variable.

    Names of the variables: `AZURE_ML_INPUT_<name>` of data was recorded; `AZURE_ML_OUTPUT_<name>`,
    `AZUREML_SWEEP_<name>` and `AZUREML_PARAMETER_<name>` are inferred from the variables that trials have. A name that
    cannot be part of a variable's, or whose variable holds something else, gets one of its own.

    Parameters:
        command: as in the body, `python train.py --lr ${{search_space.lr}}`.
        values: texts by kind of binding (`search_space`, `inputs`, `outputs`) and name.
        data: names of the inputs that are data; the others are literals.
        is_sweep: whether it is a trial of a sweep.
        environment: the variables that the trial has otherwise, none of which is changed.

    Raises:
        TrialRefused: a binding has no value, or the command holds a NUL character.

    >>> bind("echo ${{inputs.x}}", {"inputs": {"x": "two words"}})
    Bound(command='echo ${AZUREML_PARAMETER_x}', variables={'AZUREML_PARAMETER_x': 'two words'})
    """
    if "\0" in command:
        raise TrialRefused("command: it holds a NUL character, which no command line can hold")
    variables: dict[str, str] = {}

    def variable(binding: Binding) -> str:
        value = value_of(binding, values)
        name = _prefix(binding, data, is_sweep) + binding.name
        held = variables.get(name, environment.get(name, value))
        if not _IDENTIFIER.fullmatch(name) or held != value:
            mark = hashlib.sha256(f"{binding.kind}.{binding.name}".encode()).hexdigest()[:8]
            name = re.sub(r"[^A-Za-z0-9_]", "_", name) + f"_{mark}"
        variables[name] = value
        return f"${{{name}}}"

    return Bound(substitute(command, variable), variables)


def value_of(binding: Binding, values: Mapping[str, Mapping[str, str]]) -> str:
    """What a binding stands for.

    Raises:
        TrialRefused: nothing.
    """
    known = values.get(binding.kind, {})
    if binding.name not in known:
        there_are = ", ".join(sorted(known)) or "none"
        raise TrialRefused(
            f"command: ${{{{{binding.kind}.{binding.name}}}}} has no value; {binding.kind} of this job: {there_are}"
        )
    return known[binding.name]


def _prefix(binding: Binding, data: frozenset[str], is_sweep: bool) -> str:
    if binding.kind == "outputs":
        return "AZURE_ML_OUTPUT_"
    if binding.kind == "inputs" and binding.name in data:
        return "AZURE_ML_INPUT_"
    return "AZUREML_SWEEP_" if binding.kind == "search_space" or is_sweep else "AZUREML_PARAMETER_"
