"""The files of a run: a list, one file, all of them as one archive."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from urllib.parse import quote

from starlette.responses import FileResponse, Response, StreamingResponse

from emulator.plain_files import open_plain, plain_files
from emulator.studio import logs
from emulator.studio.headers import FILE, SANDBOXED

MOST_FILES = 2_000
_CHUNK = 1 << 18

#: What a browser may show: pictures that can hold no script.
_PICTURES = {
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".gif": "image/gif",
    ".webp": "image/webp",
}


@dataclass(frozen=True, slots=True)
class ArtifactFile:
    """A file of a run: path below its folder, bytes, time of the last change (seconds since the epoch)."""

    path: str
    size: int
    modified: float

    @property
    def is_picture(self) -> bool:
        """Whether a browser may show it."""
        return Path(self.path).suffix.lower() in _PICTURES


def listed(folder: Path) -> list[ArtifactFile]:
    """The files of a run by path, no more than `MOST_FILES`; logs are left out."""
    found = []
    for path, file in plain_files(folder):
        if path.partition("/")[0] not in logs.FOLDERS:
            try:
                state = file.lstat()
            except OSError:  # gone meanwhile
                continue
            found.append(ArtifactFile(path, state.st_size, state.st_mtime))
            if len(found) == MOST_FILES:
                break
    return sorted(found, key=lambda one: one.path)


def folders(files: Sequence[ArtifactFile]) -> list[str]:
    """What of the files can be a model: each folder below the first one, and each file, in the order of paths."""
    parents = {str(parent) for file in files for parent in PurePosixPath(file.path).parents if len(parent.parts) > 1}
    return [*sorted(parents), *(file.path for file in files)]


def sent(folder: Path, path: str, *, framed: bool = False) -> Response | None:
    """One file of a run: a log as plain text, a picture as such, anything else to be saved; None when there is none.

    Parameters:
        folder: of the run's artifacts.
        path: below it.
        framed: HTML is sent as such, for a frame in which it can do nothing.
    """
    root = folder.resolve()
    try:
        file = (root / path).resolve()
        if not file.is_relative_to(root) or not file.is_file():
            return None
    except (OSError, ValueError, RuntimeError):  # a name that no file can have, or a link that leads to itself
        return None
    if Path(path).parts[0] in logs.FOLDERS:
        return FileResponse(file, headers=FILE, media_type="text/plain; charset=utf-8")
    if framed and file.suffix.lower() in (".html", ".htm"):
        return FileResponse(file, headers=SANDBOXED, media_type="text/html; charset=utf-8")
    if picture := _PICTURES.get(file.suffix.lower()):
        return FileResponse(file, headers=FILE, media_type=picture)
    return FileResponse(file, headers=FILE, media_type="application/octet-stream", filename=file.name)


def archive(name: str, folders: Sequence[tuple[str, Path]]) -> Response:
    """A zip of the files of runs, written while it is sent.

    Parameters:
        name: of the archive, without its ending.
        folders: (folder in the archive, folder of the run's artifacts).
    """
    headers = {**FILE, "Content-Disposition": f"attachment; filename*=utf-8''{quote(name, safe='')}.zip"}
    return StreamingResponse(_zipped(folders), headers=headers, media_type="application/zip")


class _Sink:
    """A file that cannot be sought in, and gives away what was written."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def write(self, part: bytes) -> int:
        self._parts.append(bytes(part))
        return len(part)

    def flush(self) -> None:
        """Nothing is held back."""

    def take(self) -> bytes:
        parts, self._parts = self._parts, []
        return b"".join(parts)


def _zipped(folders: Sequence[tuple[str, Path]]) -> Iterator[bytes]:
    sink = _Sink()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as target:  # type: ignore[call-overload]
        for prefix, folder in folders:
            for path, file in plain_files(folder):
                try:
                    entry = zipfile.ZipInfo.from_file(file, f"{prefix}/{path}", strict_timestamps=False)
                    opened = open_plain(file)
                except OSError:  # gone meanwhile, or not to be read
                    continue
                entry.compress_type = zipfile.ZIP_DEFLATED
                with opened as source, target.open(entry, "w", force_zip64=True) as copy:
                    while chunk := source.read(_CHUNK):
                        copy.write(chunk)
                        yield sink.take()
    yield sink.take()
