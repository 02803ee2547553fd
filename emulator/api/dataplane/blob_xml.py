"""The XML of the blob service."""

from __future__ import annotations

from collections.abc import Iterable
from email.utils import formatdate
from functools import partial
from html import escape as escape_html
from xml.etree import ElementTree as ET

from emulator.identity.storage_refused import StorageRefused
from emulator.storage.blobs import Blob
from emulator.storage.blobs.listing import BlobPage

#: As in `xml.sax.saxutils`, whose import brings along half of the standard library.
escape = partial(escape_html, quote=False)

_START = '<?xml version="1.0" encoding="utf-8"?>'


def error(refused: StorageRefused, request_id: str) -> str:
    """The body of a refusal."""
    message = f"{refused.message}\nRequestId:{request_id}"
    return f"{_START}<Error><Code>{refused.code}</Code><Message>{escape(message)}</Message></Error>"


def blob_list(
    container: str, page: BlobPage, *, service: str, prefix: str, delimiter: str, limit: str, metadata: bool
) -> str:
    """The body of List Blobs.

    Parameters:
        service: URL of the account.
        limit: how many entries a page was to have, as it was asked for; clients ask for the next page with it.
        metadata: whether `include=metadata` was asked for.
    """
    entries = "".join(
        f"<BlobPrefix>{_tag('Name', entry)}</BlobPrefix>" if isinstance(entry, str) else _blob(entry, metadata)
        for entry in page.entries
    )
    return (
        f'{_START}<EnumerationResults ServiceEndpoint="{escape(service)}" ContainerName="{escape(container)}">'
        f"{_tag('Prefix', prefix)}{f'<MaxResults>{escape(limit)}</MaxResults>' if limit else ''}"
        f"{_tag('Delimiter', delimiter)}<Blobs>{entries}</Blobs>"
        f"{_tag('NextMarker', page.next_marker)}</EnumerationResults>"
    )


def container_list(names: Iterable[str], service: str) -> str:
    """The body of List Containers."""
    entries = "".join(f"<Container>{_tag('Name', name)}<Properties/></Container>" for name in names)
    return (
        f'{_START}<EnumerationResults ServiceEndpoint="{escape(service)}"><Containers>{entries}</Containers>'
        "<NextMarker/></EnumerationResults>"
    )


def block_list(blocks: Iterable[tuple[str, int]]) -> str:
    """The body of Get Block List: parts that wait; committed ones are not kept apart."""
    entries = "".join(f"<Block>{_tag('Name', name)}<Size>{size}</Size></Block>" for name, size in blocks)
    return f"{_START}<BlockList><CommittedBlocks/><UncommittedBlocks>{entries}</UncommittedBlocks></BlockList>"


def block_names(body: bytes) -> list[str]:
    """The ids in the body of Put Block List.

    Raises:
        StorageRefused: 400 InvalidXmlDocument.
    """
    if b"<!" in body:
        raise StorageRefused(400, "InvalidXmlDocument", "The list of blocks must not declare a document type.")
    try:
        root = ET.fromstring(body)  # noqa: S314 - without a document type there are no entities to expand
    except (ET.ParseError, ValueError, LookupError) as problem:  # the latter two are of the encoding that it names
        raise StorageRefused(400, "InvalidXmlDocument", f"The list of blocks is not XML: {problem}.") from None
    return [(item.text or "").strip() for item in root if item.tag in {"Latest", "Uncommitted", "Committed"}]


def _blob(blob: Blob, metadata: bool) -> str:
    known = blob.properties
    pairs = "".join(_tag(name, value) for name, value in known.metadata.items()) if metadata else ""
    headers = known.headers
    named = {
        "Creation-Time": formatdate(blob.created, usegmt=True),
        "Last-Modified": formatdate(blob.modified, usegmt=True),
        "Etag": blob.etag.strip('"'),
        "Content-Length": str(blob.size),
        "Content-Type": known.content_type,
        "Content-Encoding": headers.get("content-encoding", ""),
        "Content-Language": headers.get("content-language", ""),
        "Content-CRC64": "",
        "Content-MD5": known.content_md5 or "",
        "Cache-Control": headers.get("cache-control", ""),
        "Content-Disposition": headers.get("content-disposition", ""),
        "BlobType": "BlockBlob",
        "AccessTier": "Hot",
        "AccessTierInferred": "true",
        "LeaseStatus": "unlocked",
        "LeaseState": "available",
        "ServerEncrypted": "true",
    }
    properties = "".join(_tag(name, value) for name, value in named.items())
    return (
        f"<Blob>{_tag('Name', blob.name)}<Properties>{properties}</Properties>"
        + (f"<Metadata>{pairs}</Metadata>" if metadata else "")
        + "<OrMetadata/></Blob>"
    )


def _tag(name: str, text: str) -> str:
    return f"<{name}>{escape(text)}</{name}>" if text else f"<{name}/>"
