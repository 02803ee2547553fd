"""Copies of files and folders: never links, so that no trial can change what it was given."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
from pathlib import Path

_WHOLE_FILE = 1 << 40


def copy_tree(source: Path, target: Path, *, read_only: bool = False, follow_links: bool = False) -> int:
    """Copy a folder's plain files and subfolders.

    Parameters:
        source: an existing folder.
        target: made if need be; its parent is there.
        read_only: nothing in the copy can be written (as long as its permissions are not changed).
        follow_links: copy what symbolic links lead to, but for those that lead to a folder around them; else they are
            left out.

    Returns:
        How many files were copied.
    """
    count = 0
    target.mkdir(exist_ok=True)
    with os.scandir(source) as entries:
        for entry in entries:
            if entry.is_symlink() and not (follow_links and _leads_elsewhere(source, entry.path)):
                continue
            if entry.is_dir():
                below = target / entry.name
                count += copy_tree(Path(entry.path), below, read_only=read_only, follow_links=follow_links)
            elif entry.is_file():
                copy_file(Path(entry.path), target / entry.name, read_only=read_only)
                count += 1
    if read_only:
        target.chmod(0o555)
    return count


def _leads_elsewhere(folder: Path, link: str) -> bool:
    """Whether a link in a folder leads to something that is there, and not around that folder."""
    target = os.path.realpath(link)
    return Path(link).exists() and not Path(os.path.realpath(folder)).is_relative_to(target)


def copy_file(source: Path, target: Path, *, read_only: bool = False) -> None:
    """Copy one file; where the file system can, both share their blocks until one of them is changed."""
    if not hasattr(os, "copy_file_range"):
        shutil.copyfile(source, target)
    else:
        with source.open("rb", buffering=0) as reading, target.open("wb", buffering=0) as writing:
            try:
                while os.copy_file_range(reading.fileno(), writing.fileno(), _WHOLE_FILE):
                    pass
            except OSError:  # other file systems, old kernels
                shutil.copyfileobj(reading, writing)
    if read_only:
        target.chmod(0o444)


def remove_tree(folder: Path) -> None:
    """Remove a folder and all in it, read-only copies included; one that is not there is fine, as is a file or a link.

    Raises:
        OSError: something in it cannot be removed.
    """
    try:
        mode = folder.lstat().st_mode
    except FileNotFoundError:
        return
    if not stat.S_ISDIR(mode):
        folder.unlink(missing_ok=True)
        return
    try:
        shutil.rmtree(folder)
    except FileNotFoundError:
        return
    except RecursionError:  # more folders in one another than Python can go into
        subprocess.run(["rm", "-rf", "--", folder], check=False)
        if folder.exists():
            raise OSError(f"{folder} cannot be removed") from None
    except PermissionError:
        # A read-only copy: a folder that cannot be written keeps its entries.
        folder.chmod(0o755)
        for path, names, _ in os.walk(folder):
            for below in (Path(path, name) for name in names):
                if not below.is_symlink():
                    below.chmod(0o755)
        shutil.rmtree(folder)
