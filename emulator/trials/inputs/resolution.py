"""All inputs of a job at once: found, or named together with the lines that would supply what is missing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from contracts.arm.inputs_outputs import AssetJobInput, JobInput, LiteralJobInput
from contracts.asset_types import FOLDER_TYPES, MODEL_TYPES
from contracts.diagnostics.yaml_text import quoted
from emulator.engine.values import argv_text
from emulator.project.reference import reference_of, short_spelling
from emulator.trials.inputs.data_input import DataInput
from emulator.trials.inputs.mltable import Table, TableDataMissing, TableError, read_table
from emulator.trials.inputs.sources import Absent, Found, Sources

_DIRECT = "Direct"
_MARKS = {"mlflow_model": "MLmodel"}


@dataclass(frozen=True, slots=True)
class Resolved:
    """An input that is on this machine.

    Parameters:
        data: what trials are given.
        why: who says where it is, for people.
    """

    data: DataInput
    why: str

    @property
    def note(self) -> str | None:
        """What is not as it should be, for people."""
        return f"input {self.data.name}: {self.data.reference} is {self.why}" if self.data.source is None else None


@dataclass(frozen=True, slots=True)
class Missing:
    """An input that is not on this machine, or not what it should be.

    Parameters:
        name, kind: of the input.
        reason: why, for people; empty when its reference is just not known here.
        section, keys: the lines of a project file that would supply it; no keys when no line would.
        place: where it stands in the job file; `inputs.NAME` when empty.
    """

    name: str
    kind: str
    reason: str
    section: str
    keys: tuple[str, ...] = ()
    place: str = ""

    @property
    def told(self) -> str:
        """Which input it is, and why it is missing, for people."""
        place = self.place or f"inputs.{self.name}"
        return f"{place} ({self.kind}){': ' + self.reason if self.reason else ''}"


def input_texts(inputs: Mapping[str, JobInput] | None) -> dict[str, str]:
    """The texts of the inputs that are not data here, by name: literals, and the URIs of mode `Direct`."""
    texts = {}
    for name, entry in (inputs or {}).items():
        if isinstance(entry, LiteralJobInput):
            texts[name] = argv_text(entry.value)
        elif entry.mode == _DIRECT:
            texts[name] = entry.uri
    return texts


def resolve_inputs(
    inputs: Mapping[str, JobInput] | None, sources: Sources, missing: Literal["fail", "empty"] = "fail"
) -> list[Resolved | Missing]:
    """Every input that is data, found or missing.

    Parameters:
        inputs: of the body.
        sources: of the job.
        missing: whether what nothing is known of is missing, or taken as empty.
    """
    found = []
    for name, entry in (inputs or {}).items():
        if isinstance(entry, AssetJobInput) and entry.mode != _DIRECT:
            one = resolve_input(name, entry, sources)
            if isinstance(one, Missing) and missing == "empty" and one.keys:
                empty = DataInput(name, None, entry.mode or "ReadOnlyMount", entry.uri, entry.job_input_type)
                one = Resolved(empty, "missing, and taken as empty (setting missing_inputs)")
            found.append(one)
    return found


def resolve_input(name: str, entry: AssetJobInput, sources: Sources) -> Resolved | Missing:
    """One input that is data, found or missing."""
    kind = entry.job_input_type
    collection = "models" if kind in MODEL_TYPES else "data"
    match sources.look(entry.uri, collection):
        case Absent(reason, is_mapped):
            keys = () if is_mapped else (short_spelling(entry.uri, collection),)
            return Missing(name, kind, reason, collection, keys)
        case Found(path, why):
            if wrong := _not_of_kind(path, kind):
                return Missing(name, kind, wrong, collection)
            try:
                table = _table(path, sources) if kind == "mltable" else None
            except TableDataMissing as error:
                return Missing(name, kind, str(error), "data", tuple(error.references))
            except TableError as error:
                return Missing(name, kind, str(error), "data")
    return Resolved(DataInput(name, path, entry.mode or "ReadOnlyMount", entry.uri, kind, table), why)


def explain(missing: Iterable[Missing], project: str) -> str:
    """What is missing and how to supply all of it, for people.

    Parameters:
        project: name of the project file.
    """
    every = list(missing)
    count = "1 input is" if len(every) == 1 else f"{len(every)} inputs are"
    lines = [f"{count} not on this machine, and nothing is fetched unasked:"]
    lines += [
        f"  {one.place or f'inputs.{one.name}'} ({one.kind}){': ' + one.reason if one.reason else ''}" for one in every
    ]
    by_section: dict[str, dict[str, str]] = {}
    for one in every:
        for key in one.keys:
            by_section.setdefault(one.section, {}).setdefault(key, _proposal(key, one))
    if by_section:
        lines.append(f"Add to {project}, with your own paths:")
        for section, entries in by_section.items():
            lines += [f"{section}:", *(f"  {quoted(key)}: {quoted(path)}" for key, path in entries.items())]
        lines.append("or fetch what can be fetched with: amlet data pull -f JOB.yml")
    return "\n".join(lines)


def _not_of_kind(path: Path, kind: str) -> str | None:
    """Why a path cannot be an input of that kind."""
    if kind == "uri_file" and not path.is_file():
        return f"{path} is a folder; an input of type uri_file needs a file"
    if kind in FOLDER_TYPES and not path.is_dir():
        return f"{path} is a file; an input of type {kind} needs a folder"
    mark = _MARKS.get(kind)
    if mark and not (path / mark).is_file():
        return f"{path} has no file {mark}, which every {kind} needs"
    return None


def _table(folder: Path, sources: Sources) -> Table:
    def find(reference: str) -> Path | None:
        found = sources.look(reference, "data")
        return found.path if isinstance(found, Found) else None

    return read_table(folder, find)


def _proposal(key: str, one: Missing) -> str:
    name = reference_of(key, one.section).name
    is_plain = re.fullmatch(r"[\w.-]+", name) and re.search(r"[A-Za-z]", name)
    return f"./{name}" if is_plain else f"./{one.name}"
