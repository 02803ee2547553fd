"""Runs one scenario on an emulator with a mistake: `python mutant.py MODULE WAS BECOMES NODE`."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from types import CodeType, ModuleType

import pytest


class MutatingLoader(SourceFileLoader):
    """Loads a module from its source with one change."""

    was: str
    becomes: str

    def get_code(self, fullname: str) -> CodeType:
        """The code of the changed source; byte code on disk is neither read nor written."""
        source = self.get_data(self.path).decode()
        count = source.count(self.was)
        if count != 1:
            sys.exit(f"{self.was!r} stands {count} times in {fullname}: bring mutations.yml up to date")
        return compile(source.replace(self.was, self.becomes), self.path, "exec")


class MutatingFinder(MetaPathFinder):
    """Finds one module with a change, and leaves all others to others."""

    def __init__(self, module: str, was: str, becomes: str) -> None:
        self._module, self._was, self._becomes = module, was, becomes

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """See `importlib.abc.MetaPathFinder`."""
        spec = PathFinder.find_spec(fullname, path, target) if fullname == self._module else None
        if spec is not None and spec.origin is not None:
            loader = MutatingLoader(fullname, spec.origin)
            loader.was, loader.becomes = self._was, self._becomes
            spec.loader = loader
        return spec


if __name__ == "__main__":
    *change, node = sys.argv[1:]
    sys.meta_path.insert(0, MutatingFinder(*change))
    options = [
        "-p",
        "amlet.testing.plugin",
        "-p",
        "no:cacheprovider",
        "-q",
        "-rA",
        "--tb=short",
        "--target=emulator",
    ]
    code = pytest.main([*options, "--pyargs", f"amlet.testing.suite.test_contract::Test{node}"])
    if change[0] not in sys.modules:
        sys.exit(f"{change[0]} was not loaded: bring mutations.yml up to date")
    sys.exit(code)
