"""Readers and writers of single values.

They accept what the official job schema accepts: text as numbers where a number is wanted, any case of an enum, never a
number where text is wanted. An explicit null is refused, as there.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from typing import Any, NamedTuple, Protocol

from gateway.entities.resource import FieldType, FieldTypes
from gateway.serialization.yaml.problems import Invalid, Problem, not_one_of, wrong


class Codec(Protocol):
    """Reads a value of a file, and writes it again; `folder` is where its relative paths start."""

    def read(self, value: Any, folder: str, /) -> Any: ...

    def write(self, value: Any, folder: str, /) -> Any: ...


class Field(NamedTuple):
    """A codec of two functions."""

    read: Callable[[Any, str], Any]
    write: Callable[[Any, str], Any]


def _as_it_is(value: Any, _: str) -> Any:
    return value


def _read_text(value: Any, _: str) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bytes):
        with suppress(UnicodeDecodeError):
            return value.decode()
    raise wrong(value, "a string")


def _read_integer(value: Any, _: str) -> int:
    if type(value) is int:
        return value
    try:
        # To Python True is an integer; in a file it is not one.
        if not isinstance(value, bool):
            return int(value)
    except (TypeError, ValueError, OverflowError):
        pass
    raise wrong(value, "an integer")


def _read_number(value: Any, _: str) -> float:
    try:
        if not isinstance(value, bool) and math.isfinite(number := float(value)):
            return number
    except (TypeError, ValueError, OverflowError):
        pass
    raise wrong(value, "a number")


def read_exact_number(value: Any, folder: str) -> int | float:
    """A number that stays an integer where it is one."""
    return value if type(value) is int else _read_number(value, folder)


def _as(kind: type[int | float], wanted: str) -> Callable[[Any, str], Any]:
    """Writes numbers of any class, and text that is one, as plain ones."""

    def write(value: Any, _: str) -> Any:
        try:
            return kind(value)
        except (TypeError, ValueError, OverflowError):
            raise wrong(value, wanted) from None

    return write


def write_exact_number(value: Any, folder: str) -> int | float:
    """A number that stays an integer where it is one, as a plain one."""
    written: int | float = (INTEGER if isinstance(value, int) else NUMBER).write(value, folder)
    return written


# True and False are among them, as they equal 1 and 0.
_TRUE = ("t", "T", "true", "True", "TRUE", "on", "On", "ON", "y", "Y", "yes", "Yes", "YES", "1", 1)
_FALSE = ("f", "F", "false", "False", "FALSE", "off", "Off", "OFF", "n", "N", "no", "No", "NO", "0", 0)


def read_boolean(value: Any, _: str) -> bool:
    """A truth value, in any of the spellings that YAML has had for it.

    Raises:
        Invalid: the value is not one of them.
    """
    if value in _TRUE:
        return True
    if value in _FALSE:
        return False
    raise wrong(value, "true or false")


def _read_mapping(value: Any, _: str) -> dict[Any, Any]:
    if isinstance(value, dict):
        return value
    raise wrong(value, "a mapping")


def _read_version(value: Any, _: str) -> str:
    if isinstance(value, str | int | float):
        return str(value)
    raise wrong(value, "a version")


TEXT = Field(_read_text, lambda value, _: str(value))
INTEGER = Field(_read_integer, _as(int, "an integer"))
NUMBER = Field(_read_number, _as(float, "a number"))
EXACT_NUMBER = Field(read_exact_number, write_exact_number)
BOOLEAN = Field(read_boolean, _as_it_is)
VERSION = Field(_read_version, lambda value, _: str(value))
ANY = Field(_as_it_is, _as_it_is)
MAPPING = Field(_read_mapping, _as_it_is)


def optional(codec: Codec) -> Field:
    """The same, null allowed."""
    return Field(
        lambda value, folder: None if value is None else codec.read(value, folder),
        lambda value, folder: None if value is None else codec.write(value, folder),
    )


def snake(text: str) -> str:
    """`UserIdentity` and `user_identity` are the same word."""
    return re.sub("([a-z0-9])([A-Z])", r"\1_\2", re.sub("(.)([A-Z][a-z]+)", r"\1_\2", text)).lower()


def enum(*allowed: str, fold: Callable[[str], str] = str.lower) -> Field:
    """One of some words, in any case."""

    def read(value: Any, _: str) -> str:
        if isinstance(value, str) and (word := fold(value)) in allowed:
            return word
        raise not_one_of(value, allowed)

    return Field(read, lambda value, folder: read(value, folder) if value else None)


def each(convert: Callable[[Any, str], Any], members: Iterable[tuple[Any, Any]], folder: str) -> list[tuple[Any, Any]]:
    """Read or write every member, then report all that is wrong with them at once."""
    done, problems = [], []
    for key, value in members:
        try:
            done.append((key, convert(value, folder)))
        except Invalid as invalid:
            problems += invalid.below(key)
    if problems:
        raise Invalid(problems)
    return done


def mapping_of(codec: Codec) -> Field:
    """A mapping from names to such values."""

    def read(value: Any, folder: str) -> dict[str, Any]:
        members = _read_mapping(value, folder)
        for key in members:
            if not isinstance(key, str):
                raise Invalid([Problem((key,), "a name must be a string.", "Put it in quotes.")])
        return dict(each(codec.read, members.items(), folder))

    def write(value: Mapping[str, Any], folder: str) -> dict[str, Any]:
        return dict(each(codec.write, value.items(), folder))

    return Field(read, write)


def list_of(codec: Codec) -> Field:
    """A list of such values."""

    def read(value: Any, folder: str) -> list[Any]:
        if not isinstance(value, list):
            raise wrong(value, "a list")
        return [item for _, item in each(codec.read, enumerate(value), folder)]

    return Field(read, lambda value, folder: [item for _, item in each(codec.write, enumerate(value), folder)])


def text_or_list(value: Any, folder: str) -> str | list[str]:
    """Text, or a list of texts."""
    texts: str | list[str] = list_of(TEXT).read(value, folder) if isinstance(value, list) else _read_text(value, folder)
    return texts


TEXT_OR_LIST = Field(text_or_list, _as_it_is)


def _number_or_text(value: Any, folder: str) -> float | str:
    try:
        return _read_number(value, folder)
    except Invalid:
        if isinstance(value, str):
            return value
        raise


_BY_FIELD_TYPE = {
    FieldType.INTEGER: INTEGER,
    FieldType.NUMBER: NUMBER,
    FieldType.NUMBER_OR_TEXT: Field(_number_or_text, _number_or_text),
    FieldType.TEXT: TEXT,
    FieldType.BOOLEAN: BOOLEAN,
}


def codecs_of(fields: FieldTypes) -> dict[str, Codec]:
    """Readers and writers of the fields that a registered class declares."""
    return {
        name: enum(*wanted, fold=snake) if isinstance(wanted, tuple) else _BY_FIELD_TYPE[wanted]
        for name, wanted in fields.items()
    }
