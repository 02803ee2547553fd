"""The folder of one attempt: its files and empty folders, and what it has written for the emulator to collect."""

from __future__ import annotations

import os
import shutil
import stat
from typing import Iterator

_WRITABLE = 0o700


class UnsafePath(Exception):
    """A path leads out of the folder; the text says which."""


class TrialFolder:
    """A folder that is made for one attempt and removed after it.

    Parameters:
        root: its path; what an earlier attempt left there is removed.
    """

    def __init__(self, root: str) -> None:
        self.root = os.path.abspath(root)

    def make(self) -> None:
        """Make it anew, empty."""
        self.remove()
        os.makedirs(self.root, mode=0o700)

    def path(self, relative: str) -> str:
        """A path below it.

        Raises:
            UnsafePath: it leads elsewhere.
        """
        parts = relative.split("/") if relative else []
        if any(part in ("", ".", "..") or "\0" in part or (os.sep != "/" and os.sep in part) for part in parts):
            raise UnsafePath(f"{relative!r} is not a path below the folder of an attempt")
        return os.path.join(self.root, *parts)

    def make_folder(self, relative: str) -> str:
        """A folder below it, made with those above it."""
        path = self.path(relative)
        os.makedirs(path, exist_ok=True)
        return path

    def remove(self) -> None:
        """Remove it with all that is in it, whatever permissions a trial has given to its folders."""
        if os.path.islink(self.root):
            os.unlink(self.root)
        elif os.path.isdir(self.root):
            shutil.rmtree(self.root, onerror=_remove_all_the_same)


def written(path: str) -> Iterator[tuple[str, str, str]]:
    """What there is at a path that an attempt wrote to: relative path, path of the file, why it is left behind.

    The third is empty for what can be collected: plain files, and links to plain files, whose content is taken. The
    relative path of a single file is empty.
    """
    if not os.path.lexists(path):
        return
    if not os.path.isdir(path) or os.path.islink(path):
        yield "", path, _objection("", path)
        return
    for folder, folders, files in os.walk(path):
        links = [name for name in folders if os.path.islink(os.path.join(folder, name))]
        for name in sorted(files + links):
            whole = os.path.join(folder, name)
            relative = os.path.relpath(whole, path).replace(os.sep, "/")
            yield relative, whole, _objection(relative, whole)
        folders.sort()


def _objection(relative: str, path: str) -> str:
    """Why something cannot be collected; the same is left behind on the emulator's own machine."""
    try:
        relative.encode()
    except UnicodeEncodeError:
        return "its name is not UTF-8"
    if any(ord(letter) < 32 or ord(letter) == 127 for letter in relative):
        return "its name holds control characters"
    try:
        mode = os.stat(path).st_mode
    except OSError as error:
        return f"it leads nowhere: {error.strerror}" if os.path.islink(path) else str(error.strerror)
    if stat.S_ISREG(mode):
        return ""
    return "it is a link to a folder" if stat.S_ISDIR(mode) else "it is not a plain file"


def _remove_all_the_same(remove: object, path: str, _: object) -> None:
    """Make a folder writable that its trial had made read-only, and go on."""
    for one in (os.path.dirname(path), path):
        if os.path.isdir(one) and not os.path.islink(one):
            os.chmod(one, _WRITABLE)
    if os.path.isdir(path) and not os.path.islink(path):
        shutil.rmtree(path, ignore_errors=True)
    elif os.path.lexists(path):
        os.unlink(path)
