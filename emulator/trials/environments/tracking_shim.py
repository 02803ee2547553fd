"""`from gateway.tracking import log_metric` in a Python without amlet: one file, laid on the trial's path.

The file is in a folder without `__init__.py`, which Python takes for a package only where no other `gateway` is found.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from emulator.files import write_whole
from emulator.trials.environments.installed import Installed
from emulator.trials.environments.prepared import Prepared


@dataclass(frozen=True, slots=True)
class TrackingShim:
    """Lays the file.

    Parameters:
        file: the module, which needs the standard library of Python 3.8 alone; None to lay nothing.
        folder: where it is laid.
        installed: knows what interpreters have.
    """

    file: Path | None
    folder: Path
    installed: Callable[[Path], Installed]

    def laid(self, prepared: Prepared) -> Prepared:
        """An environment in which the module is found; as it was where it has a `gateway` of its own."""
        if self.file is None or (prepared.python and self.installed(prepared.python).has_gateway):
            return prepared
        self._lay(self.file)
        return replace(prepared, python_path=(*prepared.python_path, self.folder))

    def _lay(self, file: Path) -> None:
        """Copy the module, unless a copy as long and as old is there: this is asked for each job."""
        target, wanted = self.folder / "gateway" / file.name, file.stat()
        with suppress(FileNotFoundError):
            found = target.stat()
            if (found.st_size, found.st_mtime_ns) == (wanted.st_size, wanted.st_mtime_ns):
                return
        target.parent.mkdir(parents=True, exist_ok=True)
        write_whole(target, file.read_bytes())
        os.utime(target, ns=(wanted.st_atime_ns, wanted.st_mtime_ns))
