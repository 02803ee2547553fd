"""What has to be installed: from lists, requirements.txt files and conda files."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import yaml
from packaging.requirements import InvalidRequirement, Requirement

from contracts.diagnostics.yaml_text import parse
from emulator.trials.environments.package_names import package_names

#: `./package`, `https://x.org/a.whl`, `git+https://...`.
_PLACE = re.compile(r"^(?:[\w+]+:|[./~]|[\w.-]+/)|.*\.whl$|.*\.(?:zip|tar\.gz)$")
_INCLUDED = re.compile(r"^(?:-r|--requirement)[\s=]*+(?P<name>\S+)$")
_CONDA = re.compile(r"^(?:[\w./-]+::)?(?P<name>[\w.-]++)\s*+(?P<version>[^\s\[][^\[]*+)?(?:\[.*\])?$")


class RequirementsError(ValueError):
    """A requirements text cannot be understood; the text says which part of it."""


@dataclass(frozen=True, slots=True)
class Requirements:
    """Requirements on an interpreter.

    Parameters:
        python: wanted version, `3.10`; None for any.
        packages: as in a requirements.txt, one each.
        options: lines of it that are options of pip.
        included: the files that it includes by `-r`, which have not been read.
        unknown: conda packages of which no PyPI name is known.
        conda: the conda file that it comes from.
    """

    python: str | None = None
    packages: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    included: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    conda: str | None = None

    @property
    def digest(self) -> str:
        """A hash of the content, the same for the same requirements in another order."""
        content = asdict(self) | {"packages": sorted(self.packages), "conda": None}
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:32]

    def parsed(self) -> list[Requirement]:
        """The packages meant for this kind of machine, without those that are given by URL or path alone."""
        found = []
        for text in self.packages:
            try:
                requirement = Requirement(text)
            except InvalidRequirement:
                continue
            if requirement.marker is None or requirement.marker.evaluate():
                found.append(requirement)
        return found


def of_lines(lines: Iterable[str], python: str | None = None) -> Requirements:
    """The requirements of a requirements.txt, or of a list.

    Raises:
        RequirementsError: a line is not a requirement.
    """
    packages, options, included = [], [], []
    for line in lines:
        text = re.sub(r"(^|\s)#.*", "", line).strip().rstrip("\\").strip()
        if file := _INCLUDED.match(text):
            included.append(file["name"])
        elif text.startswith("-"):
            options.append(text)
        elif text:
            _check(text)
            packages.append(text)
    return Requirements(python, tuple(packages), tuple(options), tuple(included))


def of_conda_file(text: str) -> Requirements:
    """The requirements of a conda file.

    Parameters:
        text: YAML, with `dependencies` and a `pip` list among them.

    Raises:
        RequirementsError: it is not a conda file.
    """
    content = _conda_content(text)
    python: str | None = None
    packages: list[str] = []
    options: list[str] = []
    included: list[str] = []
    unknown: list[str] = []
    for entry in content.get("dependencies") or []:
        if isinstance(entry, Mapping):
            own = of_lines(_pip_lines(entry.get("pip")))
            packages += own.packages
            options += own.options
            included += own.included
            continue
        name, version = _conda_entry(str(entry))
        on_pypi = package_names().on_pypi(name)
        if name == "python":
            python = _python(version)
        elif on_pypi:
            _check(on_pypi + version)
            packages.append(on_pypi + version)
        elif name not in package_names().no_package and not name.startswith("lib"):
            unknown.append(name)
    return Requirements(python, tuple(packages), tuple(options), tuple(included), tuple(unknown), text)


def _pip_lines(value: Any) -> list[str]:
    if not isinstance(value, list | None):
        raise RequirementsError(f"pip is {value!r} in the conda file, and should be a list")
    return [str(line) for line in value or []]


def _check(text: str) -> None:
    """Refuse what is neither a requirement nor an address or path of a package."""
    if not _PLACE.match(text):
        try:
            Requirement(text)
        except InvalidRequirement as error:
            reason = str(error).partition("\n")[0]
            raise RequirementsError(f"requirement {text!r} cannot be understood: {reason}") from None


def _conda_content(text: str) -> Mapping[str, Any]:
    try:
        content = parse(text)
    except yaml.YAMLError as error:
        raise RequirementsError(f"the conda file is not YAML: {error}") from None
    if not isinstance(content, Mapping) or not isinstance(content.get("dependencies") or [], list):
        raise RequirementsError("the conda file has no list `dependencies`")
    return content


def _conda_entry(text: str) -> tuple[str, str]:
    """Name and PyPI version of a conda dependency: `=1.2` is `==1.2.*`, builds are left out."""
    found = _CONDA.match(text.strip())
    if not found:
        raise RequirementsError(f"conda dependency {text!r} cannot be understood")
    version = (found["version"] or "").replace(" ", "").strip()
    fuzzy = re.match(r"^=?(?P<number>\d[^=,<>|]*)(?:=[^=].*)?$", version)
    if fuzzy:
        number = fuzzy["number"]
        exact = version[0] != "=" or "=" in version[1:] or number.endswith("*")
        version = f"=={number}" if exact else f"=={number}.*"
    return found["name"].lower(), "" if "|" in version or version == "*" else version


def _python(version: str) -> str | None:
    """The version of Python that is wanted: the one that is said, or the highest below a bound; else any."""
    if exact := re.match(r"^(?:==|~=)?(\d+\.\d+)", version):
        return exact[1]
    if highest := re.search(r"<=(\d+\.\d+)", version):
        return highest[1]
    below = re.search(r"<(\d+)\.([1-9]\d*)", version)
    return f"{below[1]}.{int(below[2]) - 1}" if below else None


def read_requirements(path: Path) -> Requirements:
    """The requirements of a file, and of all that it includes by `-r`.

    Raises:
        OSError: a file cannot be read.
        RequirementsError: a file cannot be understood, or includes itself.
    """
    return _read_file(path, ())


def _read_file(path: Path, around: tuple[Path, ...]) -> Requirements:
    if path in around:
        raise RequirementsError(f"{path} includes itself")
    text = path.read_text(encoding="utf-8-sig")
    found = of_conda_file(text) if path.suffix in (".yml", ".yaml") else of_lines(text.splitlines())
    for name in found.included:
        more = _read_file(path.parent / name, (*around, path))
        # A conda file cannot be taken as it is where it includes others: it would be used in another folder.
        found = replace(
            found,
            packages=found.packages + more.packages,
            options=found.options + more.options,
            included=(),
            conda=None,
        )
    return found
