"""Requirements in files of their own: conda files and requirements.txt, with the files that they include."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from emulator.trials.environments.requirements import Requirements, RequirementsError, of_conda_file, of_lines


def read_requirements(path: Path) -> Requirements:
    """The requirements of a file, and of all that it includes by `-r`.

    Raises:
        OSError: a file cannot be read.
        RequirementsError: a file cannot be understood, or includes itself.
    """
    return _read(path, ())


def _read(path: Path, around: tuple[Path, ...]) -> Requirements:
    if path in around:
        raise RequirementsError(f"{path} includes itself")
    text = path.read_text(encoding="utf-8-sig")
    found = of_conda_file(text) if path.suffix in (".yml", ".yaml") else of_lines(text.splitlines())
    for name in found.included:
        more = _read(path.parent / name, (*around, path))
        # A conda file cannot be taken as it is where it includes others: it would be used in another folder.
        found = replace(
            found,
            packages=found.packages + more.packages,
            options=found.options + more.options,
            included=(),
            conda=None,
        )
    return found
