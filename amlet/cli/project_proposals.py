"""The lines that a project file is proposed to have, and their way into a file that has others already."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from amlet.cli.jobs.references import JobReferences
from contracts.diagnostics.yaml_text import quoted
from contracts.resource_id import LOCAL_WORKSPACE, WorkspaceId
from emulator.project.local_map import LocalMap, prefix_of
from emulator.project.project_file import ProjectFile
from emulator.project.reference import reference_of, short_spelling
from emulator.trials.cores import usable_cores
from emulator.trials.environments.curated import curated
from emulator.trials.environments.environment_name import EnvironmentName

#: Folders that hold no data for jobs.
_NOT_SEARCHED = frozenset({"node_modules", "__pycache__", "site-packages", "venv", "env", "dist", "build"})
_MOST_SEARCHED = 50_000

HEADER = """\
# The project file of the jobs in this folder: what they name, and where it is on this machine.
# Written by `amlet init`, which adds lines and never changes one. Keys: workspaces, computes, environments, data,
# datastores, models, settings, strict. Check it with: amlet doctor -f JOB.yml
"""
#: Sections of which only what no line maps is proposed.
_BY_ADDRESS = ("data", "models")
_REMARKS = {
    "workspaces": "Any workspace exists, unless `strict` names workspaces.",
    "computes": "How many trials run at once on a compute is its nodes; a size says cores and GPUs.",
    "environments": "Where nothing is said, the Python of the submitting command is compared with the environment.",
    "data": "Data by its address or asset: the longest beginning that matches counts. Paths start here.",
    "models": "Models, likewise.",
    "datastores": "Folders that stand for datastores.",
}


@dataclass(frozen=True, slots=True)
class Proposal:
    """One entry of a section.

    Parameters:
        section: of the project file.
        key: that must not stand there already.
        lines: of the entry, without indentation.
        to_do: what is left to fill in, for people; None when nothing is.
    """

    section: str
    key: str
    lines: tuple[str, ...]
    to_do: str | None = None


def proposals(named: JobReferences, project: ProjectFile, workspace: WorkspaceId | None) -> Iterator[Proposal]:
    """What a project file should say of what job files name.

    Parameters:
        named: by the job files.
        project: what the file says already; data and models that it maps, in whatever spelling, are left out.
        workspace: that is configured, if one is.
    """
    if workspace:
        names = f"subscription: {workspace.subscription}, resource_group: {workspace.resource_group}"
        yield Proposal("workspaces", workspace.name, (f"- {{{names}, name: {workspace.name}}}",))
    for name in named.computes:
        yield _compute(name)
    for name in named.environments:
        yield _environment(name)
    files = _Files(project.folder)
    for section, references in zip(_BY_ADDRESS, (named.data, named.models), strict=True):
        for reference in _unmapped(references, section, project.map, workspace or LOCAL_WORKSPACE):
            yield _data(section, reference, named.kinds.get(reference, "uri_folder"), files)
    for name in named.datastores:
        yield Proposal("datastores", name, (f"{name}: ./{name}",))


def _unmapped(references: Iterable[str], section: str, known: LocalMap, workspace: WorkspaceId) -> Iterator[str]:
    """The references that are not mapped, the first spelling of each."""
    seen = set()
    for reference in references:
        meaning = prefix_of(section, short_spelling(reference, section))
        if meaning not in seen and known.find(reference, section, workspace) is None:
            yield reference
        seen.add(meaning)


def _compute(name: str) -> Proposal:
    hint = "Standard_NC6s_v3" if "gpu" in name.lower() else "Standard_DS3_v2"
    return Proposal("computes", name, (f"- name: {name}", f"  nodes: {usable_cores()}", f"  # size: {hint}"))


def _environment(reference: str) -> Proposal:
    name = EnvironmentName.parse(reference if "://" in reference else f"azureml:{reference}")
    known = curated(name.name)
    entry = [f"- name: {name.name}", *([f"  version: '{name.version}'"] if name.version else [])]
    lines = [*entry, f"  # python: {sys.executable}"]
    if known:
        told = ", ".join(known.requirements.packages)
        return Proposal("environments", name.name, (*lines, f"  # known to bring ({known.date}): {told}"))
    todo = f"environment {name}: say what it brings (requirements: a file or a list) to have it compared or built"
    return Proposal("environments", name.name, (*lines, "  # requirements: conda.yml"), todo)


def _data(section: str, reference: str, kind: str, files: _Files) -> Proposal:
    key = short_spelling(reference, section)
    name = reference_of(reference, section).name
    found = files.find(name, is_file=kind == "uri_file")
    if found:
        return Proposal(section, key, (f"{quoted(key)}: {quoted(found)}",))
    to_do = (
        f"{section}: {key} ({kind}): no {name!r} is here; give its path in amlet.yml, or: amlet data pull -f JOB.yml"
    )
    return Proposal(section, key, (f"# {quoted(key)}: ./{name}",), to_do)


class _Files:
    """The files and folders below a folder by name, looked through once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._found: dict[tuple[str, bool], str] | None = None

    def find(self, name: str, *, is_file: bool) -> str | None:
        """The relative path of the nearest file or folder of a name."""
        if self._found is None:
            self._found = self._walk()
        return self._found.get((name, is_file))

    def _walk(self) -> dict[tuple[str, bool], str]:
        found: dict[tuple[str, bool], str] = {}
        for place, folders, names in os.walk(self._folder):
            folders[:] = sorted(name for name in folders if name not in _NOT_SEARCHED and not name.startswith("."))
            below = Path(place).relative_to(self._folder)
            for name, is_file in [*((name, True) for name in names), *((name, False) for name in folders)]:
                path = f"./{(below / name).as_posix()}"
                before = found.setdefault((name, is_file), path)
                if path.count("/") < before.count("/"):
                    found[name, is_file] = path
            if len(found) > _MOST_SEARCHED:
                break
        return found


def merged(text: str, wanted: Iterable[Proposal]) -> tuple[str, list[Proposal]]:
    """A project file with further entries: the text, and what was added.

    Entries whose key the text has already, be it in a remark, are left out; but data that was found takes the place of
    the remark that it is missing.
    """
    by_section: dict[str, list[Proposal]] = {}
    for one in wanted:
        if not _has(text, one):
            by_section.setdefault(one.section, []).append(one)
    for section, entries in by_section.items():
        text = _inserted(text, section, entries)
    return text, [one for entries in by_section.values() for one in entries]


def _has(text: str, one: Proposal) -> bool:
    if one.section in _BY_ADDRESS and not one.to_do:
        return False  # what a line maps already, in whatever spelling, is not proposed
    return re.search(rf"(?<![\w./-]){re.escape(one.key)}(?![\w./-])", text) is not None


def _inserted(text: str, section: str, entries: list[Proposal]) -> str:
    """The text with entries at the end of a section; in another one of that name when it is written on one line."""
    block = [f"  {line}" for one in entries for line in one.lines]
    lines = text.splitlines()
    start = next((place for place, line in enumerate(lines) if re.match(rf"{section}\s*:\s*(?:#|$)", line)), None)
    if start is None:
        heading = ["", f"# {_REMARKS[section]}", f"{section}:"]
        return "\n".join([*lines, *heading, *block]) + "\n"
    end = start + 1
    while end < len(lines) and (not lines[end].strip() or re.match(r"[\s#-]", lines[end])):
        end += 1
    while end > start + 1 and (not lines[end - 1].strip() or lines[end - 1].startswith("#")):
        end -= 1
    indent = next(
        (_indent(line) for line in lines[start + 1 : end] if line.strip() and not line.strip().startswith("#")), "  "
    )
    return "\n".join([*lines[:end], *(indent + line.removeprefix("  ") for line in block), *lines[end:]]) + "\n"


def _indent(line: str) -> str:
    return line[: len(line) - len(line.lstrip())]
