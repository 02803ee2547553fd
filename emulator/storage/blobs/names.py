"""From the names of containers and blobs to paths that stay inside their folder."""

from __future__ import annotations

import re
from pathlib import Path
from stat import S_ISLNK

from emulator.plain_files import LONGEST_PATH, is_fit
from emulator.storage.blobs.errors import BadBlobName, BadName

_CONTAINER = re.compile(r"(?=.{3,63}\Z)[a-z0-9]+(-[a-z0-9]+)*|\$(root|logs|web)")
_LONGEST_SEGMENT = 255

#: The tag of a folder on Windows that leads elsewhere; a symbolic link is one by its mode, there too.
_JUNCTION = 0xA0000003


def container_path(root: Path, container: str) -> Path:
    """Folder of a container.

    Raises:
        BadName: the service would not take the name either.
    """
    if not _CONTAINER.fullmatch(container):
        raise BadName(f"container {container!r}: use 3 to 63 lower-case letters, digits and single hyphens")
    return root / container


def blob_path(root: Path, container: str, blob: str) -> Path:
    """File of a blob.

    Names are taken as they are; those that a file system cannot hold, or that would lead elsewhere, are refused
    (emulator-defined: the service also takes empty segments and `.`).

    Raises:
        BadBlobName: the name is empty, too long, or has a segment such as `..`.
    """
    if not blob or len(blob) > LONGEST_PATH or not is_fit(blob):
        raise BadBlobName(f"blob {blob[:80]!r}: a name has 1 to {LONGEST_PATH} characters, and no control characters")
    for segment in blob.split("/"):
        if segment in {"", ".", ".."}:
            raise BadBlobName(
                f"blob {blob[:80]!r}: the part {segment!r} cannot be stored; use plain names between slashes"
            )
        if len(segment.encode("utf-8", "surrogatepass")) > _LONGEST_SEGMENT:
            raise BadBlobName(f"blob {blob[:80]!r}: a part has more than {_LONGEST_SEGMENT} bytes")
    return container_path(root, container) / blob


def is_inside(root: Path, path: Path) -> bool:
    """Whether a path leads, without any symbolic link on the way, to where it says.

    Parameters:
        root: a folder, itself already resolved.
        path: below it by its text.
    """
    for part in (path, *path.parents):
        if part == root:
            return True
        if _is_link(part):
            return False
    return False


def _is_link(path: Path) -> bool:
    try:
        status = path.lstat()
    except OSError:
        return False
    return S_ISLNK(status.st_mode) or getattr(status, "st_reparse_tag", 0) == _JUNCTION
