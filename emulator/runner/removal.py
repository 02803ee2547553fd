"""Removing the working folders of runs without waiting for the disk.

Each directory that is removed may take milliseconds while the file system writes its journal (3 ms on a busy ext4); to
rename one takes microseconds. So a folder is renamed at once, and what it holds is removed by another thread.
"""

from __future__ import annotations

import itertools
import logging
import os
from collections.abc import Callable
from functools import partial
from pathlib import Path

from emulator.trials.file_copy import remove_tree

_PREFIX = ".removed-"
_log = logging.getLogger(__name__)


class Removal:
    """Removes folders of one state directory.

    Parameters:
        do: has something done by another thread; what it drops is removed by `remove_leftovers` of a later process.
    """

    def __init__(self, do: Callable[[Callable[[], None]], None]) -> None:
        self._do = do
        self._numbers = itertools.count()

    def remove(self, folder: Path) -> None:
        """Have a folder gone from its place now, and from the disk soon; one that is not there is fine.

        Raises:
            OSError: it can neither be renamed nor removed.
        """
        if not os.path.lexists(folder):  # a Path costs twice as much, for each job
            return
        if not os.path.lexists(folder):  # most often: few jobs have what is asked to be removed
            return
        renamed = folder.with_name(f"{_PREFIX}{os.getpid()}-{next(self._numbers)}")
        try:
            folder.rename(renamed)
        except FileNotFoundError:
            return
        except OSError:  # another file system is mounted there
            remove_tree(folder)
        else:
            self._do(partial(_remove_renamed, renamed))

    def remove_leftovers(self, runs: Path) -> None:
        """Have removed what earlier processes did not come to.

        Parameters:
            runs: the folder of the workspaces' working folders.
        """
        for folder in list(runs.glob(f"*/{_PREFIX}*")):
            self._do(partial(_remove_renamed, folder))


def _remove_renamed(folder: Path) -> None:
    try:
        remove_tree(folder)
    except OSError as error:
        _log.warning("%s cannot be removed: %s", folder, error.strerror or error)
