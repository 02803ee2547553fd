"""What goes to stdout: data, in the format that `-o` names, or for people when stdout is a terminal."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from io import TextIOWrapper
from typing import Any, TextIO

from amlet.cli.exits import Exit, Refusal
from contracts.local_choices import SIMULATED


class Format(StrEnum):
    """The formats of `az`."""

    JSON = "json"
    TSV = "tsv"
    TABLE = "table"
    YAML = "yaml"
    NONE = "none"


#: What a list of jobs shows of each.
JOB_COLUMNS = ("name", "display_name", "type", "status", "experiment_name")


def emit(data: Any, format: Format | None, query: str | None, people: Callable[[], str] | None = None) -> None:  # noqa: A002
    """Write data to stdout.

    Parameters:
        data: any JSON.
        format: how; by default for people on a terminal (where `people` is given), else JSON.
        query: a JMESPath expression that picks what is written.
        people: the text for people.

    Raises:
        Refusal: the expression is wrong.
    """
    if query:
        data, people = _pick(data, query), None
    if format is None and people and sys.stdout.isatty():
        text = people()
    else:
        text = render(data, format or Format.JSON)
        # In a container without a locale stdout is ASCII; JSON and YAML have escapes for the rest.
        if not _encodable(text, sys.stdout):
            text = render(data, format or Format.JSON, ascii_only=True)
    if text:
        put(text if text.endswith("\n") else text + "\n")


def put(text: str) -> None:
    """Write text to stdout at once; what would control a terminal is written out where it is one."""
    sys.stdout.write(harmless(text) if sys.stdout.isatty() else text)
    sys.stdout.flush()


#: What moves the cursor, changes colours or titles, or turns the direction of writing; tabs and line ends are kept.
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_COLOUR = re.compile("\x1b\\[[0-9;]*m")


def harmless(text: str) -> str:
    r"""A text of others for a terminal: its control characters are written out.

    >>> harmless("a\x1b[2J")
    'a\\x1b[2J'
    """
    return _CONTROL.sub(lambda found: found[0].encode("unicode_escape").decode("ascii"), text)


def harmless_log(text: str) -> str:
    r"""A line of a job's log for a terminal: without its colours, its other control characters written out.

    >>> harmless_log("\x1b[31mred\x1b[0m \x1b[2J")
    'red \\x1b[2J'
    """
    return harmless(_COLOUR.sub("", text))


def tolerate_encodings() -> None:
    """Let stdout and stderr write out a character that their encoding lacks, instead of failing on it."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def write_document(text: str) -> None:
    """Write the text of a file to stdout, whole: as UTF-8 where stdout's encoding lacks one of its characters."""
    if isinstance(sys.stdout, TextIOWrapper) and not sys.stdout.isatty() and not _encodable(text, sys.stdout):
        say(f"stdout's encoding {sys.stdout.encoding} cannot carry this text; it is written as UTF-8")
        sys.stdout.flush()
        sys.stdout.buffer.write(text.encode(errors="backslashreplace"))
        return
    put(text)


def _encodable(text: str, stream: TextIO) -> bool:
    try:
        text.encode(getattr(stream, "encoding", None) or "utf-8")
    except UnicodeEncodeError:
        return False
    return True


def render(data: Any, format: Format, *, ascii_only: bool = False) -> str:  # noqa: A002
    """Data as text in one of the formats; where a format can, with other characters as its escapes if wanted."""
    match format:
        case Format.JSON:
            return json.dumps(data, indent=2, ensure_ascii=ascii_only)
        case Format.TSV:
            return "\n".join(_tsv_row(row) for row in (data if isinstance(data, list) else [data]))
        case Format.YAML:
            import yaml

            return str(yaml.safe_dump(data, sort_keys=False, allow_unicode=not ascii_only))
        case Format.TABLE:
            return table(_rows(data))
        case Format.NONE:
            return ""


def say(text: str) -> None:
    """Write a line for people to stderr; stdout is for data."""
    _tell(text + "\n")


def say_over(text: str) -> None:
    """Write text for people to stderr in the place of its last line, which is not ended."""
    sys.stderr.write("\r")
    _tell(text)


def confirm(question: str) -> None:
    """Ask on stderr, and leave the command unless the answer is yes."""
    import typer

    typer.confirm(harmless(question), abort=True, err=True)


def _tell(text: str) -> None:
    sys.stderr.write(harmless(text) if sys.stderr.isatty() else text)
    sys.stderr.flush()


def table(rows: Sequence[Mapping[str, Any]]) -> str:
    """Rows with the same keys as aligned columns under a heading."""
    if not rows:
        return ""
    columns = list(dict.fromkeys(key for row in rows for key in row))
    cells = [[_cell(row.get(column)) for column in columns] for row in rows]
    widths = [max(len(line[place]) for line in [columns, *cells]) for place in range(len(columns))]
    lines = [columns, ["-" * width for width in widths], *cells]
    return "\n".join("  ".join(map(str.ljust, line, widths)).rstrip() for line in lines)


def _pick(data: Any, query: str) -> Any:
    import jmespath
    from jmespath.exceptions import JMESPathError

    try:
        return jmespath.search(query, data)
    except JMESPathError as error:
        raise Refusal(f"--query {query!r}: {error}; see https://jmespath.org", Exit.USAGE) from None


def _rows(data: Any) -> list[Mapping[str, Any]]:
    """What of the data a table shows: plain values only."""
    listed = data if isinstance(data, list) else [data]
    rows: list[Mapping[str, Any]] = []
    for item in listed:
        if isinstance(item, Mapping):
            rows.append({key: value for key, value in item.items() if not isinstance(value, Mapping | list)})
        else:
            rows.append({"Result": item})
    if rows and all({"name", "status"} <= row.keys() for row in rows):
        return [{column: row.get(column) for column in JOB_COLUMNS} for row in rows]
    return rows


def _tsv_row(row: Any) -> str:
    if isinstance(row, Mapping):
        return "\t".join(_cell(value) for value in row.values())
    if isinstance(row, list):
        return "\t".join(_cell(value) for value in row)
    return _cell(row)


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Mapping | list):
        return json.dumps(value, ensure_ascii=False)
    return "" if value is None else str(value)


def shown(value: Any) -> str:
    """A value in a few characters: floats with six significant digits, nothing for None, other values as JSON.

    >>> shown(0.123456789), shown("rbf"), shown(None), shown({"a": 1})
    ('0.123457', 'rbf', '', '{"a": 1}')
    """
    if isinstance(value, float):
        return f"{value:.6g}"
    return "" if value is None else value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


#: What is said of a job that was only simulated.
SIMULATED_LINE = "SIMULATED: the metrics are invented; no command ran."


def is_simulated(document: Mapping[str, Any]) -> bool:
    """Whether an emulator only simulated the job."""
    return SIMULATED in ((document.get("properties") or {}).get("properties") or {})
