"""Bodies that arrive compressed."""

from __future__ import annotations

import zlib
from http.client import HTTPException

#: What a server may use, as `Accept-Encoding` says it.
CODINGS = "gzip, deflate"

_GZIP_OR_ZLIB, _RAW = 47, -15


class SpoiltBody(HTTPException):
    """A body that is not compressed as its header says."""


def decoded(body: bytes, coding: str) -> bytes:
    """A body without its coding; with one that was not asked for it stays as it is.

    Parameters:
        body: as it came.
        coding: `Content-Encoding`.

    Raises:
        SpoiltBody: it cannot be decompressed.
    """
    for name in reversed(coding.split(",")):
        if name.strip().lower() in {"gzip", "x-gzip", "deflate"}:
            body = _decompressed(body)
    return body


def _decompressed(body: bytes) -> bytes:
    try:
        return zlib.decompressobj(_GZIP_OR_ZLIB).decompress(body)
    except zlib.error as error:
        try:
            return zlib.decompressobj(_RAW).decompress(body)  # what some servers call deflate
        except zlib.error:
            raise SpoiltBody(f"the body cannot be decompressed: {error}") from None
