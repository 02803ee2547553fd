"""YAML text: read, parsed (by libyaml where it is there) and written."""

from __future__ import annotations

import os
import warnings
from functools import cache
from os import PathLike
from pathlib import Path
from typing import IO, Any

import yaml

from contracts.diagnostics.nesting import check_nesting, may_nest, members_of_node
from contracts.diagnostics.problems import Source
from gateway.exceptions import ErrorTarget, ValidationErrorType, ValidationException

YamlSource = str | PathLike[str] | IO[Any]


class UnreadableFile(ValidationException):
    """A file that is not YAML, or not a mapping.

    Parameters:
        line: where the reader stopped, from 1; None where there is no such place.
    """

    line: int | None = None


@cache
def _loader() -> type[Any]:
    loader: type[Any] | None = getattr(yaml, "CSafeLoader", None)
    if loader is None:
        warnings.warn(
            "This PyYAML comes without libyaml: job files are read about ten times slower. "
            "Install PyYAML from a wheel, or libyaml before building it.",
            RuntimeWarning,
            stacklevel=2,
        )
        return yaml.SafeLoader
    return loader


def read_text(source: YamlSource) -> Source:
    """The text of a file, by its path or already open.

    Raises:
        ValidationException: there is no such file, or the open file cannot be read from.
    """
    if isinstance(source, str | PathLike):
        try:
            return Source(os.fspath(source), Path(source).read_text(encoding="utf-8-sig"))
        except OSError as error:
            raise ValidationException(
                f"{error.strerror}: {source} (paths start from {Path.cwd()})",
                target=ErrorTarget.GENERAL,
                error_type=ValidationErrorType.FILE_OR_FOLDER_NOT_FOUND,
            ) from error
        except UnicodeDecodeError as error:
            raise _not_utf8(os.fspath(source), error) from error
    name = str(getattr(source, "name", "<stream>"))
    if not source.readable():
        raise ValidationException(
            f"File Permissions Error: {name} is open, but not for reading. Open it with mode 'r'.",
            target=ErrorTarget.GENERAL,
        )
    content = source.read()
    try:
        return Source(name, content.decode("utf-8-sig") if isinstance(content, bytes) else content)
    except UnicodeDecodeError as error:
        raise _not_utf8(name, error) from error


def parse(source: Source) -> dict[Any, Any]:
    """The mapping that a YAML text is, scalars read as by PyYAML's safe loader.

    Raises:
        ValidationException: not YAML, empty, no mapping, or more than can be walked (`contracts.diagnostics.nesting`).
    """
    try:
        content = construct(source.text)
    except yaml.MarkedYAMLError as error:
        raise _not_yaml(source.name, error) from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise _unreadable(source.name, str(error)) from error
    if content is None:
        raise _unreadable(source.name, "it is empty")
    if not isinstance(content, dict):
        raise _unreadable(source.name, f"it holds a {type(content).__name__} and should be a mapping of fields")
    return content


def construct(text: str) -> Any:
    """The content of a YAML text, bounded before it is made: merge keys would copy it, and no walk of it would end.

    Raises:
        yaml.YAMLError: not YAML.
        ValueError: more than can be walked, or a scalar that is not what its tag says.
    """
    loader = _loader()(text)
    try:
        node = loader.get_single_node()
        if node is None:
            return None
        if may_nest(text):
            check_nesting(node, members_of_node)
        return loader.construct_document(node)
    finally:
        loader.dispose()


def write(content: dict[str, Any], dest: YamlSource) -> None:
    """Write a mapping as YAML, keys sorted, to a new file or to one that is open.

    Raises:
        FileExistsError: the path is taken.
        ValidationException: no such folder, a file that is not open for writing, or a value that YAML has no form for.
    """
    try:
        text = yaml.dump(content, Dumper=yaml.SafeDumper, default_flow_style=False)
    except yaml.representer.RepresenterError as error:
        raise ValidationException(
            f"{error.args[-1]!r} cannot be written as YAML.", target=ErrorTarget.GENERAL
        ) from error
    if not isinstance(dest, str | PathLike):
        if not dest.writable():
            raise ValidationException("File Permissions Error: the already-open file is not writable.")
        binary = "b" in getattr(dest, "mode", "") or not hasattr(dest, "encoding")
        dest.write(text.encode() if binary else text)
        return
    try:
        with Path(dest).open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError as error:
        raise FileExistsError(error.errno, "The file exists; remove it or give another path", str(dest)) from error
    except OSError as error:
        raise ValidationException(
            f"No such parent folder path or not a file path: {dest}",
            target=ErrorTarget.GENERAL,
            error_type=ValidationErrorType.FILE_OR_FOLDER_NOT_FOUND,
        ) from error


_BACKSLASH = (
    "in double quotes a backslash begins an escape. Write a Windows path in single quotes ('C:\\data\\train'), "
    'or with forward slashes ("C:/data/train")'
)


_FLOW = (
    "in {...} and [...] a text that holds { } [ ] or a comma stands in quotes: "
    '{command: "python train.py --lr ${{search_space.lr}}"}'
)


def _hint(reason: str) -> str | None:
    if "escape character" in reason or "expected escape sequence" in reason:
        return _BACKSLASH
    if "expected ',' or" in reason:
        return _FLOW
    if "undefined alias" in reason:
        return "a text that begins with * stands in quotes"
    return _SYNTAX if reason.startswith("line ") else None


_SYNTAX = (
    "YAML shows structure by indentation: look in this line and the one above for a space too many or too few, a tab, "
    "a text with ': ' or ' #' in it without quotes, a quote or bracket that is not closed"
)


def _not_yaml(name: str, error: yaml.MarkedYAMLError) -> UnreadableFile:
    """The refusal of a text that is not YAML, with its line as editors count."""
    mark = error.problem_mark or error.context_mark
    reason = " ".join(filter(None, (error.context, error.problem)))
    place = f"line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
    refusal = _unreadable(name, f"{place}{reason}")
    refusal.line = mark.line + 1 if mark else None
    return refusal


def _not_utf8(name: str, error: UnicodeDecodeError) -> UnreadableFile:
    return _unreadable(name, f"it is not UTF-8 ({error.reason} at byte {error.start})")


def _unreadable(name: str, reason: str) -> UnreadableFile:
    return UnreadableFile(
        f"Cannot read {name} as YAML: {reason}.",
        target=ErrorTarget.GENERAL,
        error_type=ValidationErrorType.CANNOT_PARSE,
        hint=_hint(reason),
    )
