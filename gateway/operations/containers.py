"""A blob container through its REST interface: upload, look, list, read; signed with a SAS, so no token goes there."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote, urlencode
from xml.etree import ElementTree as ET

from gateway.exceptions import ValidationException
from gateway.operations.workspace import WORKSPACES, Workspace
from gateway.transport.calls import read_json, send
from gateway.transport.messages import Request, Response
from gateway.transport.steps import Steps, together

_VERSION = "2021-12-02"

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
        sas: the shared access signature, without a question mark; empty for none.
        audience: whom a token is for that is sent instead of a signature.
    """

    url: str
    sas: str = field(repr=False)
    audience: str | None = None

    @classmethod
    def signed(cls, uri: str) -> Container:
        """The container of a URL that carries its signature."""
        url, _, sas = uri.partition("?")
        return cls(url.rstrip("/"), sas)

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
            headers={"x-ms-version": _VERSION, **(headers or {})},
            body=body,
            audience=self.audience,
        )

    def reading(self, name: str) -> Request:
        """The GET of a blob."""
        return self._request("GET", name)

    def metadata(self, name: str) -> Steps[dict[str, str] | None]:
        """The metadata of a blob (keys in lower case), or None when there is no such blob."""
        response = yield from send(self._request("HEAD", name), accept=(404,))
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
            on_sent: told the number of bytes after each part, maybe from several threads.
        """
        labels = {f"x-ms-meta-{key}": text for key, text in (metadata or {}).items()}
        size = path.stat().st_size
        if size <= SINGLE:
            headers = {"x-ms-blob-type": "BlockBlob", **labels}
            yield from self._put(_with_md5(self._request("PUT", name, headers=headers, body=path.read_bytes())), name)
            on_sent(size)
            return
        length = max(_BLOCK, -(-size // _MOST_BLOCKS))
        ids = [base64.b64encode(f"{number:06}".encode()).decode() for number in range(-(-size // length))]
        parts = [self._put_block(path, name, number * length, length, block) for number, block in enumerate(ids)]
        for first in range(0, len(ids), _BLOCKS_AT_ONCE):
            for sent in (yield from together(parts[first : first + _BLOCKS_AT_ONCE])):
                on_sent(sent)
        listed = "".join(f"<Latest>{block}</Latest>" for block in ids)
        body = f'<?xml version="1.0" encoding="utf-8"?><BlockList>{listed}</BlockList>'.encode()
        yield from send(self._request("PUT", name, {"comp": "blocklist"}, labels, body=body))

    def _put(self, request: Request, name: str) -> Steps[None]:
        """Put a blob; one that may not be replaced (the signature only lets create) is fine when it is the same."""
        answer = yield from send(request, accept=(409,))
        if answer.status == 409:
            head = yield from send(self._request("HEAD", name), accept=(404,))
            if not head.ok or head.headers.get("content-md5") != request.headers["Content-MD5"]:
                from gateway.http_errors import error_of

                raise error_of(answer)

    def _put_block(self, path: Path, name: str, first: int, length: int, block: str) -> Steps[int]:
        with path.open("rb") as stream:
            stream.seek(first)
            content = stream.read(length)
        yield from send(_with_md5(self._request("PUT", name, {"comp": "block", "blockid": block}, body=content)))
        return len(content)

    def names(self, prefix: str, accept: tuple[int, ...] = ()) -> Steps[list[BlobEntry]]:
        """The blobs whose names begin with `prefix`.

        Parameters:
            accept: error statuses that mean that there are none.
        """
        found: list[BlobEntry] = []
        marker = ""
        while True:
            query = {"restype": "container", "comp": "list", "prefix": prefix} | ({"marker": marker} if marker else {})
            response = yield from send(self._request("GET", "", query), accept=accept)
            if not response.ok:
                return []
            document = ET.fromstring(response.body)  # noqa: S314 - the configured storage's own answer
            found.extend(_entries(document))
            marker = document.findtext("NextMarker") or ""
            if not marker:
                return found

    def read(self, name: str, first: int, length: int) -> Steps[Response]:
        """A range of a blob."""
        wanted = {"x-ms-range": f"bytes={first}-{first + length - 1}"}
        return (yield from send(self._request("GET", name, headers=wanted)))


@dataclass(frozen=True, slots=True)
class BlobEntry:
    """A line of a container's listing.

    Parameters:
        name: name of the blob.
        size: its length in bytes.
        md5: hash of its content in base64, where the storage knows it.
    """

    name: str
    size: int
    md5: str | None = None


def _entries(document: ET.Element) -> Iterator[BlobEntry]:
    for blob in document.iter("Blob"):
        size = blob.findtext("Properties/Content-Length") or "0"
        yield BlobEntry(blob.findtext("Name") or "", int(size), blob.findtext("Properties/Content-MD5") or None)


def md5_of(path: Path) -> str:
    """The MD5 of a file in base64, as storage has it."""
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, lambda: hashlib.md5(usedforsecurity=False))
    return base64.b64encode(digest.digest()).decode()


def _with_md5(request: Request) -> Request:
    digest = hashlib.md5(request.body or b"", usedforsecurity=False).digest()
    return request.with_headers({"Content-MD5": base64.b64encode(digest).decode()})


def datastore_container(workspace: Workspace, datastore: str) -> Steps[Container]:
    """The container behind a datastore of the workspace, with the right to read, list and write.

    Raises:
        ValidationException: the datastore is of a kind that holds no blobs.
    """
    path = f"/datastores/{datastore}"
    document = yield from read_json(workspace.arm("GET", path, WORKSPACES))
    properties = document["properties"]
    if properties.get("datastoreType") != "AzureBlob":
        raise ValidationException(
            f"datastore {datastore} is of type {properties.get('datastoreType')}; only AzureBlob is supported"
        )
    body = {"expirableSecret": True, "expireAfterHours": 1}
    asked = workspace.arm("POST", f"{path}/listSecrets", WORKSPACES, body=body, resend=True)
    secret = yield from read_json(asked)
    account, container = properties["accountName"], properties["containerName"]
    sas = secret.get("sasToken") or container_sas(account, container, secret["key"], datetime.now(UTC))
    url = f"https://{account}.blob.{workspace.endpoints.storage_suffix}/{container}"
    return Container(url, str(sas).removeprefix("?"))


def container_sas(account: str, container: str, key: str, now: datetime) -> str:
    """A signature that lets its bearer read, list and write one container for an hour.

    Parameters:
        account: name of the storage account.
        container: name of the container.
        key: the account's key in base64.
        now: the time, UTC.

    Source: Azure Storage, "Create a service SAS", version 2020-12-06 and later.
    """
    permissions, expiry = "rcwl", (now + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    fields = [permissions, "", expiry, f"/blob/{account}/{container}", "", "", "https", _VERSION, "c", *[""] * 7]
    digest = hmac.new(base64.b64decode(key), "\n".join(fields).encode(), hashlib.sha256).digest()
    signature = base64.b64encode(digest).decode()
    return urlencode({"sv": _VERSION, "spr": "https", "se": expiry, "sr": "c", "sp": permissions, "sig": signature})
