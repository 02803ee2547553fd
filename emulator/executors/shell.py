"""From the text of a command to the arguments of a process."""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping
from functools import cache

#: A Python and plain words, and variables that only bindings have in them: nothing else that a shell would look at.
_PLAIN = re.compile(r" *python[\d.]*( +(?:[\w./:=,@%+-]|\$\{AZURE_?ML_\w+\})+)* *", re.ASCII)
_VARIABLE = re.compile(r"\$\{(\w+)\}", re.ASCII)
_WORD = re.compile(r"[\w./:=,@%+-]+", re.ASCII)


def arguments(command: str, environment: Mapping[str, str]) -> list[str]:
    """What to execute: `bash -c COMMAND`, or `sh` where there is no bash.

    From a Python and plain words, variables that hold plain words included, bash would make the same arguments, and
    then become that Python; so it is left out, which saves a tenth of what a trial that does nothing costs.

    Parameters:
        command: as a user of a shell would write it.
        environment: of the process; its PATH is searched.

    >>> arguments("python train.py | tee log", {})[1:]
    ['-c', 'python train.py | tee log']
    """
    if _PLAIN.fullmatch(command) and "BASH_ENV" not in environment:
        program, *words = command.split()
        values = {name: environment.get(name, "") for name in _VARIABLE.findall(command)}
        is_plain = all(map(_WORD.fullmatch, values.values()))
        words = [_VARIABLE.sub(lambda variable: values[variable[1]], word) for word in words]
        if is_plain and (found := shutil.which(program, path=environment.get("PATH", ""))):
            return [found, *words]
    return [_shell(), "-c", command]


@cache
def _shell() -> str:
    return shutil.which("bash") or "/bin/sh"
