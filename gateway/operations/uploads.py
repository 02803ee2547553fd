"""Code folders and local inputs: hashed, found in the workspace or uploaded to it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urljoin

from gateway.exceptions import EmptyDirectoryError, ValidationErrorType, ValidationException
from gateway.local_folder import HASH_VERSION, LocalFile, content_hash, files_of, upload_hash
from gateway.operations.containers import Container, datastore_container
from gateway.operations.workspace import CODES, Workspace
from gateway.transport.calls import read_json
from gateway.transport.steps import Steps, together
from gateway.unique import unique_id

#: The datastore that takes local inputs.
INPUTS_DATASTORE = "workspaceblobstore"

_CONFIRMED = {"upload_status": "completed"}


@dataclass(frozen=True, slots=True)
class Uploaded:
    """News of an upload.

    Parameters:
        what: the local folder or file.
        files: how many files it has.
        size: their length in bytes.
        reused: whether the workspace had it already.
    """

    what: Path
    files: int
    size: int
    reused: bool


OnUpload = Callable[[Uploaded], None]


def code_id(workspace: Workspace, folder: Path, on_upload: OnUpload) -> Steps[str]:
    """The ARM id of a code folder, uploaded unless the workspace knows its hash.

    Raises:
        ValidationException: the folder does not exist.
        EmptyDirectoryError: it has no file that is not ignored.
    """
    files = _files_to_upload(folder, "code")
    digest = content_hash(files)
    name = unique_id()
    versions = f"/codes/{name}/versions"
    query = {"hash": digest, "hashVersion": str(HASH_VERSION)}
    known = yield from read_json(workspace.arm("GET", versions, CODES, params=query))
    news = Uploaded(folder, len(files), sum(file.size for file in files), reused=bool(known.get("value")))
    if news.reused:
        on_upload(news)
        return str(known["value"][0]["id"])
    pending = workspace.arm("POST", f"{versions}/1/startPendingUpload", CODES, body={}, resend=True)
    place = (yield from read_json(pending))["blobReferenceForConsumption"]
    container = Container.signed(place["credential"]["sasUri"])
    root = folder.resolve().name if folder.is_dir() else ""
    yield from _upload(container, files, root, {"name": name, "version": "1"})
    on_upload(news)
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
    """The address of a local build context as a blob URL, which is what environments want; see `input_uri`."""
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
    indicator = yield from container.metadata(_indicator(files, root))
    news = Uploaded(path, len(files), sum(file.size for file in files), reused=_is_complete(indicator))
    if not news.reused:
        yield from _upload(container, files, root, {"name": unique_id(), "version": "1"})
    on_upload(news)
    return container, f"{place}/{path.name}"


def _files_to_upload(path: Path, what: str) -> list[LocalFile]:
    if not path.exists():
        raise ValidationException(
            f"the job's {what} {path} does not exist; paths in a job file are relative to that file",
            error_type=ValidationErrorType.FILE_OR_FOLDER_NOT_FOUND,
        )
    files = files_of(path)
    if not files:
        raise EmptyDirectoryError(
            f"the job's {what} folder {path} has no file to upload: it is empty, or its .amlignore excludes everything"
        )
    return files


def _upload(container: Container, files: list[LocalFile], root: str, label: dict[str, str]) -> Steps[None]:
    """Upload all files, then mark the first as complete: an upload that breaks off is never taken for a whole one."""
    yield from together([container.upload(file.path, _blob(file, root)) for file in files])
    yield from container.set_metadata(_indicator(files, root), _CONFIRMED | label)


def _indicator(files: list[LocalFile], root: str) -> str:
    return _blob(min(files, key=lambda file: (str(file.path), file.name)), root)


def _blob(file: LocalFile, root: str) -> str:
    return f"{root}/{file.name}" if root else file.name


def _is_complete(metadata: dict[str, str] | None) -> bool:
    return bool(metadata) and _CONFIRMED.items() <= (metadata or {}).items()
