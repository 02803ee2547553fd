"""The command of a trial with a value in the place of each binding, quoted: the setting `bindings: text`."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Mapping

from contracts.bindings import Binding, substitute
from emulator.executors.base import TrialRefused
from emulator.trials.command_line import value_of

_SPECIAL_IN_DOUBLE_QUOTES = re.compile(r'([\\"$`])')


def quoted_command(command: str, values: Mapping[str, Mapping[str, str]]) -> str:
    """Substitute the bindings of a command, each quoted for the shell as its surroundings need it.

    A value stays one word and is never expanded, whether its binding stands bare, in single or in double quotes. Quotes
    nested in `$(...)` and here-documents are not looked into.

    Parameters:
        command: as in the body, `python train.py --lr ${{search_space.lr}}`.
        values: texts by kind of binding (`search_space`, `inputs`, `outputs`) and name.

    Raises:
        TrialRefused: a binding has no value, or the command holds a NUL character.

    >>> quoted_command("echo ${{inputs.x}}", {"inputs": {"x": "two words"}})
    "echo 'two words'"
    """
    if "\0" in command:
        raise TrialRefused("command: it holds a NUL character, which no command line can hold")
    found: list[str] = []

    def keep(binding: Binding) -> str:
        found.append(value_of(binding, values))
        return "\0"

    first, *rest = substitute(command, keep).split("\0")
    line, quote = first, _quote_after(first, "")
    for value, piece in zip(found, rest, strict=True):
        line += _QUOTED[quote](value) + piece
        quote = _quote_after(piece, quote)
    return line


def _quote_after(text: str, quote: str) -> str:
    """The quote that is open at the end of a text, when `quote` was open at its beginning."""
    escaped = False
    for character in text:
        if escaped:
            escaped = False
        elif character == "\\" and quote != "'":
            escaped = True
        elif character == quote:
            quote = ""
        elif not quote and character in "'\"":
            quote = character
    return quote


_QUOTED: Mapping[str, Callable[[str], str]] = {
    "": shlex.quote,
    '"': lambda value: _SPECIAL_IN_DOUBLE_QUOTES.sub(r"\\\1", value),
    "'": lambda value: value.replace("'", "'\"'\"'"),
}
