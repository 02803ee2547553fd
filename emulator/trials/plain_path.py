"""Paths as commands can carry them bare: without spaces, quotes and wildcards.

The service mounts data where no path has such characters, and its commands name them without quotes.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import stat
import tempfile
from functools import cache
from pathlib import Path

from emulator.clock import RealClock

_KEPT = 86_400.0  # seconds

_PLAIN = re.compile(r"[\w./:=,@%+~-]+")


def plain_path(path: Path) -> Path:
    """A path that leads to the same file or folder and that a shell takes as one word, whatever stands around it.

    Where the path itself is not one, links in a folder of this user's lead to it; the last name stays, as far as it
    can, since programs look at its end (`.csv`).

    Parameters:
        path: absolute; need not exist yet.
    """
    if _is_plain(str(path)):
        return path
    folder = _links()
    if folder is None:
        return path
    if _is_plain(path.name):
        return _linked(folder / _digest(path.parent), path.parent) / path.name
    own = folder / f"{_digest(path)}.d"
    own.mkdir(mode=0o700, exist_ok=True)
    return _linked(own / re.sub(r"[^\w.-]", "_", path.name), path)


def _is_plain(text: str) -> bool:
    return _PLAIN.fullmatch(text) is not None


def _digest(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:16]


def _links() -> Path | None:
    """The folder of links, which no other user can write to; None where there cannot be one."""
    for base in (tempfile.gettempdir(), "/tmp"):  # noqa: S108 - what is there is checked
        folder = Path(base, f"amlet-{os.getuid()}")
        try:
            folder.mkdir(mode=0o700, exist_ok=True)
            found = folder.lstat()
        except OSError:
            continue
        is_own = stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid() and not found.st_mode & 0o022
        if is_own and _is_plain(str(folder)):
            _remove_old(folder)
            return folder
    return None


@cache
def _remove_old(folder: Path) -> None:
    """Remove links that lead nowhere since a day, once in a process: what they led to was removed with its job.

    A new link may lead to what is made a moment later.
    """
    oldest = RealClock().now() - _KEPT
    for link in [*folder.iterdir(), *folder.glob("*.d/*")]:
        with contextlib.suppress(OSError):
            if link.is_symlink() and link.lstat().st_mtime < oldest and not link.exists():
                link.unlink()
    for own in folder.glob("*.d"):
        with contextlib.suppress(OSError):
            if own.stat().st_mtime < oldest:
                own.rmdir()  # where a link is left, it stays


def _linked(link: Path, target: Path) -> Path:
    """A link; the same for the same target, however many trials ask for it at a time."""
    if not (link.is_symlink() and link.readlink() == target):
        new = link.with_name(f".{link.name}.{os.getpid()}.{os.urandom(4).hex()}")
        new.symlink_to(target)
        # In one step: another trial may go through the link at this moment.
        new.replace(link)
    return link
