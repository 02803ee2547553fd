"""Code folders and local inputs: hashed, found in the workspace or uploaded to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from urllib.parse import urljoin

from gateway.exceptions import EmptyDirectoryError, ValidationErrorType, ValidationException
from gateway.local_folder import HASH_VERSION, LocalFile, content_hash, files_of, missing_path_remedy, upload_hash
from gateway.operations.containers import (
    SINGLE,
    BlobEntry,
    Container,
    datastore_container,
    md5_of,
    pending_container,
)
from gateway.operations.workspace import CODES, Workspace
from gateway.transport.calls import read_json
from gateway.transport.messages import unique_id
from gateway.transport.steps import Steps, together

#: The datastore that takes local inputs.
INPUTS_DATASTORE = "workspaceblobstore"

_CONFIRMED = {"upload_status": "completed"}

#: Bytes between two news of a long upload.
_TELL_EVERY = 2 << 20

#: What is not larger is sent over many connections, but no new one is opened for less than so many files.
_SMALL = 1 << 20
_FOR_EACH_CONNECTION = 8
_LEAST_AT_ONCE, _MOST_AT_ONCE = 4, 16


@dataclass(frozen=True, slots=True)
class Uploaded:
    """News of an upload.

    Parameters:
        what: the local folder or file.
        files: how many files it has.
        size: their length in bytes.
        reused: whether the workspace had it already.
        sent: how many bytes are there; all of them in the last news.
    """

    what: Path
    files: int
    size: int
    reused: bool
    sent: int

    @property
    def complete(self) -> bool:
        """Whether all of it is there."""
        return self.sent == self.size


#: Called once for each upload, when it is complete; for a long one also before, possibly from several threads.
OnUpload = Callable[[Uploaded], None]


def code_id(workspace: Workspace, folder: Path, on_upload: OnUpload) -> Steps[str]:
    """The ARM id of a code folder, uploaded unless the workspace knows its hash.

    Raises:
        ValidationException: the folder does not exist, or something in it cannot be uploaded.
        EmptyDirectoryError: it has no file that is not ignored.
    """
    files = _files_to_upload(folder, "code")
    digest = content_hash(files)
    # A lookup by hash wants a name in its path and ignores it; a new asset then takes it.
    name = unique_id()
    versions = f"/codes/{name}/versions"
    query = {"hash": digest, "hashVersion": str(HASH_VERSION)}
    known = yield from read_json(workspace.arm("GET", versions, CODES, params=query))
    upload = _Upload(folder, files, on_upload)
    if known.get("value"):
        upload.reused()
        return str(known["value"][0]["id"])
    # It may be sent twice: each time it only names a place to upload to.
    pending = workspace.arm("POST", f"{versions}/1/startPendingUpload", CODES, body={}, resend=True)
    place = (yield from read_json(pending))["blobReferenceForConsumption"]

    def renewed() -> Steps[str]:
        again = (yield from read_json(pending))["blobReferenceForConsumption"]
        return str(again["credential"]["sasUri"]).partition("?")[2]

    container = pending_container(place, renewed)
    root = folder.resolve().name if folder.is_dir() else ""
    yield from upload.to(container, root, {"name": name, "version": "1"})
    uri = urljoin(place["blobUri"], f"{container.url.rpartition('/')[2]}/{root}").rstrip("/")
    properties = {"hash_sha256": digest, "hash_version": HASH_VERSION}
    body = {"properties": {"codeUri": uri, "isAnonymous": True, "properties": properties}}
    created = yield from read_json(workspace.arm("PUT", f"{versions}/1", CODES, body=body))
    return str(created["id"])


def input_uri(workspace: Workspace, path: Path, on_upload: OnUpload, datastore: str = INPUTS_DATASTORE) -> Steps[str]:
    """The `azureml://` address of a local file or folder, uploaded unless it is complete there already.

    Raises:
        ValidationException: there is no such file or folder.
        EmptyDirectoryError: the folder is empty.
    """
    _, place = yield from _local_upload(workspace, path, on_upload, datastore)
    return f"azureml://datastores/{datastore}/paths/{place}"


def context_uri(workspace: Workspace, folder: Path, on_upload: OnUpload, datastore: str) -> Steps[str]:
    """The address of a local build context as a blob URL, which environments need; see `input_uri`."""
    container, place = yield from _local_upload(workspace, folder, on_upload, datastore)
    return f"{container.url}/{place}/"


def _local_upload(
    workspace: Workspace, path: Path, on_upload: OnUpload, datastore: str
) -> Steps[tuple[Container, str]]:
    """Where a local file or folder is uploaded to: the container, and the path in it."""
    files = _files_to_upload(path, "input")
    container = yield from datastore_container(workspace, datastore)
    place = f"LocalUpload/{upload_hash(path)}"
    root = f"{place}/{path.name}" if path.is_dir() else place
    upload = _Upload(path, files, on_upload)
    indicator = yield from container.metadata(_blob(_indicator(files), root))
    if indicator and _CONFIRMED.items() <= indicator.items():
        upload.reused()
    else:
        there = []
        if len(files) > 1:
            there = yield from container.names(f"{root}/", accept=(403, 404))  # what cannot be seen is sent again
        yield from upload.to(container, root, {"name": unique_id(), "version": "1"}, there)
    return container, f"{place}/{path.name}"


def _files_to_upload(path: Path, what: str) -> list[LocalFile]:
    if not path.exists():
        remedy = (
            missing_path_remedy("", str(path)) or "relative paths start from the folder of the file that names them"
        )
        raise ValidationException(
            f"the local path {path} does not exist; {remedy[0].lower()}{remedy[1:]}",
            error_type=ValidationErrorType.FILE_OR_FOLDER_NOT_FOUND,
        )
    files = files_of(path)
    if not files:
        raise EmptyDirectoryError(
            f"the job's {what} folder {path} has no file to upload: it is empty, or its .amlignore excludes everything"
        )
    return files


@dataclass(slots=True)
class _Upload:
    """The upload of a folder or file, with its news.

    Parameters:
        what: the folder or file.
        files: what of it is uploaded.
        on_upload: called for each upload.
    """

    what: Path
    files: list[LocalFile]
    on_upload: OnUpload
    _sent: int = 0
    _told: int = 0
    _lock: Lock = field(default_factory=Lock)

    def reused(self) -> None:
        """The workspace has it."""
        self.on_upload(Uploaded(self.what, len(self.files), self._size, reused=True, sent=self._size))

    def to(
        self, container: Container, root: str, label: dict[str, str], there: Sequence[BlobEntry] = ()
    ) -> Steps[None]:
        """Upload the files, and last the one whose metadata says that the upload is whole.

        Parameters:
            root: the blobs' names begin with it.
            label: further metadata of the last one.
            there: what an upload that broke off has left; the same content is not sent again.
        """
        last = _indicator(self.files)
        known = {entry.name: entry for entry in there}
        missing = [
            file for file in self.files if file is not last and not self._is_there(file, known.get(_blob(file, root)))
        ]
        for group, at_once in _groups(missing):
            yield from together([self._one(container, file, root) for file in group], at_once)
        yield from self._one(container, last, root, _CONFIRMED | label)
        self.on_upload(self._news(self._size))

    def _one(
        self, container: Container, file: LocalFile, root: str, metadata: dict[str, str] | None = None
    ) -> Steps[None]:
        yield from container.upload(file.path, _blob(file, root), metadata, self._on_sent)

    def _is_there(self, file: LocalFile, entry: BlobEntry | None) -> bool:
        same = entry is not None and entry.size == file.size and entry.md5 == md5_of(file.path)
        self._sent += file.size if same else 0
        return same

    def _on_sent(self, count: int) -> None:
        with self._lock:
            self._sent += count
            if not self._told + _TELL_EVERY <= self._sent < self._size:
                return
            self._told = self._sent
            self.on_upload(self._news(self._told))  # under the lock, so that no news overtakes another

    def _news(self, sent: int) -> Uploaded:
        return Uploaded(self.what, len(self.files), self._size, reused=False, sent=sent)

    @property
    def _size(self) -> int:
        return sum(file.size for file in self.files)


def _groups(files: list[LocalFile]) -> Iterator[tuple[list[LocalFile], int]]:
    """The files in groups, and how many of each are sent at once: few of the larger ones, as they are read whole."""
    small = [file for file in files if file.size <= _SMALL]
    yield small, min(_MOST_AT_ONCE, max(_LEAST_AT_ONCE, len(small) // _FOR_EACH_CONNECTION))
    yield [file for file in files if _SMALL < file.size <= SINGLE], _LEAST_AT_ONCE
    yield [file for file in files if file.size > SINGLE], 1  # its blocks go at once


def _indicator(files: list[LocalFile]) -> LocalFile:
    """The file whose metadata says that an upload is whole: the official client's choice."""
    return min(files, key=lambda file: (file.path.as_posix(), file.name))


def _blob(file: LocalFile, root: str) -> str:
    return f"{root}/{file.name}" if root else file.name
