"""What a worker is offered of an attempt, kept in files for the emulator alone, so that a restart loses no offer."""

from __future__ import annotations

import contextlib
import shutil
from base64 import b64encode
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import orjson

from emulator.files import write_whole

_OFFER, _REPORT, _INCOMING = "offer.json", "report.json", "incoming"


@dataclass(frozen=True, slots=True)
class OfferedFile:
    """A file that the attempt finds in its folder.

    Parameters:
        path: below the folder.
        source: the file on this machine; it does not change while the attempt counts.
        sha256: of its content, in hexadecimal digits.
        size: in bytes.
        mode: its permissions.
        is_inline: whether its content comes with the lease: to ask for a small file takes longer than to read it.
    """

    path: str
    source: Path
    sha256: str
    size: int
    mode: int
    is_inline: bool = False

    def document(self) -> dict[str, Any]:
        """What a worker is told of it.

        Raises:
            OSError: it cannot be read.
        """
        told = {"path": self.path, "sha256": self.sha256, "size": self.size, "mode": self.mode}
        return {**told, "content": b64encode(self.source.read_bytes()).decode()} if self.is_inline else told


@dataclass(frozen=True, slots=True)
class OfferedOutput:
    """A folder that the attempt writes.

    Parameters:
        path: below the attempt's folder.
        name: of the output.
        target: the folder of this machine into which its files are put.
    """

    path: str
    name: str
    target: Path


@dataclass(frozen=True, slots=True)
class Offer:
    """All that a worker needs to run an attempt.

    Parameters:
        command: what to execute; `{{folder}}` and `{{emulator}}` stand for what only the worker knows.
        environment: of the command, likewise.
        folder: name of the attempt's folder at the worker.
        log: the file of this machine that takes stdout and stderr.
        files: what the attempt finds in its folder.
        outputs: what is fetched from there at its end.
        resources: how much of what it needs, `cpu` and `gpu` for example.
        grace: seconds between SIGTERM and SIGKILL.
        working_folder: where the command runs, below the folder.
        folders: to be made there, empty but for the files.
        inherits: names of variables that the command has from its worker; `*` stands for any end of a name.
    """

    command: Sequence[str]
    environment: Mapping[str, str]
    folder: str
    log: Path
    files: Sequence[OfferedFile] = ()
    outputs: Sequence[OfferedOutput] = ()
    resources: Mapping[str, float] = ()  # type: ignore[assignment]
    grace: float = 5.0
    working_folder: str = ""
    folders: Sequence[str] = ()
    inherits: Sequence[str] = ()

    def document(self) -> dict[str, Any]:
        """What a worker is told of it: nothing of this machine's paths.

        Raises:
            OSError: a file of it cannot be read.
        """
        return {
            "command": list(self.command),
            "environment": dict(self.environment),
            "folder": self.folder,
            "grace_seconds": self.grace,
            "working_folder": self.working_folder,
            "folders": list(self.folders),
            "inherits": list(self.inherits),
            "files": [one.document() for one in self.files],
            "outputs": [{"path": one.path, "name": one.name} for one in self.outputs],
            "resources": dict(self.resources),
        }


class Offers:
    """The offers of one state directory, the reports of the ends of their attempts, and what has come of their files.

    Parameters:
        folder: made when it is first needed.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def write(self, attempt: str, offer: Offer) -> None:
        """Keep the offer of an attempt; its environment holds tokens, so that it is its owner's alone.

        Raises:
            OSError: it cannot be written.
        """
        folder = self.folder(attempt)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_whole(folder / _OFFER, orjson.dumps(asdict(offer), default=str), mode=0o600)

    def read(self, attempt: str) -> Offer | None:
        """The offer of an attempt; None where there is none."""
        kept = self._read(attempt, _OFFER)
        if kept is None:
            return None
        files = [OfferedFile(**one | {"source": Path(one["source"])}) for one in kept.pop("files")]
        outputs = [OfferedOutput(**one | {"target": Path(one["target"])}) for one in kept.pop("outputs")]
        return Offer(**kept | {"log": Path(kept["log"]), "files": files, "outputs": outputs})

    def write_report(self, attempt: str, report: Mapping[str, Any]) -> None:
        """Keep how an attempt ended.

        Raises:
            OSError: it cannot be written.
        """
        write_whole(self.folder(attempt) / _REPORT, orjson.dumps(dict(report)), mode=0o600)

    def report(self, attempt: str) -> dict[str, Any] | None:
        """How an attempt ended; None where its worker has not said so."""
        return self._read(attempt, _REPORT)

    def folder(self, attempt: str) -> Path:
        """The folder of what is kept of an attempt."""
        return self._folder / attempt.replace("/", "-")

    def incoming(self, attempt: str) -> Path:
        """Folder of the outputs that have come in part."""
        return self.folder(attempt) / _INCOMING

    def remove(self, attempt: str) -> None:
        """Remove all that is kept of an attempt; nothing is fine."""
        folder = self.folder(attempt)
        for name in (_OFFER, _REPORT):  # mostly all there is; to look through a folder costs several times as much
            with contextlib.suppress(OSError):
                (folder / name).unlink()
        try:
            folder.rmdir()
        except OSError:
            shutil.rmtree(folder, ignore_errors=True)

    def keep_only(self, attempts: Collection[str]) -> None:
        """Remove what is kept of all other attempts."""
        names = {self.folder(attempt).name for attempt in attempts}
        if self._folder.is_dir():
            for folder in list(self._folder.iterdir()):
                if folder.name not in names:
                    shutil.rmtree(folder, ignore_errors=True)

    def _read(self, attempt: str, name: str) -> dict[str, Any] | None:
        with contextlib.suppress(OSError, orjson.JSONDecodeError):
            found: dict[str, Any] = orjson.loads((self.folder(attempt) / name).read_bytes())
            return found
        return None
