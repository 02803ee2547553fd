"""Names that a service gives, as paths inside a folder; never outside it, whatever they say."""

from __future__ import annotations

import os
import re
from pathlib import Path

from gateway.exceptions import ValidationException

_DRIVE = re.compile(r"^[A-Za-z]:")
_NOT_ON_WINDOWS = re.compile(r'[<>:"|?*\\]|[ .]$')
_DEVICE = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?$", re.IGNORECASE)


def inside(folder: Path, name: str, *, windows: bool = os.name == "nt") -> Path:
    """Where a name with forward slashes belongs in a folder; no link in the path leads out of it.

    Parameters:
        folder: need not exist.
        name: as the service has it; slashes at its beginning do not count.
        windows: whether names have to suit Windows: no backslash, no colon, no device.

    Raises:
        ValidationException: it would lead elsewhere, or no file can have it.
    """
    segments = [segment for segment in name.split("/") if segment not in ("", ".")]
    for segment in segments:
        unfit = windows and (_NOT_ON_WINDOWS.search(segment) or _DEVICE.match(segment))
        if segment == ".." or "\0" in segment or _DRIVE.match(segment) or unfit:
            raise ValidationException(f"{name!r} cannot be written inside {folder}: the part {segment!r} is not safe")
    path = folder.joinpath(*segments)
    if not path.resolve().is_relative_to(folder.resolve()):
        raise ValidationException(f"{name!r} would be written outside {folder}: a link in the path leads there")
    return path
