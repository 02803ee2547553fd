"""Fetching files by their address: in ranges, so that a fetch that broke off goes on, and never more than allowed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urljoin

from gateway.exceptions import ValidationException
from gateway.transport.calls import send
from gateway.transport.messages import Request, Response
from gateway.transport.steps import Steps

_CHUNK = 8 << 20
_REDIRECTS = (301, 302, 303, 307, 308)
_MOST_REDIRECTS = 5
_NO_HEAD = (400, 403, 405, 501)

#: Called with the number of bytes received and of all (None when the server does not say).
OnProgress = Callable[[int, int | None], None]


class TooLarge(ValidationException):
    """More bytes than were allowed."""


class BrokenFetch(ValidationException):
    """What was received is not one file: it changed during the transfer, or ended before its size."""


@dataclass(frozen=True, slots=True)
class FetchedFile:
    """A file that is here.

    Parameters:
        etag: as the server said, if it did.
        sha256: of the content, in hexadecimal digits.
        size: in bytes.
    """

    etag: str | None
    sha256: str
    size: int


def fetch_file(request: Request, target: Path, limit: int, on_progress: OnProgress) -> Steps[FetchedFile]:
    """Fetch a file.

    Parameters:
        request: the GET of the file; its audience and headers go with every range.
        target: where to; a file `.part` next to it holds what an interrupted fetch received.
        limit: bytes that are allowed.

    Raises:
        TooLarge: it has more.
        BrokenFetch: it changed meanwhile, or broke off; asked again, the fetch goes on or begins anew.
        gateway.exceptions.HttpResponseError: the server refused.
    """
    # A range of a compressed file cannot be unpacked.
    request = request.with_headers({"Accept-Encoding": "identity"})
    head = yield from _asked(replace(request, method="HEAD"), accept=_NO_HEAD)
    if head.request:
        request = replace(request, url=head.request.url, audience=head.request.audience)
    etag, size = (head.headers.get("etag"), _length(head)) if head.ok else (None, None)
    if size is not None and size > limit:
        raise _too_large(request, size, limit)
    target.parent.mkdir(parents=True, exist_ok=True)
    part, mark = target.with_name(f"{target.name}.part"), target.with_name(f"{target.name}.etag")
    # Without an ETag nobody can tell whether the part belongs to the file that is there now.
    if not (etag and mark.is_file() and mark.read_text(encoding="utf-8") == etag):
        part.unlink(missing_ok=True)
    mark.write_text(etag or "", encoding="utf-8")
    etag = yield from _ranges(request, part, size, etag, limit, on_progress)
    part.replace(target)
    mark.unlink()
    return FetchedFile(etag, sha256_of(target), target.stat().st_size)


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal digits."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _ranges(
    request: Request, part: Path, size: int | None, etag: str | None, limit: int, on_progress: OnProgress
) -> Steps[str | None]:
    """Fetch what is not in a partial file yet; servers may send less than a range asks for. Gives the ETag."""
    with part.open("ab") as file:
        while size is None or file.tell() < size:
            begin = file.tell()
            asked = request.with_headers({"Range": f"bytes={begin}-{begin + _CHUNK - 1}"})
            answer = yield from _asked(asked, accept=(416,))
            if answer.status == 416 or (answer.status == 206 and not answer.body):
                if size is not None:
                    raise BrokenFetch(f"{request.address} ended after {begin:,} of {size:,} bytes; fetch it again")
                break
            etag = _same(request, etag, answer)
            if answer.status == 200:  # the server knows no ranges, and sent all of it
                file.truncate(0)
                file.seek(0)
            size = _total(answer) if size is None else size
            if file.tell() + len(answer.body) > limit:
                raise _too_large(request, size, limit)
            file.write(answer.body)
            on_progress(file.tell(), size)
            if answer.status == 200 or (size is None and len(answer.body) < _CHUNK):
                break
    return etag


def _same(request: Request, etag: str | None, answer: Response) -> str | None:
    """The ETag of an answer that belongs to the same file as the answers before."""
    found = answer.headers.get("etag") or etag
    if etag and found != etag:
        raise BrokenFetch(f"{request.address} changed while it was fetched; fetch it again")
    return found


def _total(answer: Response) -> int | None:
    """The size of the whole file, as `Content-Range: bytes 0-9/200` says it."""
    text = answer.headers.get("content-range", "").rpartition("/")[2]
    return int(text) if text.isdigit() else None


def _asked(request: Request, accept: tuple[int, ...]) -> Steps[Response]:
    """The answer at the end of all redirections, never from https to http; a token goes to the first host only."""
    for _ in range(_MOST_REDIRECTS):
        answer = yield from send(request, accept=(*accept, *_REDIRECTS))
        where = answer.headers.get("location")
        if answer.status not in _REDIRECTS or not where:
            return replace(answer, request=request)
        url = urljoin(request.url, where)
        if not url.startswith(("https://", request.url.partition(":")[0] + "://")):
            raise ValidationException(f"{request.address} leads to {url.partition('?')[0]}, which is not followed")
        request = replace(request, url=url, audience=None)
    raise ValidationException(f"{request.address}: redirected more than {_MOST_REDIRECTS} times")


def _length(answer: Response) -> int | None:
    text = answer.headers.get("content-length", "")
    return int(text) if text.isdigit() and not answer.headers.get("content-encoding") else None


def _too_large(request: Request, size: int | None, limit: int) -> TooLarge:
    has = f"has {size:,} bytes" if size is not None else "is larger than that"
    return TooLarge(f"{request.address} {has}, and {limit:,} are allowed; allow more with --max-size")
