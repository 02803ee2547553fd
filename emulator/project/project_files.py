"""Where project files are: that of a folder, and that of each job; reading one is left to `reading`.

Most starts find none, so that nothing is imported here that reads one.
"""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from emulator.project.project_file import ProjectFile


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


class ProjectFiles:
    """Reads project files when they are asked for, and again when they have changed.

    Parameters:
        default: the file for jobs that come without one; None for none.
    """

    def __init__(self, default: Path | None = None) -> None:
        self.default = default
        self._nothing: ProjectFile | None = None
        self._lock = threading.Lock()
        self._read: dict[Path, tuple[int, ProjectFile]] = {}

    def of(self, file: str | None = None) -> ProjectFile:
        """The project of a job.

        Parameters:
            file: that its submitting command found.

        Raises:
            ProjectFileError: the file cannot be used.
        """
        from emulator.project.project_file import ProjectFile
        from emulator.project.reading import read

        path = Path(file) if file else self.default
        if path is None:
            self._nothing = self._nothing or ProjectFile()
            return self._nothing
        with self._lock:
            stamp = path.stat().st_mtime_ns if path.is_file() else 0
            known = self._read.get(path)
            if known is None or known[0] != stamp:
                known = self._read[path] = (stamp, read(path))
            return known[1]
