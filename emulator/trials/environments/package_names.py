"""The names of packages on conda, on PyPI and in import statements; the table is packages.yml beside this module."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from packaging.utils import canonicalize_name

from contracts.diagnostics.yaml_text import parse


@dataclass(frozen=True, slots=True)
class PackageNames:
    """The table.

    Parameters:
        conda: PyPI names by conda name.
        no_package: conda names that do not stand for a Python package.
        imports: what scripts import, by PyPI name.
        also_in: other packages that bring the same, by PyPI name.
    """

    conda: Mapping[str, str]
    no_package: frozenset[str]
    imports: Mapping[str, tuple[str, ...]]
    also_in: Mapping[str, tuple[str, ...]]

    def on_pypi(self, conda_name: str) -> str | None:
        """The PyPI name of a conda package; None when it is not known."""
        return self.conda.get(conda_name.lower())

    def imported_as(self, package: str) -> tuple[str, ...]:
        """What scripts import of a PyPI package."""
        return self.imports.get(canonicalize_name(package), (canonicalize_name(package).replace("-", "_"),))


@cache
def package_names() -> PackageNames:
    """The table, read once."""
    table: dict[str, Any] = parse(
        files("emulator.trials.environments").joinpath("packages.yml").read_text(encoding="utf-8")
    )
    return PackageNames(
        conda={**{name: name for name in table["same"]}, **table["conda"]},
        no_package=frozenset(table["no_package"]),
        imports={canonicalize_name(name): tuple(names) for name, names in table["imports"].items()},
        also_in={
            canonicalize_name(name): tuple(map(canonicalize_name, more)) for name, more in table["also_in"].items()
        },
    )
