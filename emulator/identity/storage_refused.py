"""How the blob service refuses a request."""

from __future__ import annotations


class StorageRefused(Exception):
    """A refusal of the blob service, answered as XML with an `x-ms-error-code` header.

    Parameters:
        status: HTTP status.
        code: the service's error code, `BlobNotFound`.
        message: for people.
    """

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message
