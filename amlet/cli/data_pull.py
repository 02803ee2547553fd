"""Fetching the inputs of a job into the cache of this machine, and writing down what they were."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from amlet.cli.exits import Refusal
from contracts.asset_types import FOLDER_TYPES, MODEL_TYPES
from emulator.project.reference import reference_of, short_spelling
from emulator.trials.inputs.pulled import PulledData, PulledFile, is_folder
from gateway.exceptions import HttpResponseError
from gateway.operations.containers import Container
from gateway.operations.fetching import FetchedFile, OnProgress, fetch_file
from gateway.operations.storage_access import Access
from gateway.transport.messages import Request
from gateway.transport.session import Session

_STORAGE = "https://storage.azure.com"


@dataclass(frozen=True, slots=True)
class WantedInput:
    """An input to fetch.

    Parameters:
        name, reference, kind: of the input.
    """

    name: str
    reference: str
    kind: str

    @property
    def shown(self) -> str:
        """Its reference without a signature, as a file that is shared may hold it."""
        return short_spelling(self.reference, self.collection)

    @property
    def collection(self) -> str:
        """Where its name is looked up."""
        return "models" if self.kind in MODEL_TYPES else "data"

    @property
    def is_folder(self) -> bool:
        """Whether it is all that lies below its address."""
        return self.kind in FOLDER_TYPES or is_folder(self.reference)


@dataclass(frozen=True, slots=True)
class _Part:
    request: Request
    path: str


class Pull:
    """Fetches inputs.

    Parameters:
        session: sends requests.
        cache: takes what comes.
        limit: bytes that may come in all.
        signed_in: whether storage accounts are asked with the user's own token; else requests are anonymous.
    """

    def __init__(self, session: Session, cache: PulledData, limit: int, *, signed_in: bool) -> None:
        self._session = session
        self._cache = cache
        self._left = limit
        self._audience = _STORAGE if signed_in else None

    def __call__(self, wanted: WantedInput, on_progress: OnProgress) -> list[PulledFile]:
        """Fetch one input.

        Raises:
            Refusal: nothing can be fetched by such a reference, or nothing is there.
        """
        parts = list(self._parts(wanted))
        if not parts:
            raise Refusal(f"inputs.{wanted.name}: nothing is below {wanted.reference.partition('?')[0]}")
        content = self._cache.content(wanted.reference, wanted.collection)
        files = []
        for part in parts:
            fetched = self._fetch(part, content, on_progress)
            files.append(PulledFile(part.request.address, part.path, fetched.etag, fetched.sha256, fetched.size))
        self._cache.complete(wanted.reference, files, wanted.collection)
        return files

    def _fetch(self, part: _Part, content: Path, on_progress: OnProgress) -> FetchedFile:
        target = content / part.path
        # Whoever owns the storage names its blobs.
        if not target.resolve().is_relative_to(content.resolve()):
            raise Refusal(f"{part.request.address} would be written outside of the cache")
        try:
            fetched = self._session.run(fetch_file(part.request, target, self._left, on_progress))
        except HttpResponseError as error:
            if refusal := self._not_had(part.request, error.status_code):
                raise refusal from None
            raise
        self._left -= fetched.size
        return fetched

    def _not_had(self, request: Request, status: int | None) -> Refusal | None:
        """What an answer that is not a file means for the input."""
        match status:
            case 404 | 410:
                return Refusal(f"nothing is at {request.address} (HTTP {status})")
            case 401 | 403 | 409:
                more = "" if self._audience else "; --signed-in asks a storage account with your credential"
                return Refusal(f"{request.address} requires authentication (HTTP {status}){more}")
            case _:
                return None

    def _parts(self, wanted: WantedInput) -> Iterator[_Part]:
        steps = reference_of(wanted.reference, wanted.collection).steps
        match steps:
            case ("blob", host, container, *path):
                account, _, suffix = host.partition(".")
                signature = wanted.reference.partition("?")[2]
                place = Container(f"https://{account}.blob.{suffix}/{container}", Access(signature, self._audience))
                self._trust(place.url, suffix)
                yield from self._blobs(place, "/".join(path), wanted)
            case ("http", *_) if wanted.is_folder:
                raise Refusal(f"inputs.{wanted.name}: {wanted.reference} is a folder of a web site, which has no list")
            case ("http", *path):
                name = PurePosixPath(path[-1] if not path[-1].startswith("?") else path[-2]).name
                yield _Part(Request("GET", wanted.reference), name or wanted.name)
            case _:
                raise Refusal(f"inputs.{wanted.name}: {wanted.shown} has no address; map it in amlet.yml")

    def _blobs(self, place: Container, path: str, wanted: WantedInput) -> Iterator[_Part]:
        if not wanted.is_folder:
            yield _Part(place.reading(path), PurePosixPath(path).name)
            return
        prefix = f"{path}/" if path else ""
        for entry in self._session.run(place.names(prefix)):
            if not entry.name.endswith("/") and entry.name != path:
                yield _Part(place.reading(entry.name), entry.name.removeprefix(prefix))

    def _trust(self, url: str, storage_suffix: str) -> None:
        if self._audience:
            self._session.trust(url, storage_suffix)


class LockFile:
    """`amlet.lock`: what every fetched reference was, so that another machine can tell whether it still is.

    Parameters:
        path: of the file; need not exist.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._data: dict[str, Any] = {}
        if path.is_file():
            try:
                self._data = dict(json.loads(path.read_text(encoding="utf-8"))["data"])
            except (ValueError, KeyError, TypeError):
                raise Refusal(f"{path} is damaged; remove it, and pull again") from None

    def changed(self, reference: str, files: list[PulledFile]) -> list[str]:
        """The files that are not what they were when the reference was locked; none when it never was."""
        before = {entry["path"]: entry["sha256"] for entry in self._data.get(reference, [])}
        now = {file.path: file.sha256 for file in files}
        return sorted(path for path in before.keys() | now.keys() if before and before.get(path) != now.get(path))

    def note(self, reference: str, files: list[PulledFile]) -> None:
        """Write down what a reference is."""
        self._data[reference] = [asdict(file) for file in files]
        content: Mapping[str, Any] = {"version": 1, "data": dict(sorted(self._data.items()))}
        self.path.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
