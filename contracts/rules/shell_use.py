"""How a command uses its bindings in the shell: what would reach the program otherwise than it looks.

A binding becomes an environment variable on the command line. The shell expands it after it has read the command: a
bare value is split at spaces and its wildcards are expanded, single quotes and quoted here-documents keep the shell
from expanding it, and a nested shell reads the value as a part of its command.

Commands are only skimmed here, with no more than quotes and comments in mind: what is found are warnings.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import Any

from contracts.arm.distributions import Choice
from contracts.bindings import Binding, bindings
from contracts.diagnostics.shortening import shown
from contracts.rules.finding import Node

_BINDING = re.compile(r"(\$\{\{[^{}]*\}\})")
_SYNTAX = re.compile(r"\\.|['\"\n]|(?<![^\s;&|()])#", re.DOTALL)
_NESTED = re.compile(r"(?<![\w.-])(?:eval|(?:ba|da|z|k)?sh(?:\s+-\w+)*?\s+-\w*c)(?![\w-])")
_QUOTED_DOCUMENT = re.compile(r"<<-?\s*(?:'(\w+)'|\"(\w+)\"|\\(\w+))")
_OPTION = re.compile(r"--?[A-Za-z]")
_SPLIT = re.compile(r"[\s*?\[]")
#: Values of a choice that are looked at.
_MOST_VALUES = 1_000
#: Here-documents that are looked at.
_MOST_DOCUMENTS = 20


def check_shell_use(command: Node, properties: Node) -> None:
    """Point out bindings whose values the shell changes, or does not see.

    Source: the service passes values in environment variables (recorded: `$AZURE_ML_INPUT_<name>` in the place of
    `${{inputs.<name>}}`); what a shell does with them is POSIX, "Shell Command Language", 2.2 and 2.6.
    """
    text = command.text or ""
    if (lost := _lost_option(text)) is not None:
        command.warning(
            "LostLine",
            f"The line {shown(lost)} is a command of its own for the shell, not a part of the one before it.",
            "End the line before it with a backslash, or write `command: >-`, which joins lines of equal indentation.",
        )
    if "${{" not in text:
        return
    if _NESTED.search(text):
        command.warning(
            "NestedShell",
            "`eval` and `sh -c` read the values of bindings as parts of a command.",
            "Call the program itself, or let the nested shell read environment variables.",
        )
    if _in_quoted_document(text):
        command.warning(
            "QuotedHereDocument",
            "In a here-document whose delimiter is quoted the shell does not replace bindings.",
            "Write the delimiter without quotes.",
        )
    for binding, quote in dict.fromkeys(_places(text)):
        name = f"${{{{{binding.kind}.{binding.name}}}}}"
        if quote == "'":
            command.warning(
                "SingleQuotedBinding", f"In single quotes the shell does not replace {name}.", "Use double quotes."
            )
        elif not quote and (value := _split_value(binding, properties)) is not None:
            command.warning(
                "BareValue",
                f"{name} can be {shown(value)}, which a shell does not keep as one word.",
                f'Write "{name}".',
            )


def _lost_option(text: str) -> str | None:
    """The first line that begins with an option, and so was meant to belong to the line before; None if there is none.

    Within quotes, or after a line that goes on (a backslash, an operator, an open here-document), it does belong there.
    """
    if "\n" not in text or "<<" in text:
        return None
    quote, goes_on = "", True
    for line in text.split("\n"):
        stripped = line.strip()
        if not quote and not goes_on and _OPTION.match(stripped):
            return stripped
        quote = _quote_after(line, quote)
        if stripped:
            goes_on = line.endswith("\\") or stripped.endswith(("|", "&&", "(", "{"))
    return None


def _quote_after(line: str, quote: str) -> str:
    """The quote that is open at the end of a line."""
    for found in _SYNTAX.finditer(line):
        sign = found[0]
        if sign == "#" and not quote:
            break
        if sign in ("'", '"'):
            quote = "" if quote == sign else quote or sign
    return quote


def _places(text: str) -> Iterator[tuple[Binding, str]]:
    """Each binding with the quote it stands in; none of those in comments."""
    quote, is_comment = "", False
    for number, piece in enumerate(_BINDING.split(text)):
        if bound := bindings(piece) if piece.startswith("${{") else []:
            if not is_comment:
                yield bound[0], quote
            continue
        for found in _SYNTAX.finditer(piece):
            sign = found[0]
            if sign == "\n":
                is_comment = False
            elif is_comment or (quote == "'" and sign != "'"):
                continue
            elif sign == "#":
                is_comment = not quote and (found.start() > 0 or not number)
            elif sign in ("'", '"'):
                quote = "" if quote == sign else quote or sign


def _in_quoted_document(text: str) -> bool:
    for found in islice(_QUOTED_DOCUMENT.finditer(text), _MOST_DOCUMENTS):
        begin = text.find("\n", found.end())
        end = text.find(f"\n{found[1] or found[2] or found[3]}", max(begin, 0))
        if begin >= 0 and text.find("${{", begin, end if end >= 0 else len(text)) >= 0:
            return True
    return False


def _split_value(binding: Binding, properties: Node) -> Any:
    """A value that a shell would split, drop or expand; None where there is none."""
    if binding.kind == "inputs":
        entry = properties["inputs"][binding.name]
        values = [entry["value"].value] if entry["jobInputType"].text == "literal" else []
    elif binding.kind == "search_space":
        values = _options(properties["searchSpace"][binding.name].value)
    else:
        values = []
    return next((one for one in values if isinstance(one, str) and (not one or _SPLIT.search(one))), None)


def _options(wire: Any) -> list[Any]:
    match wire:
        case [Choice.kind, [[*options]]]:
            return options[:_MOST_VALUES]
        case _:
            return []
