"""One input that is data or a model, found: what a trial is given of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from contracts.asset_types import FOLDER_TYPES
from emulator.trials.inputs.mltable import Table

_OWN_COPY = frozenset({"Download", "EvalDownload"})
_EVALUATED = frozenset({"EvalMount", "EvalDownload"})


@dataclass(frozen=True, slots=True)
class DataInput:
    """A file or folder that a trial reads.

    Parameters:
        name: of the input.
        source: where it is; None for one that is missing and may be empty.
        mode: `ReadOnlyMount`, `Download` ...; see `contracts.arm.inputs_outputs`.
        reference: as in the body, for people.
        kind: `uri_file`, `uri_folder`, `mltable`, ...
        table: of an mltable, its definition.
    """

    name: str
    source: Path | None
    mode: str
    reference: str
    kind: str = "uri_folder"
    table: Table | None = None

    @property
    def in_place(self) -> bool:
        """Whether the trial is given the source itself, to change it."""
        return self.mode == "ReadWriteMount" and self.source is not None and not (self.table and self.table.text)

    @property
    def own_copy(self) -> bool:
        """Whether each trial has a copy of its own; else all trials of a sweep share one that is read-only."""
        return self.mode in _OWN_COPY or (self.mode == "ReadWriteMount" and not self.in_place)

    @property
    def evaluated(self) -> bool:
        """Whether the trial is given the files that a table names, in the place of the table."""
        return self.mode in _EVALUATED and self.table is not None

    @property
    def file_name(self) -> str | None:
        """The name of the one file that it is; None when it is a folder."""
        if self.source is not None:
            return self.source.name if self.source.is_file() else None
        return self.reference.split("?")[0].rstrip("/").rpartition("/")[2] or self.name if not self.is_folder else None

    @property
    def is_folder(self) -> bool:
        """Whether its kind is a folder."""
        return self.kind in FOLDER_TYPES
