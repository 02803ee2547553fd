"""References: to assets (`azureml:name:version`), to folders, to other files."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from dataclasses import replace
from os import PathLike
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from gateway.serialization.yaml.fields import TEXT, Field
from gateway.serialization.yaml.problems import Invalid, Problem, wrong
from gateway.serialization.yaml.renamed_keys import unwrapped_remedy
from gateway.yaml_text import parse, read_text

PREFIX = "azureml:"
FILE = "file:"
_REGISTRY, _FEED = "azureml://registries/", "azureml://feeds/"
_VERSIONED_ID = re.compile(
    r"/?subscriptions/[^/]+/resourceGroups/[^/]+/providers/Microsoft\.MachineLearningServices"
    r"/workspaces/[^/]+/[^/]+/[^/]+/versions/[^/]+"
)
_ID = re.compile(
    r"/subscriptions/[^/]*/resourceGroups/[^/]*/providers/Microsoft\.MachineLearningServices/workspaces/",
    re.IGNORECASE,
)
_WEB = ("http", "https", "ftp", "ftps")
_RELATIVE = "Paths start from the folder of the file they are in."


def asset(value: str, *, version_required: bool) -> str | None:
    """The name of an asset behind `azureml:`: `name:version`, `name@label`, an ARM id; else None."""
    name = value.removeprefix(PREFIX)
    if name == value or not name:
        return None
    if _VERSIONED_ID.match(name):
        return name
    if ("/" in name and name[0] != "/") or _ID.match(name):
        return None
    if "@" in name or ":" in name or not version_required:
        return name
    return None


def with_prefix(value: str) -> str:
    """`cpu-cluster` as `azureml:cpu-cluster`."""
    return value if value.startswith(PREFIX) else PREFIX + value


def _read_plain(value: Any, folder: str) -> str:
    """Text, which older files had within a mapping."""
    if remedy := unwrapped_remedy(value):
        raise wrong(value, "a string", remedy)
    text: str = TEXT.read(value, folder)
    return text


def _read_compute(value: Any, folder: str) -> str:
    name = _read_plain(value, folder)
    if name.lower() == "local":
        return "local"
    return name.removeprefix(PREFIX)


COMPUTE = Field(_read_compute, lambda value, _: value if value == "local" else with_prefix(value) if value else None)


def is_url(value: str) -> bool:
    """Whether it is an http(s) or ftp(s) URL."""
    parts = urlsplit(value)
    return parts.scheme in _WEB and bool(parts.netloc)


def _is_remote(value: str) -> bool:
    return is_url(value) or value.startswith(("git+", _REGISTRY))


def _read_code(value: Any, folder: str) -> str:
    """Code: a local path stays as it is written, relative to the file; whether it exists is asked at submission."""
    code = _read_plain(value, folder)
    if code.startswith(_FEED):
        return code.replace(_FEED, _REGISTRY, 1)
    if _is_remote(code) or not code.startswith(PREFIX):
        return code
    if (name := asset(code, version_required=True)) is None:
        raise wrong(value, "a code asset", "Write azureml:name:version, or a local folder.")
    return name


def _is_local(code: str, folder: str) -> bool:
    """A path that exists, or that cannot be the name of an asset."""
    exists = Path(folder, code).exists()
    return not _is_remote(code) and (exists or not re.search(r"[:@]|^/subscriptions/", code))


def _write_code(value: Any, folder: str) -> str:
    code = os.fspath(value)
    if _is_local(code, folder):
        return Path(folder, code).resolve().as_posix()
    return code if _is_remote(code) else with_prefix(code)


def _write_folder(value: Any, folder: str) -> str:
    path = os.fspath(value)
    return path if is_url(path) else Path(folder, path).resolve().as_posix()


def _read_folder(value: Any, folder: str) -> str:
    path: str = TEXT.read(value, folder)
    if not is_url(path) and not Path(folder, path).exists():
        raise Invalid([Problem((), f"there is no folder {Path(folder, path)}.", _RELATIVE)])
    return path


FOLDER = Field(_read_folder, _write_folder)


def moved_code(code: str | PathLike[str] | None, folder: str, new_folder: str) -> str | None:
    """The same code for a file in another folder."""
    if code is None or not _is_local(os.fspath(code), folder):
        return code if code is None else os.fspath(code)
    return Path(os.path.relpath(Path(folder, code), new_folder)).as_posix()


CODE = Field(_read_code, _write_code)


def _read_data_path(value: Any, folder: str) -> str:
    """Where data is: the name of an asset loses its prefix, and so does a path, which `dump` prefixes, too."""
    path: str = TEXT.read(value, folder)
    if (name := asset(path, version_required=True)) is not None:
        return name
    rest = path.removeprefix(PREFIX)
    return rest if rest != path and "/" in rest and not rest.startswith("/") else path


DATA_PATH = Field(_read_data_path, lambda value, _: with_prefix(value))


def included(value: str, folder: str, read: Callable[[Any, str], Any]) -> Any:
    """What the file behind `file:` holds, read with its own folder; its mistakes are reported under its own name.

    Parameters:
        read: called with the file's mapping and its folder.

    Raises:
        Invalid: there is no such file, or `read` found mistakes in it.
    """
    path = Path(folder, value.removeprefix(FILE))
    if not path.is_file():
        raise Invalid([Problem((), f"there is no file {path}.", _RELATIVE)])
    source = read_text(path)
    try:
        return read(parse(source), str(path.parent))
    except Invalid as invalid:
        raise Invalid(
            problem if problem.source else replace(problem, source=source) for problem in invalid.problems
        ) from None
