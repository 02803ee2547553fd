"""What of a local folder is uploaded, and the hash by which the workspace is asked whether it has it already.

Both follow the official SDK (azure-ai-ml 1.35.2), so that code uploaded by either client is reused by the other.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path, PurePosixPath
from stat import S_ISREG
from typing import NamedTuple

from gateway.exceptions import ValidationException

#: The version of the hash of code folders that goes with the hash on the wire.
HASH_VERSION = 202208

_UPLOAD_SEED = b"Initialize for october 2021 AML CLI version"
_CHUNK = 1 << 20


class LocalFile(NamedTuple):
    """One file to upload.

    Parameters:
        path: where it is, links resolved.
        name: its path relative to the folder, with forward slashes.
        size: its length in bytes.
    """

    path: Path
    name: str
    size: int


def missing_path_remedy(base: str | Path, path: str) -> str | None:
    """What to write instead of a path with backslashes that is a file or folder once they are forward slashes.

    Job files are read on Windows and in CI on Linux alike; only forward slashes mean the same on both.
    """
    forward = path.replace("\\", "/")
    if forward == path or Path(base, path).exists() or not Path(base, forward).exists():
        return None
    return f"Write {forward}: forward slashes are understood on every system."


def files_of(path: Path) -> list[LocalFile]:
    """The files of a folder that its ignore file (`.amlignore`, else `.gitignore`, in its root only) does not exclude.

    A single file is a list of one. Links are followed.

    Raises:
        ValidationException: what cannot be uploaded is not excluded: a folder that cannot be read, a link that leads
            nowhere or into a circle, something that is not a plain file.
    """
    real = Path(os.path.realpath(path))
    if path.is_file():
        return [LocalFile(real, path.name, real.stat().st_size)]
    return list(_below(str(real), "", _ignored(path)))


def _below(folder: str, prefix: str, ignored: Callable[[str], bool]) -> Iterator[LocalFile]:
    """The files of a folder, then those of its subfolders; `folder` is a path without links."""
    folders = []
    for entry in _entries(folder, prefix, ignored):
        name = prefix + entry.name
        real = os.path.realpath(entry.path) if entry.is_symlink() else entry.path
        if entry.is_dir():
            if real == entry.path or not f"{folder}{os.sep}".startswith(f"{real.rstrip(os.sep)}{os.sep}"):
                folders.append((real, f"{name}/"))
            elif not ignored(f"{name}/"):
                raise _invalid_entry(entry.path, f"is a link to {real}, in which it is itself")
        elif not ignored(name):
            if entry.is_symlink() and not Path(real).exists():
                raise _invalid_entry(entry.path, "is a link that leads nowhere")
            status = entry.stat()
            if not S_ISREG(status.st_mode):
                raise _invalid_entry(entry.path, "is not a plain file")
            yield LocalFile(Path(real), name, status.st_size)
    for real, name in folders:
        yield from _below(real, name, ignored)


def _entries(folder: str, prefix: str, ignored: Callable[[str], bool]) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return list(entries)
    except PermissionError:
        if prefix and ignored(prefix):
            return []
        raise _invalid_entry(folder, "cannot be read") from None


def _invalid_entry(path: str | Path, why: str) -> ValidationException:
    return ValidationException(f"{path} {why}; repair it, remove it, or exclude it with a line in .amlignore")


def content_hash(files: Iterable[LocalFile]) -> str:
    """The hash by which a workspace knows a code folder: number of files, then names and sizes, then contents."""
    ordered = sorted(files, key=lambda file: file.name.lower())
    digest = hashlib.sha256(str(len(ordered)).encode())
    for file in ordered:
        digest.update(f"#{file.name}#{file.size}".encode())
    for file in ordered:
        _feed(digest.update, file.path)
    return digest.hexdigest()


def upload_hash(path: Path) -> str:
    """The hash in the place of an uploaded input (`LocalUpload/<hash>/...`): names and contents, folder by folder."""
    digest = hashlib.sha256(_UPLOAD_SEED)
    if path.is_file():
        _feed(digest.update, path)
    else:
        _feed_folder(digest.update, path, path, _ignored(path))
    return digest.hexdigest()


def _feed_folder(update: Callable[[bytes], None], root: Path, folder: Path, ignored: Callable[[str], bool]) -> None:
    for entry in sorted(folder.iterdir(), key=lambda entry: str(entry).lower()):
        if ignored(entry.relative_to(root).as_posix()):
            continue
        update(entry.name.encode())
        if entry.is_file():
            _feed(update, entry)
        elif entry.is_dir():
            _feed_folder(update, root, entry, ignored)


def _feed(update: Callable[[bytes], None], path: Path) -> None:
    try:
        with path.open("rb", buffering=0) as stream:
            while chunk := stream.read(_CHUNK):
                update(chunk)
    except PermissionError:
        raise _invalid_entry(path, "cannot be read") from None


# Not `pathspec`: the hash above has to be the one that the official SDK computes, so patterns have to exclude what its
# own matcher excludes. Of pathspec, 0.12.1 agrees with it on random patterns and 1.1.1 does not, and azureml-core needs
# one older than 1; whichever a user has installed would decide whether uploaded code is found again.
def _ignored(folder: Path) -> Callable[[str], bool]:
    """Whether a relative path is excluded: the last pattern that matches it decides."""
    source = next((folder / name for name in (".amlignore", ".gitignore") if (folder / name).is_file()), None)
    lines = source.read_text(encoding="utf-8").splitlines() if source else []
    patterns = [pattern for line in lines if (pattern := _pattern(line.rstrip()))]

    def excluded(name: str) -> bool:
        matching = [keep for expression, keep in patterns if expression.match(name)]
        return bool(matching) and not matching[-1]

    return excluded


def _pattern(line: str) -> tuple[re.Pattern[str], bool] | None:
    """A line of an ignore file as an expression over paths, and whether it re-includes (`!`)."""
    if not line or line.startswith("#") or line == "/":
        return None
    keep = line.startswith("!")
    text = line.removeprefix("!").removeprefix("\\") if line[:2] in ("\\#", "\\!") or keep else line
    below = "/.*" if text.endswith("/") else "(?:/.*)?"
    parts = [part for part in PurePosixPath(text.strip("/")).parts if part]
    anchored = "/" in text.rstrip("/")
    expression = "" if anchored else "(?:.+/)?"
    for place, part in enumerate(parts):
        last = place == len(parts) - 1
        if part == "**":
            expression += ".*" if last else "(?:.+/)?"
        else:
            expression += _segment(part) + ("" if last else "/")
    if parts[-1:] == ["**"]:
        below = ""
    return re.compile(f"^{expression}{below}$", re.DOTALL), keep


def _segment(text: str) -> str:
    """One path segment of a pattern: `*` and `?` stay within it, `[...]` is a set, a backslash quotes."""
    expression, place = "", 0
    while place < len(text):
        sign = text[place]
        end = text.find("]", place + 2) if sign == "[" else -1
        if sign == "\\" and place + 1 < len(text):
            place += 1
            expression += re.escape(text[place])
        elif end > 0:
            inside = text[place + 1 : end].replace("\\", "\\\\")
            expression += "[" + ("^" + inside[1:] if inside[0] in "!^" else inside) + "]"
            place = end
        else:
            expression += {"*": "[^/]*", "?": "[^/]"}.get(sign) or re.escape(sign)
        place += 1
    return expression
