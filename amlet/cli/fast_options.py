"""Options of typer without pydantic, where there is nothing to convert.

Newer versions of typer make a pydantic adapter for each option of a command, also for those that were not given. To
load pydantic and to make them takes a third of the time of `amlet job create`: the row of that name in
`bench/submit.py` needs this module.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

_ADAPTER = "_runtime_param"
_PREFIX = "Value error, "


def fast(command: Any) -> Any:
    """The same command, whose options are converted by typer only where they need it.

    Parameters:
        command: what `typer.main.get_command` answers; of a version that converts without pydantic it stays as it is.
    """
    options_of = command.get_params

    def get_params(context: Any) -> Any:
        options = options_of(context)
        for option in options:
            if getattr(option, _ADAPTER, option) is None:
                setattr(option, _ADAPTER, _PlainOption(option.type_descriptor))
        return options

    command.get_params = get_params  # also the way to the option --help, which is not in `params`
    for below in getattr(command, "commands", {}).values():
        fast(below)
    return command


class _PlainOption:
    """Takes the place of typer's adapter.

    Parameters:
        kind: what typer knows of the option's type.
    """

    def __init__(self, kind: Any) -> None:
        self._kind = kind

    def coerce(self, value: Any, *, param: Any, ctx: Any) -> Any:
        """The value that the command gets, for what stood on the command line."""
        if value is None:
            return () if param.multiple or param.nargs == -1 else None
        rules = self._kind.parameter_info
        if rules.parser is None and not self._kind.is_choice:
            match self._kind.annotation, value:
                case kind, str() if kind is str:
                    return value
                case kind, list() | tuple() if kind == list[str] and all(isinstance(one, str) for one in value):
                    return list(value)
                case kind, str() if kind is Path and rules.path_type is None and _is_plain(rules, value):
                    return Path(value)
        setattr(param, _ADAPTER, None)
        try:
            return param.get_runtime_param().coerce(value, param=param, ctx=ctx)
        except Exception as error:
            if isinstance(told := getattr(error, "message", None), str):
                error.message = reworded(told, value)  # type: ignore[attr-defined]
            raise


def reworded(told: str, value: Any) -> str:
    """What typer says of a wrong value, without pydantic's prefix, with the value and the likeliest choice.

    Parameters:
        told: by typer.
        value: what stood on the command line.
    """
    from contracts.diagnostics.suggestions import closest

    text = told.removeprefix(_PREFIX)
    if text.startswith("Input should"):
        return f"{value!r}: {text[0].lower()}{text[1:]}"
    _, _, choices = text.partition(" is not one of ")
    near = closest(str(value).lower(), re.findall(r"'([^']*)'", choices))
    return f"{text} Did you mean {near!r}?" if near else text


def _is_plain(rules: Any, path: str) -> bool:
    """Whether an option takes a path as it is: typer has nothing to say against it."""
    unruly = rules.exists or rules.writable or rules.resolve_path or rules.allow_dash
    any_kind = rules.file_okay and rules.dir_okay
    return not unruly and any_kind and (os.access(path, os.R_OK) or not os.path.lexists(path))
