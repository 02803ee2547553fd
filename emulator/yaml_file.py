"""Files that people write for the emulator, read for `contracts.diagnostics`."""

from __future__ import annotations

from pathlib import Path

from contracts.diagnostics.problems import Source


def read_source(path: Path, what: str) -> Source:
    """The text of a file with its name.

    Parameters:
        what: the file is called in a message: `project file`.

    Raises:
        ValueError: it cannot be read.
    """
    try:
        return Source(str(path), path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise ValueError(f"{path}: the {what} cannot be read: {reason}") from None
