"""What can be wrong with a request for a blob.

BlobError
├── BadName            no container can be called that here
│   └── BadBlobName    no blob can, so none of that name exists either
├── ContainerNotFound
├── BlobNotFound
├── BlobExists         and it was to be new
├── NameTaken          `a` is a blob, so `a/b` cannot be one: blobs are files here (emulator-defined)
└── BadBlockList
"""

from __future__ import annotations


class BlobError(Exception):
    """The text says what is wrong."""


class BadName(BlobError):
    """A name that no container or blob can have here."""


class BadBlobName(BadName):
    """A name that no blob can have here."""


class ContainerNotFound(BlobError):
    """There is no such container."""


class BlobNotFound(BlobError):
    """There is no such blob."""


class BlobExists(BlobError):
    """The blob was to be new."""


class NameTaken(BlobError):
    """A folder is in the place of the blob, or a blob in the place of one of its folders."""


class BadBlockList(BlobError):
    """A block that was never put is in the list."""
