"""Where on this machine data and models are: the longest matching prefix of a map from references to local paths."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from contracts.resource_id import WorkspaceId
from emulator.project.reference import LATEST, Reference, reference_of


@dataclass(frozen=True, slots=True)
class Mapped:
    """Where a reference leads.

    Parameters:
        path: on this machine; whether something is there is not known.
        section, key: of the project file that says so.
    """

    path: Path
    section: str
    key: str


@dataclass(frozen=True, slots=True)
class _Rule:
    section: str
    key: str
    prefix: Reference
    target: Path


class LocalMap:
    """Looks references up, whatever their spelling.

    Parameters:
        folder: where relative local paths start.
        sections: `data`, `models` and `datastores` of a project file.
    """

    def __init__(self, folder: Path, sections: Mapping[str, Mapping[str, str]]) -> None:
        self._rules: list[_Rule] = []
        #: Keys that mean the same as an earlier one: (section, key, the earlier one).
        self.same: list[tuple[str, str, str]] = []
        seen: dict[tuple[str, Reference], str] = {}
        for section, entries in sections.items():
            for key, path in entries.items():
                prefix = prefix_of(section, key)
                earlier = seen.setdefault((section, prefix), key)
                if earlier is not key:
                    self.same.append((section, key, earlier))
                self._rules.append(_Rule(section, key, prefix, folder / Path(path).expanduser()))

    def find(self, text: str, collection: str, workspace: WorkspaceId) -> Mapped | None:
        """Where a reference leads; None when no prefix of it is mapped, or it would leave the mapped folder.

        Parameters:
            text: the reference, in any spelling.
            collection: `data` or `models`, for spellings that do not say it.
            workspace: of the job; references without a workspace are meant there.
        """
        wanted = reference_of(text, collection)
        own = str(workspace).lower()
        rules = [rule for rule in self._rules if rule.prefix.workspace in (None, wanted.workspace or own)]
        exact = wanted.steps if not wanted.is_latest else _latest(wanted, rules)
        matching = [rule for rule in rules if exact[: len(rule.prefix.steps)] == rule.prefix.steps]
        if not matching:
            return None
        best = max(matching, key=lambda rule: (len(rule.prefix.steps), rule.prefix.workspace is not None))
        rest = () if best.prefix.steps[0] in _ASSETS else exact[len(best.prefix.steps) :]
        if ".." in rest:
            return None
        return Mapped(best.target.joinpath(*rest), best.section, best.key)

    def versions(self, collection: str, name: str) -> list[str]:
        """The versions of an asset that the map names; empty for one that it names without a version."""
        named = [rule.prefix.steps for rule in self._rules if rule.prefix.steps[:2] == (collection, name)]
        return sorted((steps[2] if len(steps) > 2 else "" for steps in named), key=_by_number)


_ASSETS = frozenset({"data", "models", "registry"})


def prefix_of(section: str, key: str) -> Reference:
    """What a key of a section stands for; keys in different spellings that mean the same have the same one."""
    if section == "datastores":
        return Reference(("datastores", key.lower()))
    reference = reference_of(key, section)
    # A name without a version, or with @latest, stands for all versions that have no line of their own.
    if reference.is_latest and reference.steps[0] in _ASSETS:
        return Reference(reference.steps[:-1], reference.workspace)
    return reference


def _latest(wanted: Reference, rules: Iterable[_Rule]) -> tuple[str, ...]:
    """The steps of the latest version that the map names; those of no version when it names none."""
    base = wanted.steps[:-1]
    depth = len(base)
    named = [rule.prefix.steps for rule in rules if rule.prefix.steps[:depth] == base]
    versions = [steps[depth] for steps in named if len(steps) > depth]
    return (*base, max(versions, key=_by_number, default=LATEST))


def _by_number(version: str) -> list[tuple[int, str]]:
    """Versions in the order of their numbers: 2 before 10."""
    return [(int(part), "") if part.isdigit() else (-1, part) for part in re.split(r"(\d+)", version)]
