"""The blob service: what a signed request may do with the files of the artifacts folder."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import BinaryIO

from emulator.identity.storage_account import StorageAccount, StorageRequest
from emulator.identity.storage_refused import StorageRefused
from emulator.services.context import Emulator
from emulator.services.fencing import check_policy
from emulator.services.refusal import Refusal
from emulator.storage.blobs import Blob, BlobStore, Properties, blocks, errors
from emulator.storage.blobs.listing import BlobPage, list_blobs
from emulator.storage.blobs.properties import OCTET_STREAM
from emulator.storage.blobs.stamps import ClockStamps

_ANSWERS: Mapping[type[errors.BlobError], tuple[int, str]] = {
    errors.BadName: (400, "InvalidResourceName"),
    errors.BadBlobName: (400, "InvalidResourceName"),
    errors.ContainerNotFound: (404, "ContainerNotFound"),
    errors.BlobNotFound: (404, "BlobNotFound"),
    errors.BlobExists: (409, "BlobAlreadyExists"),
    errors.NameTaken: (409, "BlobNameConflict"),
    errors.BadBlockList: (400, "InvalidBlockList"),
}
_CONTENT_HEADERS = ("content-encoding", "content-language", "content-disposition", "cache-control")
_METADATA = "x-ms-meta-"


class BlobService:
    """One method for each request of the service; every one checks the signature first.

    Source: the REST reference of Azure Blob Storage, by the names of its operations.

    Parameters:
        store: the files.
        account: names, key and signatures.
    """

    def __init__(self, store: BlobStore, account: StorageAccount) -> None:
        self.store = store
        self.account = account

    async def put(self, request: StorageRequest, body: AsyncIterator[bytes]) -> Blob:
        """Put Blob: the body goes to a file as it comes, and appears under its name only when it is complete."""
        overwrite = self._overwrites(request)
        kind = request.headers.get("x-ms-blob-type", "BlockBlob")
        if kind != "BlockBlob":
            raise StorageRefused(
                400, "InvalidHeaderValue", f"x-ms-blob-type {kind!r} is not served here; upload a BlockBlob."
            )
        if "x-ms-copy-source" in request.headers:
            raise StorageRefused(400, "UnsupportedHeader", "Copying from a URL is not served; download and upload it.")
        with _translated(), self.store.upload(request.container, request.blob) as upload:
            digest = hashlib.md5(usedforsecurity=False)
            async for chunk in _checked(request.headers, body, digest):
                upload.write(chunk)
            self._overwrites(request)  # what it depends on may be void by now
            self._check_unchanged(request)
            given = _properties(request.headers)
            # The service keeps the MD5 of what comes in one piece, whether it was given or not.
            known = given if given.content_md5 else replace(given, content_md5=_base64(digest))
            done = upload.finish(known, overwrite=overwrite)
            # Documented: a Put Blob drops the blocks that were put for the name and not committed.
            blocks.discard(self.store, request.container, request.blob)
            return done

    async def put_block(self, request: StorageRequest, body: AsyncIterator[bytes]) -> str:
        """Put Block: one part of a blob, invisible until `put_block_list`; the MD5 of the part, in base64."""
        self.account.authorize(request, "cw")
        block = _decoded(request.query.get("blockid", ""))
        digest = hashlib.md5(usedforsecurity=False)
        with _translated(), blocks.staged(self.store, request.container, request.blob, block) as file:
            async for chunk in _checked(request.headers, body, digest):
                file.write(chunk)
        return _base64(digest)

    def put_block_list(self, request: StorageRequest, names: Sequence[str]) -> Blob:
        """Put Block List: the parts become the blob."""
        overwrite = self._overwrites(request)
        with _translated():
            self._check_unchanged(request)
            return blocks.commit(
                self.store,
                request.container,
                request.blob,
                [_decoded(name) for name in names],
                _properties(request.headers),
                overwrite=overwrite,
            )

    def block_list(self, request: StorageRequest) -> list[tuple[str, int]]:
        """Get Block List: the parts that wait, as id (base64) and size."""
        self.account.authorize(request, "r")
        with _translated():
            self.store.container(request.container)
            waiting = blocks.waiting(self.store, request.container, request.blob)
        return [(base64.b64encode(block).decode(), size) for block, size in waiting]

    def stat(self, request: StorageRequest) -> Blob:
        """Get Blob Properties."""
        self.account.authorize(request, "r")
        with _translated(), _of_a_blob():
            return _matching(request, self.store.stat(request.container, request.blob))

    def open(self, request: StorageRequest) -> tuple[Blob, BinaryIO]:
        """Get Blob: the caller closes the file."""
        self.account.authorize(request, "r")
        with _translated(), _of_a_blob():
            blob, file = self.store.open(request.container, request.blob)
            try:
                return _matching(request, blob), file
            except StorageRefused:
                file.close()
                raise

    def set_metadata(self, request: StorageRequest) -> Blob:
        """Set Blob Metadata: replaces all of it."""
        self.account.authorize(request, "w")
        with _translated(), _of_a_blob():
            _matching(request, self.store.stat(request.container, request.blob))
            return self.store.set_metadata(request.container, request.blob, _metadata(request.headers))

    def delete(self, request: StorageRequest) -> None:
        """Delete Blob."""
        self.account.authorize(request, "d")
        with _translated(), _of_a_blob():
            _matching(request, self.store.stat(request.container, request.blob))
            self.store.delete(request.container, request.blob)

    def page(self, request: StorageRequest) -> BlobPage:
        """List Blobs: one page."""
        self.account.authorize(request, "l")
        query = request.query
        with _translated():
            return list_blobs(
                self.store,
                request.container,
                prefix=query.get("prefix", ""),
                delimiter=query.get("delimiter", ""),
                marker=query.get("marker", ""),
                limit=page_size(query),
            )

    def containers(self, request: StorageRequest) -> list[str]:
        """List Containers, by name."""
        self.account.authorize(request, "l")
        prefix = request.query.get("prefix", "")
        return [name for name in self.store.containers() if name.startswith(prefix)]

    def container_exists(self, request: StorageRequest) -> None:
        """Get Container Properties: refused when there is none."""
        self.account.authorize(request, "rl")
        with _translated():
            self.store.container(request.container)

    def create_container(self, request: StorageRequest) -> None:
        """Create Container."""
        self.account.authorize(request, "cw")
        with _translated():
            created = self.store.create_container(request.container)
        if not created:
            raise StorageRefused(409, "ContainerAlreadyExists", "The specified container already exists.")

    def _check_unchanged(self, request: StorageRequest) -> None:
        """Refuse a write that is for a certain state of the blob, which it is no longer in."""
        if "if-match" not in request.headers:
            return
        try:
            _matching(request, self.store.stat(request.container, request.blob))
        except errors.BlobNotFound:
            raise StorageRefused(412, "ConditionNotMet", "There is no such blob, so it has no ETag.") from None

    def _overwrites(self, request: StorageRequest) -> bool:
        """Let a write pass; whether it may replace a blob: not when only `create` is granted, nor when it says so."""
        try:
            self.account.authorize(request, "w")
        except StorageRefused as refused:
            # Only the right to write is missing: such a signature may still create.
            if refused.code != "AuthorizationPermissionMismatch":
                raise
            self.account.authorize(request, "c")
            return False
        return request.headers.get("if-none-match") != "*"


def blob_service(emulator: Emulator) -> BlobService:
    """The blob service of an emulator."""

    def why_void(policy: str) -> StorageRefused | None:
        try:
            check_policy(emulator.store.reader(), policy)
        except Refusal as refusal:
            return StorageRefused(refusal.status, refusal.code, refusal.message)
        return None

    account = StorageAccount(emulator.secrets.account_key, emulator.tokens, emulator.calendar, why_void)
    stamp = ClockStamps(emulator.clock) if emulator.time else None
    return BlobService(BlobStore(emulator.place.artifacts, stamp), account)


def page_size(query: Mapping[str, str]) -> int:
    """How many entries a page may have: `maxresults`, at most 5000.

    Raises:
        StorageRefused: it is not a positive number.
    """
    text = query.get("maxresults") or "5000"
    if not text.isdecimal() or int(text) == 0:
        raise StorageRefused(400, "OutOfRangeQueryParameterValue", f"maxresults={text!r}: use a number from 1 to 5000.")
    return min(int(text), 5000)


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except errors.BlobError as error:
        status, code = _ANSWERS[type(error)]
        raise StorageRefused(status, code, f"{str(error)[:1].upper()}{str(error)[1:]}.") from None


@contextmanager
def _of_a_blob() -> Iterator[None]:
    """Clients ask whether `folder/` is a blob: a name that none can have is one that is not there."""
    try:
        yield
    except errors.BadBlobName as error:
        raise errors.BlobNotFound(str(error)) from None


def _matching(request: StorageRequest, blob: Blob) -> Blob:
    wanted, unwanted = request.headers.get("if-match"), request.headers.get("if-none-match")
    if wanted not in {None, "*", blob.etag}:
        raise StorageRefused(412, "ConditionNotMet", f"The blob's ETag is {blob.etag}, not {wanted}.")
    if unwanted in {"*", blob.etag}:
        status = 304 if request.method in {"GET", "HEAD"} else 412
        raise StorageRefused(status, "ConditionNotMet", f"The blob's ETag is {blob.etag}.")
    return blob


async def _checked(
    headers: Mapping[str, str], body: AsyncIterator[bytes], digest: hashlib._Hash
) -> AsyncIterator[bytes]:
    """The body as it comes; it ends with an error when it is not what Content-MD5 or Content-Length say.

    Parameters:
        digest: is given every byte.
    """
    length = 0
    async for chunk in body:
        length += len(chunk)
        digest.update(chunk)
        yield chunk
    if headers.get("content-md5", expected := _base64(digest)) != expected:
        raise StorageRefused(400, "Md5Mismatch", "The MD5 value specified in the request did not match the content.")
    if headers.get("content-length", str(length)) != str(length):
        raise StorageRefused(400, "InvalidInput", f"The body has {length} bytes, Content-Length says otherwise.")


def _base64(digest: hashlib._Hash) -> str:
    return base64.b64encode(digest.digest()).decode()


def _properties(headers: Mapping[str, str]) -> Properties:
    extra = {name: headers[f"x-ms-blob-{name}"] for name in _CONTENT_HEADERS if f"x-ms-blob-{name}" in headers}
    return Properties(
        _metadata(headers),
        headers.get("x-ms-blob-content-type", headers.get("content-type", OCTET_STREAM)),
        headers.get("x-ms-blob-content-md5", headers.get("content-md5")),
        extra,
    )


def _metadata(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.removeprefix(_METADATA): value for name, value in headers.items() if name.startswith(_METADATA)}


def _decoded(block: str) -> bytes:
    try:
        decoded = base64.b64decode(block, validate=True)
    except ValueError:
        decoded = b""
    if not 0 < len(decoded) <= 64:
        raise StorageRefused(400, "InvalidQueryParameterValue", f"blockid {block!r} is not base64 of 1 to 64 bytes.")
    return decoded
