"""Where data can be on this machine: the project file, what the emulator holds, what was pulled; in this order."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeAlias

from contracts.resource_id import WorkspaceId
from emulator.project.project_file import ProjectFile
from emulator.project.section import Section
from emulator.trials.addresses import UnknownAddress
from emulator.trials.inputs.pulled import PulledData

#: By reference and collection (`data`, `models`), where something is; None when it is not there.
Find: TypeAlias = Callable[[str, str], Path | None]


@dataclass(frozen=True, slots=True)
class Found:
    """Where something is.

    Parameters:
        path: exists.
        why: who says so, for people.
    """

    path: Path
    why: str


@dataclass(frozen=True, slots=True)
class Absent:
    """Why something cannot be found.

    Parameters:
        reason: for people; empty when nothing is known of it.
        is_mapped: whether the project file has a line for it, which leads nowhere.
    """

    reason: str = ""
    is_mapped: bool = False


def _nothing(reference: str, collection: str) -> None:
    """The content of what is not registered."""


@dataclass(frozen=True, slots=True)
class Sources:
    """The sources of one job's data.

    Parameters:
        project: with its map.
        workspace: of the job.
        held: finds what the emulator itself holds.
        pulled: the cache of `amlet data pull`.
        content: the URI behind a registered asset, by reference and collection; None for anything else.
    """

    project: ProjectFile
    workspace: WorkspaceId
    held: Find
    pulled: PulledData
    content: Callable[[str, str], str | None] = _nothing

    def look(self, reference: str, collection: str) -> Found | Absent:
        """Where something is, or why it cannot be found.

        Parameters:
            reference: in any spelling.
            collection: `data` or `models`, for spellings that do not say it.
        """
        mapped = self.project.map.find(reference, collection, self.workspace)
        if mapped:
            line = f"{mapped.section}.{mapped.key} of {self.project.name}"
            if os.path.exists(mapped.path):  # noqa: PTH110 - False where a name is too long
                return Found(mapped.path, line)
            return Absent(f"{line} leads to {mapped.path}, where nothing is", is_mapped=True)
        try:
            held = self.held(reference, collection)
        except UnknownAddress as unknown:
            return Absent(str(unknown))
        if held:
            return Found(held, "uploaded to the emulator")
        if (behind := self.content(reference, collection)) and behind != reference:
            # Once: an asset whose URI leads to another asset, perhaps back to itself, is not followed further.
            return replace(self, content=_nothing).look(behind, collection)
        if self.project.is_closed(Section(collection)):
            return Absent(f"{self.project.name} closes its {collection} (strict)")
        if cached := self.pulled.find(reference, collection):
            return Found(cached, "fetched by amlet data pull")
        return Absent()
