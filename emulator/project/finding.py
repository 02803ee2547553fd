"""Where the world file is; needs nothing that reads one, since most starts find none."""

from __future__ import annotations

from pathlib import Path

FILE_NAME = "amlet.yml"


def find(*starts: Path) -> Path | None:
    """The nearest `amlet.yml` in the first of some folders or above it; then in or above the next.

    Parameters:
        starts: the job file's folder, then the current one.
    """
    for start in starts:
        absolute = start.absolute()
        for folder in (absolute, *absolute.parents):
            if (folder / FILE_NAME).is_file():
                return folder / FILE_NAME
    return None
