"""The project file that a command means."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from amlet.cli.exits import Refusal

if TYPE_CHECKING:
    from emulator.project.project_file import ProjectFile

#: Says that no project file shall be used, though there is one.
NO_PROJECT = "none"


def find_project(option: str | None, *starts: Path) -> ProjectFile | None:
    """The project file that is meant, read; None when there is none.

    Parameters:
        option: what `--project` says.
        starts: folders from which it is looked for upwards, in this order.

    Raises:
        Refusal: it cannot be used; the message lists all its mistakes.
    """
    from emulator.project.project_files import find

    path = None if option == NO_PROJECT else Path(option).absolute() if option else find(*starts)
    if path is None:
        return None
    from emulator.project.reading import ProjectFileError, read

    try:
        return read(path)
    except ProjectFileError as error:
        raise Refusal(str(error)) from None
