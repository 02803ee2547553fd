"""Files as answers: small ones at once, large ones in chunks, parts of them on demand."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import BinaryIO

from starlette.responses import Response, StreamingResponse

from emulator.api.user_content import sandboxed

_RANGE = re.compile(r"^bytes=(\d+)-(\d*)$")
_CHUNK = 1 << 20


def content(file: BinaryIO, size: int, headers: Mapping[str, str], asked: str | None = None) -> Response:
    """An answer with a file that a user or a trial wrote, which is closed when it was sent; no browser runs it.

    Parameters:
        file, size: an open file, and how many bytes of it there are (it may grow meanwhile).
        headers: of the answer.
        asked: the `Range` header of the request.

    Raises:
        ValueError: the range is not inside the file; the file is closed.
    """
    try:
        part = byte_range(asked, size)
    except ValueError:
        file.close()
        raise
    first, length = part or (0, size)
    safe = sandboxed(headers.get("content-type", ""), headers.get("content-disposition"))
    sent = {**headers, **safe, "content-length": str(length)}
    if part:
        sent["content-range"] = f"bytes {first}-{first + length - 1}/{size}"
    status = 206 if part else 200
    file.seek(first)
    if length <= _CHUNK:
        with file:
            return Response(file.read(length), status, sent)
    return StreamingResponse(_chunks(file, length), status, sent)


def byte_range(header: str | None, size: int) -> tuple[int, int] | None:
    """First byte and number of bytes that a request asks for; None for all of it.

    Parameters:
        header: value of `Range` or `x-ms-range`; one range with a first byte. Source: the REST reference of Blob
            Storage ("Specifying the range header").
        size: of the whole, in bytes.

    Raises:
        ValueError: the range begins behind the end.

    >>> byte_range("bytes=2-5", 10)
    (2, 4)
    """
    found = _RANGE.match(header or "")
    if not found:
        return None
    first = int(found[1])
    last = min(int(found[2]) if found[2] else size - 1, size - 1)
    if first >= size or last < first:
        raise ValueError(f"The range {header} is not inside the {size} bytes there are")
    return first, last - first + 1


def _chunks(file: BinaryIO, length: int) -> Iterator[bytes]:
    with file:
        while length > 0 and (chunk := file.read(min(_CHUNK, length))):
            length -= len(chunk)
            yield chunk
