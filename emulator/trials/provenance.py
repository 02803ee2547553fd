"""Provenance of a job: code, data, interpreter and packages of its trials, so that a rerun can say what differs."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from emulator.trials.environments.installed import Installed
from emulator.trials.resolved_job import ResolvedJob

#: The kind of the record among the decisions of a job.
KIND = "provenance"

#: Bytes of one input whose content is read; of a larger one names, sizes and times of change count.
_READ_IN_FULL = 1 << 30


@dataclass(frozen=True, slots=True)
class Provenance:
    """What the trials of a job ran.

    Parameters:
        code: digest of its code folder; None without one.
        inputs: digests of its data, by name of the input; None for one that was not there.
        python: version of the trials' interpreter; None where it is inside a container.
        packages: what is installed in it, versions by name.
    """

    code: str | None = None
    inputs: Mapping[str, str | None] = field(default_factory=dict)
    python: str | None = None
    packages: Mapping[str, str] = field(default_factory=dict)


def provenance_of(resolved: ResolvedJob, installed: Callable[[Path], Installed]) -> Provenance:
    """The provenance of a job; reads its code and data.

    Parameters:
        resolved: the job.
        installed: knows what an interpreter has.

    Raises:
        OSError: code or data cannot be read.
        emulator.executors.base.TrialRefused: the interpreter does not answer.
    """
    command = resolved.command
    if command is None:
        return Provenance()
    python = command.environment.python
    found = installed(python) if python else None
    return Provenance(
        code=digest(command.code) if command.code else None,
        inputs={one.name: digest(one.source) if one.source else None for one in command.data},
        python=found.python if found else None,
        packages=dict(sorted(found.packages.items())) if found else {},
    )


def digest(path: Path) -> str:
    """What tells a file or folder from one with other content: `sha256:...`, or `stat:...` of a very large one."""
    files = sorted(_files(path))
    whole = sum(file.stat().st_size for _, file in files) <= _READ_IN_FULL
    found = hashlib.sha256()
    for name, file in files:
        # With its length, so that a name and the content after it cannot be read as another name and content.
        found.update(f"{len(name)}:{name}".encode())
        if whole:
            found.update(_content(file))
        else:
            found.update(f"{file.stat().st_size}:{file.stat().st_mtime_ns};".encode())
    return f"{'sha256' if whole else 'stat'}:{found.hexdigest()}"


def _files(path: Path) -> Iterator[tuple[str, Path]]:
    if path.is_file():
        yield "", path
    else:
        yield from ((file.relative_to(path).as_posix(), file) for file in path.rglob("*") if file.is_file())


def _content(file: Path) -> bytes:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").digest()
