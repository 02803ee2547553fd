"""Sends what an attempt wrote to the emulator, file by file, with little memory."""

from __future__ import annotations

import hashlib
from typing import Any, Iterable

from emulator.executors.supervisor.connection import Connection
from emulator.executors.supervisor.trial_folder import TrialFolder, written

_CHUNK = 8 << 20  # bytes
_MOST_LINES = 20


def send_outputs(connection: Connection, folder: TrialFolder, outputs: Iterable[dict[str, Any]]) -> list[str]:
    """Send all outputs; a file is complete at the emulator or not there.

    Parameters:
        connection: of this thread.
        folder: of the attempt.
        outputs: `path` below the folder, which the emulator knows it by, and `name`, for people, of each.

    Returns:
        Lines about what cannot be collected.

    Raises:
        Superseded, Refused, Unreachable, OSError: they cannot be sent.
    """
    left = []
    for output in outputs:
        for relative, path, objection in written(folder.path(output["path"])):
            if objection:
                left.append("/".join(filter(None, (output["name"], _printable(relative)))) + f": {objection}")
            else:
                _send_file(connection, path, "/".join(filter(None, (output["path"], relative))))
    lines = [f"amlet: not collected: {line}\n" for line in left[:_MOST_LINES]]
    if len(left) > _MOST_LINES:
        lines.append(f"amlet: not collected: {len(left) - _MOST_LINES} more\n")
    return lines


def _send_file(connection: Connection, path: str, name: str) -> None:
    with open(path, "rb") as file:
        digest = hashlib.sha256()
        for piece in iter(lambda: file.read(_CHUNK), b""):
            digest.update(piece)
        size, offset = file.tell(), 0
        while True:
            file.seek(offset)
            data = file.read(_CHUNK)
            offset = connection.put(f"outputs/{name}", offset, data, size=size, sha256=digest.hexdigest())
            if offset >= size:
                return


def _printable(text: str) -> str:
    return "".join(letter if letter.isprintable() else "?" for letter in text)
