"""Checking job files, many at once: which files a pattern means, and what is wrong with each."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from glob import glob, has_magic
from pathlib import Path
from typing import TYPE_CHECKING, Any

from amlet.cli.exits import Exit, Refusal
from amlet.cli.jobs.files import load
from contracts.diagnostics.shortening import listed
from contracts.rules import Finding, Severity
from gateway.exceptions import MlException, ValidationException
from gateway.findings import Located

if TYPE_CHECKING:
    from gateway.builders.command import Command
    from gateway.entities.sweep_job import SweepJob

_YAML = (".yml", ".yaml")
_JOB_SCHEMA = re.compile(r"Job\.schema\.json\b")


@dataclass(frozen=True, slots=True)
class Checked:
    """A file that was checked.

    Parameters:
        file: as it was named.
        findings: what is wrong with it.
    """

    file: Path
    findings: tuple[Located, ...]

    @property
    def result(self) -> str:
        """`Failed` where the service would refuse it, else `Succeeded`."""
        wrong = any(found.finding.severity is Severity.ERROR for found in self.findings)
        return "Failed" if wrong else "Succeeded"


def job_files(names: Iterable[str], *, skip_others: bool = False) -> Iterator[Path]:
    """The job files that are meant, each once.

    Parameters:
        names: files, which have to be jobs, folders and patterns, of whose YAML files the jobs are taken.
        skip_others: pass over named files that are not jobs, too.

    Raises:
        Refusal: a folder or pattern has no job file.
    """
    seen: set[Path] = set()
    for name in names:
        wide = Path(name).is_dir() or (has_magic(name) and not Path(name).exists())
        found = [file for file in _expanded(name) if is_job(file)] if wide else [Path(name)]
        if wide and not found:
            raise Refusal(f"{name}: no job file matches (patterns start from {Path.cwd()})", Exit.USAGE)
        for file in found:
            if file.resolve() not in seen and (wide or not skip_others or is_job(file)):
                seen.add(file.resolve())
                yield file


def _expanded(name: str) -> list[Path]:
    pattern = f"{name}/**/*" if Path(name).is_dir() else name
    found = map(Path, sorted(glob(pattern, recursive=True)))  # noqa: PTH207 - patterns may be absolute
    return [file for file in found if file.suffix.lower() in _YAML and file.is_file()]


def is_job(file: Path) -> bool:
    """Whether a YAML file looks like a job, and not like a component, an environment or something else."""
    from gateway.yaml_text import construct

    try:
        content = construct(file.read_text(encoding="utf-8-sig"))
    except Exception:  # noqa: BLE001 - what cannot be read says itself what it is meant to be
        return bool(_JOB_SCHEMA.search(file.read_text(encoding="utf-8", errors="replace")))
    return isinstance(content, dict) and _is_job(content)


def _is_job(content: dict[Any, Any]) -> bool:
    schema = content.get("$schema")
    if isinstance(schema, str):
        return bool(_JOB_SCHEMA.search(schema))
    has_body = not content.keys().isdisjoint(("command", "trial", "jobs"))
    return has_body and isinstance(content.get("type"), str) and "version" not in content


def check(file: Path, changes: list[str]) -> Checked:
    """What is wrong with a job file; what keeps it from being read is a finding too.

    Parameters:
        file: the file.
        changes: `PATH=VALUE` texts that are applied to it.
    """
    try:
        job = load(file, changes)
        return Checked(file, (*job.validate(), *unserved_here(job)))
    except (MlException, OSError) as error:
        return Checked(file, tuple(_unreadable(file, error)))


def unserved_here(job: SweepJob | Command) -> list[Located]:
    """A warning for each field that the service would carry out and the emulator does not."""
    from emulator.unserved import unserved_fields
    from gateway.serialization.arm import to_arm
    from gateway.serialization.validation import locate

    try:
        properties = to_arm(job)["properties"]
    except ValidationException:  # which `validate` has reported
        return []
    remedy = "Nothing is to be changed: it counts in a workspace."
    found = [
        Finding(
            "UnservedField", Severity.WARNING, f"$.properties.{name}", f"Does nothing on the emulator: {why}.", remedy
        )
        for name, why in unserved_fields(properties)
    ]
    return locate(job, found)


def calm_lines(findings: Iterable[Located]) -> list[str]:
    """Findings for people: a line for each error, and one for all warnings of a kind in a file.

    Parameters:
        findings: as they were found, which is the order of the lines.
    """
    lines: dict[tuple[object, ...], tuple[str, list[str]]] = {}
    for found in findings:
        one = found.finding
        is_warning = one.severity is Severity.WARNING
        kind = (found.file, one.code) if is_warning else (found.file, one.code, one.path, one.message)
        _, more = lines.setdefault(kind, (str(found), []))
        if str(found) != lines[kind][0]:
            place = f" (line {found.line})" if found.line else ""
            more.append(f"{one.path.removeprefix('$.properties.')}{place}")
    return [f"{text} Likewise {listed(more, 10)}." if more else text for text, more in lines.values()]


def _unreadable(file: Path, error: Exception) -> Iterator[Located]:
    """A finding for each place that an error names, else one for the file."""
    from gateway.serialization.yaml.problems import InvalidFileError

    lines = str(error).splitlines() if isinstance(error, InvalidFileError) else [str(error)]
    for text in lines:
        place = re.match(r"(.+?):(\d+): ", text)
        message = text[place.end() :] if place else text
        finding = Finding("Invalid", Severity.ERROR, "$", message, getattr(error, "hint", None) or "")
        yield Located(
            finding, place[1] if place else str(file), int(place[2]) if place else getattr(error, "line", None)
        )
