"""The package `renamed`, which the tests import in place of `azure.ai.ml`: what is public comes from `gateway`.

A name that gateway does not have, and every private one, is a `Private`: a test that uses it is skipped, and says which
name it used. Models of the wire and texts of constants are the official ones: they are what the tests compare with.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from functools import wraps
from importlib import import_module
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any, NoReturn

import pytest

ROOT = "renamed"
OFFICIAL = "azure.ai.ml"
#: How the message of a test begins that used a name which gateway does not have.
PRIVATE = "uses "
#: How the name of a data file begins that is not at hand.
MISSING = "the data file "

#: Modules whose public names the tests may also import from private modules.
_PUBLIC = ("gateway", "gateway.entities", "gateway.dsl", "gateway.sweep", "gateway.constants", "gateway.exceptions")
#: Modules that are not the client: models of the wire, texts, helpers for files.
_AS_THEY_ARE = ("_restclient", "_utils", "constants")


class Private:
    """A name that gateway does not have: every use skips the test.

    Parameters:
        name: the name as the test imported it.
    """

    def __init__(self, name: str) -> None:
        self.__dict__["name"] = name

    def _skip(self) -> NoReturn:
        pytest.skip(f"{PRIVATE}{self.__dict__['name']}")

    def __call__(self, *_: Any, **__: Any) -> Any:
        if not os.environ.get("PYTEST_CURRENT_TEST"):  # while modules are collected
            return self
        return self._skip()

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return Private(f"{self.__dict__['name']}.{name}")

    def __iter__(self) -> Iterator[Any]:
        self._skip()

    def __getitem__(self, key: Any) -> Any:
        self._skip()

    def __instancecheck__(self, instance: Any) -> bool:
        self._skip()

    def __mro_entries__(self, bases: tuple[Any, ...]) -> tuple[type, ...]:
        return (object,)


class RenamedModule(ModuleType):
    """A module of `renamed`; its names are looked up when they are used."""

    __path__: list[str] = []

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _named(self.__name__.removeprefix(ROOT).removeprefix("."), name)


class Finder(MetaPathFinder, Loader):
    """Finds every module below `renamed`."""

    def find_spec(self, fullname: str, path: Sequence[str] | None, target: Any = None) -> ModuleSpec | None:
        """The module, whatever it is called: whether a name is there shows when it is used."""
        if fullname != ROOT and not fullname.startswith(f"{ROOT}."):
            return None
        return ModuleSpec(fullname, self, is_package=True)

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """An empty module."""
        return RenamedModule(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """There is nothing to run."""


def install() -> None:
    """Let the tests import `renamed`."""
    sys.meta_path.insert(0, Finder())


def _named(module: str, name: str) -> Any:
    """A name of a module, both without their roots."""
    if name.islower() and not name.startswith("_") and find_spec(f"gateway.{name}") and not module:
        return import_module(f"{ROOT}.{name}")
    found = _of_gateway(module, name)
    if name.startswith("load_") and found is not None:
        return _loader(found)
    if found is not None:
        return found
    if module.split(".")[0] in _AS_THEY_ARE:
        return getattr(import_module(f"{OFFICIAL}.{module}"), name)
    if not module and name in _AS_THEY_ARE:
        return import_module(f"{OFFICIAL}.{name}")
    return Private(f"{module}.{name}" if module else name)


def _of_gateway(module: str, name: str) -> Any:
    if name.startswith("_"):
        return None
    for place in dict.fromkeys((f"gateway.{module}" if module else "gateway", *_PUBLIC)):
        if "._" in place:
            continue
        try:
            return getattr(import_module(place), name)
        except (ImportError, AttributeError):
            continue
    return None


def _loader(load: Callable[..., Any]) -> Callable[..., Any]:
    """The loader; for a data file that is not at hand it gives a `Private`, and later skips the test."""

    @wraps(load)
    def loaded(*args: Any, **kwargs: Any) -> Any:
        source = args[0] if args else kwargs.get("source")
        if isinstance(source, str | Path) and "test_configs" in str(source) and not Path(source).exists():
            missing = Private(f"{MISSING}{str(source).rpartition('test_configs/')[2]}")
            return missing()
        return load(*args, **kwargs)

    return loaded
