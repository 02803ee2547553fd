"""A blob container through its REST interface: upload, look, list, read."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode
from xml.etree import ElementTree as ET

from gateway.exceptions import ValidationException
from gateway.operations.storage_access import BLOB_VERSION, Access, container_sas, service_time
from gateway.operations.workspace import WORKSPACES, Workspace
from gateway.transport.calls import read_json, send, send_for_json
from gateway.transport.messages import Request, Response
from gateway.transport.steps import Steps, together

#: Answers to listSecrets that mean that the secrets cannot be read: no permission, or none exist.
_NO_SECRETS = (400, 403, 409)

#: A blob up to this length is sent in one request, a longer one in blocks, of which few are in memory at once.
SINGLE = 8 << 20
_BLOCK = 4 << 20
_BLOCKS_AT_ONCE = 4

#: Source: Azure Storage, "Scalability and performance targets for Blob storage".
_MOST_BLOCKS = 50_000


@dataclass(frozen=True, slots=True)
class Container:
    """A container and the right to use it.

    Parameters:
        url: `https://account.blob.core.windows.net/container`, without a query.
        access: the right to use it.
    """

    url: str
    access: Access = field(default_factory=Access)

    @classmethod
    def signed(cls, uri: str) -> Container:
        """The container of a URL that carries its signature."""
        url, _, sas = uri.partition("?")
        return cls(url.rstrip("/"), Access(sas))

    @property
    def sas(self) -> str:
        """The signature that is in use; empty for none."""
        return self.access.sas

    def _request(
        self,
        method: str,
        name: str,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        *,
        body: bytes | None = None,
    ) -> Request:
        path = f"{self.url}/{quote(name)}" if name else self.url
        return Request(
            method,
            f"{path}?{'&'.join(part for part in (urlencode(query or {}), self.sas) if part)}",
            headers={"x-ms-version": BLOB_VERSION, **(headers or {})},
            body=body,
            audience=self.access.audience,
        )

    def _ask(
        self,
        method: str,
        name: str,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        *,
        body: bytes | None = None,
        accept: tuple[int, ...] = (),
    ) -> Steps[Response]:
        """The answer to a request; when the right to use the container is refused, another one is tried once."""
        used = self.sas
        request = self._request(method, name, query, headers, body=body)
        answer = yield from send(request, accept=(*accept, 403))
        if answer.status == 403 and (yield from self.access.another(answer, used)):
            return (yield from send(self._request(method, name, query, headers, body=body), accept=accept))
        if answer.status == 403 and 403 not in accept:
            from gateway.transport.http_errors import error_of

            raise error_of(answer)
        return answer

    def reading(self, name: str) -> Request:
        """The GET of a blob."""
        return self._request("GET", name)

    def metadata(self, name: str) -> Steps[dict[str, str] | None]:
        """The metadata of a blob (keys in lower case), or None when there is no such blob."""
        response = yield from self._ask("HEAD", name, accept=(404,))
        if response.status == 404:
            return None
        prefix = "x-ms-meta-"
        return {key.removeprefix(prefix): text for key, text in response.headers.items() if key.startswith(prefix)}

    def upload(
        self,
        path: Path,
        name: str,
        metadata: Mapping[str, str] | None = None,
        on_sent: Callable[[int], None] = lambda count: None,
    ) -> Steps[None]:
        """Upload a file; it appears under its name only when all of it is there.

        Parameters:
            path: the file; never more than a few blocks of it are in memory.
            name: name of the blob; one that exists is replaced.
            metadata: of the blob.
            on_sent: called with the number of bytes after each part, possibly from several threads.
        """
        labels = {f"x-ms-meta-{key}": text for key, text in (metadata or {}).items()}
        size = path.stat().st_size
        if size <= SINGLE:
            yield from self._put(name, path.read_bytes(), labels)
            on_sent(size)
            return
        # A blob has a limited number of blocks, so those of very large files are larger.
        length = max(_BLOCK, -(-size // _MOST_BLOCKS))
        ids = [base64.b64encode(f"{number:06}".encode()).decode() for number in range(-(-size // length))]
        parts = [
            self._put_block(path, name, number * length, length, block, on_sent) for number, block in enumerate(ids)
        ]
        # The list of blocks comes last: before it the blob does not exist, after it it is whole.
        yield from together(parts, _BLOCKS_AT_ONCE)
        listed = "".join(f"<Latest>{block}</Latest>" for block in ids)
        body = f'<?xml version="1.0" encoding="utf-8"?><BlockList>{listed}</BlockList>'.encode()
        yield from self._ask("PUT", name, {"comp": "blocklist"}, labels, body=body)

    def _put(self, name: str, content: bytes, labels: Mapping[str, str]) -> Steps[None]:
        """Put a blob; one that may not be replaced (the signature only lets create) is fine when it is the same."""
        digest = base64_md5(content)
        headers = {"x-ms-blob-type": "BlockBlob", "Content-MD5": digest, **labels}
        answer = yield from self._ask("PUT", name, headers=headers, body=content, accept=(409,))
        if answer.status == 409:
            head = yield from self._ask("HEAD", name, accept=(404,))
            if not head.ok or head.headers.get("content-md5") != digest:
                from gateway.transport.http_errors import error_of

                raise error_of(answer)

    def _put_block(
        self, path: Path, name: str, first: int, length: int, block: str, on_sent: Callable[[int], None]
    ) -> Steps[None]:
        with path.open("rb") as stream:
            stream.seek(first)
            content = stream.read(length)
        query = {"comp": "block", "blockid": block}
        yield from self._ask("PUT", name, query, {"Content-MD5": base64_md5(content)}, body=content)
        on_sent(len(content))

    def names(self, prefix: str, accept: tuple[int, ...] = ()) -> Steps[list[BlobEntry]]:
        """The blobs whose names begin with `prefix`.

        Parameters:
            accept: error statuses that mean that there are none.
        """
        found: list[BlobEntry] = []
        marker = ""
        while True:
            query = {"restype": "container", "comp": "list", "prefix": prefix} | ({"marker": marker} if marker else {})
            document = yield from self._listing(query, accept)
            if document is None:
                return []
            found.extend(_entries(document))
            marker = document.findtext("NextMarker") or ""
            if not marker:
                return found

    def _listing(self, query: Mapping[str, str], accept: tuple[int, ...]) -> Steps[ET.Element | None]:
        """A page of a listing, or None for a status of `accept`; one that arrives cut off is asked for once more."""
        for _ in range(2):
            response = yield from self._ask("GET", "", query, accept=accept)
            if not response.ok:
                return None
            document = _parsed(response)
            if document is not None:
                return document
        from gateway.transport.http_errors import unreadable

        raise unreadable(response, "XML")

    def read(
        self, name: str, first: int, length: int, *, etag: str | None = None, with_md5: bool = False
    ) -> Steps[Response]:
        """A range of a blob.

        Parameters:
            etag: only if it is still this version.
            with_md5: ask for the MD5 of the range, of at most 4 MiB.
        """
        wanted = {"x-ms-range": f"bytes={first}-{first + length - 1}"}
        if etag:
            wanted["If-Match"] = etag
        if with_md5:
            wanted["x-ms-range-get-content-md5"] = "true"
        return (yield from self._ask("GET", name, headers=wanted))


@dataclass(frozen=True, slots=True)
class BlobEntry:
    """A line of a container's listing.

    Parameters:
        name: name of the blob.
        size: its length in bytes.
        md5: hash of its content in base64, where the storage knows it.
        etag: of this version, as a header field has it.
    """

    name: str
    size: int
    md5: str | None = None
    etag: str | None = None


def _parsed(response: Response) -> ET.Element | None:
    """The listing that an answer is, if it is one: a page of a proxy may be XML as well."""
    try:
        document = ET.fromstring(response.body)  # noqa: S314 - the configured storage's own answer
    except ET.ParseError:
        return None
    return document if document.find("Blobs") is not None else None


def _entries(document: ET.Element) -> Iterator[BlobEntry]:
    for blob in document.iter("Blob"):
        size = blob.findtext("Properties/Content-Length") or "0"
        etag = (blob.findtext("Properties/Etag") or "").strip('"')
        yield BlobEntry(
            blob.findtext("Name") or "",
            int(size),
            blob.findtext("Properties/Content-MD5") or None,
            f'"{etag}"' if etag else None,
        )


def md5_of(path: Path) -> str:
    """The MD5 of a file in base64, as storage has it."""
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, lambda: hashlib.md5(usedforsecurity=False))
    return base64.b64encode(digest.digest()).decode()


def base64_md5(content: bytes) -> str:
    """The MD5 of some bytes in base64."""
    return base64.b64encode(hashlib.md5(content, usedforsecurity=False).digest()).decode()


def datastore_container(workspace: Workspace, datastore: str) -> Steps[Container]:
    """The container behind a datastore of the workspace, with the right to read, list and write.

    A datastore without credentials, or whose secrets this user may not have, is used with the user's own token.

    Raises:
        ValidationException: the datastore is of a kind that holds no blobs.
    """
    document = yield from read_json(workspace.arm("GET", f"/datastores/{datastore}", WORKSPACES))
    properties = document["properties"]
    if properties.get("datastoreType") != "AzureBlob":
        raise ValidationException(
            f"datastore {datastore} is of type {properties.get('datastoreType')}; only AzureBlob is supported"
        )
    account, container = properties["accountName"], properties["containerName"]
    url = f"https://{account}.blob.{workspace.endpoints.storage_suffix}/{container}"
    if (properties.get("credentials") or {}).get("credentialsType") == "None":
        return Container(url, Access.by_token())

    def signature() -> Steps[str]:
        return (yield from _signature(workspace, datastore, account, container))

    sas = yield from signature()
    return Container(url, Access(sas, renew=signature) if sas else Access.by_token())


def _signature(workspace: Workspace, datastore: str, account: str, container: str) -> Steps[str]:
    """A signature by the datastore's secrets; empty when they are not to be had."""
    body = {"expirableSecret": True, "expireAfterHours": 1}
    asked = workspace.arm("POST", f"/datastores/{datastore}/listSecrets", WORKSPACES, body=body, resend=True)
    answer = yield from send_for_json(asked, accept=_NO_SECRETS)
    if not answer.ok:
        return ""
    secret = answer.json()
    if secret.get("sasToken"):
        return str(secret["sasToken"]).removeprefix("?")
    key = secret.get("key")
    return container_sas(account, container, key, service_time(answer)) if key else ""


def pending_container(place: Mapping[str, Any], renew: Callable[[], Steps[str]]) -> Container:
    """The container that a pending upload names; without a signature, it is used with the user's own token.

    Parameters:
        place: `blobReferenceForConsumption` of the service's answer.
        renew: fetches another signature.
    """
    signed = (place.get("credential") or {}).get("sasUri")
    if not signed:
        return Container(str(place["blobUri"]).rstrip("/"), Access.by_token())
    url, _, sas = str(signed).partition("?")
    return Container(url.rstrip("/"), Access(sas, renew=renew))
