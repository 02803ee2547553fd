"""What of a local folder is uploaded, and the hash that tells whether the workspace has it already.

Both follow the official SDK (azure-ai-ml 1.35.2), so that code uploaded by either client is reused by the other.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath

#: The version of the hash of code folders that goes with the hash on the wire.
HASH_VERSION = 202208

_UPLOAD_SEED = b"Initialize for october 2021 AML CLI version"
_CHUNK = 1 << 20


@dataclass(frozen=True)
class LocalFile:
    """One file to upload.

    Parameters:
        path: where it is, links resolved.
        name: its path relative to the folder, with forward slashes.
    """

    path: Path
    name: str

    @cached_property
    def size(self) -> int:
        """Its length in bytes."""
        return self.path.stat().st_size


def files_of(path: Path) -> list[LocalFile]:
    """The files of a folder that its ignore file (`.amlignore`, else `.gitignore`, in its root only) does not exclude.

    A single file is a list of one. Links are followed.
    """
    if path.is_file():
        return [LocalFile(path.resolve(), path.name)]
    ignored = _ignored(path)
    found = []
    for root, _, names in os.walk(path, followlinks=True):
        for name in names:
            file = Path(root, name)
            relative = file.relative_to(path).as_posix()
            if not ignored(relative):
                found.append(LocalFile(file.resolve(), relative))
    return found


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
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            update(chunk)


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
