"""What is installed, compared with what is required."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from emulator.trials.environments.installed import Installed
from emulator.trials.environments.package_names import package_names
from emulator.trials.environments.requirements import Requirements

#: Packages of the service's own runtime: without them a job runs here all the same, unless it imports them.
_SERVICE = "azureml-"


@dataclass(frozen=True, slots=True)
class Comparison:
    """How an interpreter falls short of requirements.

    Parameters:
        missing: requirements whose package is not installed and which the job needs.
        unused: likewise, but nothing says that the job needs them.
        differing: requirements that the installed version does not meet, with that version.
        python: the required Python and the interpreter's own, where they differ.
        is_used: whether the job needs one of the packages.
    """

    missing: tuple[str, ...]
    unused: tuple[str, ...]
    differing: tuple[tuple[str, str], ...]
    python: tuple[str, str] | None
    is_used: bool = True


def compare(requirements: Requirements, installed: Installed, imported: Iterable[str], *, is_wide: bool) -> Comparison:
    """Compare.

    Parameters:
        requirements: what should be there.
        installed: what is.
        imported: names that the job's code imports, with dots.
        is_wide: whether the requirements are more than the job needs, so that only what it imports counts.
    """
    names = tuple(imported)
    missing: list[str] = []
    unused: list[str] = []
    differing: list[tuple[str, str]] = []
    for requirement in requirements.parsed():
        version = _version(requirement, installed)
        if version is None:
            optional = is_wide or canonicalize_name(requirement.name).startswith(_SERVICE)
            (unused if optional and not _is_imported(requirement.name, names) else missing).append(str(requirement))
        elif not _meets(requirement, version):
            differing.append((str(requirement), version))
    own = ".".join(installed.python.split(".")[:2])
    python = (requirements.python, own) if requirements.python and requirements.python != own else None
    is_used = not is_wide or any(_is_imported(requirement.name, names) for requirement in requirements.parsed())
    return Comparison(tuple(missing), tuple(unused), tuple(differing), python, is_used)


def _version(requirement: Requirement, installed: Installed) -> str | None:
    name = canonicalize_name(requirement.name)
    for candidate in (name, *package_names().also_in.get(name, ())):
        if candidate in installed.packages:
            return installed.packages[candidate]
    return None


def _meets(requirement: Requirement, version: str) -> bool:
    try:
        return requirement.specifier.contains(Version(version), prereleases=True)
    except InvalidVersion:
        return True


def _is_imported(package: str, names: Iterable[str]) -> bool:
    own = package_names().imported_as(package)
    return any(name == one or name.startswith(f"{one}.") for one in own for name in names)
