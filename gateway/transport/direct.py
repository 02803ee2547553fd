"""HTTP/1.1 straight to a host, where no proxy is in between.

A submit is many small requests. Sent from here they cost a third of the CPU time that a general client takes, which
also takes longer to import than all else that a submit needs.
"""

from __future__ import annotations

import select
import socket
import ssl
from collections import defaultdict
from contextlib import suppress
from functools import cached_property
from http.client import HTTPException, HTTPResponse, IncompleteRead
from io import BufferedReader
from threading import BoundedSemaphore
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from contracts.version import __version__
from gateway.transport.authorities import trusting
from gateway.transport.content_coding import CODINGS, decoded
from gateway.transport.deadline import CONNECT, LONGEST, PIECE, Deadline
from gateway.transport.messages import ConnectionFault, Request, Response

USER_AGENT = f"amlet/{__version__}"
CONNECTIONS = 32
_USUAL = {"Accept": "*/*", "Accept-Encoding": CODINGS, "Connection": "keep-alive", "User-Agent": USER_AGENT}
_WITH_BODY = frozenset({"POST", "PUT", "PATCH"})
_PORTS = {"http": 80, "https": 443}
_PIECE = 1 << 16


class DirectTransport:
    """Sends requests over connections that are kept alive; may be used by several threads at once.

    Parameters:
        bundle: file or folder of the only authorities to trust; None means certifi's.
        longest: seconds that an answer may take to arrive whole, however steadily it comes.
    """

    def __init__(self, bundle: str | None = None, *, longest: float = LONGEST) -> None:
        self._bundle = bundle
        self._longest = longest
        self._idle: defaultdict[tuple[str, str], list[socket.socket]] = defaultdict(list)
        self._free = BoundedSemaphore(CONNECTIONS)

    def send(self, request: Request) -> Response:
        """Send one request and wait for its whole answer."""
        deadline = Deadline(request, self._longest)
        parts = urlsplit(request.url)
        message = _message(request, parts.netloc, _target(parts.path, parts.query, request.params))
        where = (parts.scheme, parts.netloc)
        with self._free:
            line = self._kept(where) or self._connected(request)
            try:
                line.settimeout(request.timeout or PIECE)
                answer, body = _exchanged(line, message, request, deadline)
            except BaseException as error:
                line.close()
                if isinstance(error, OSError | HTTPException):
                    raise _fault(request, error, sent=True) from error
                raise
            if answer.will_close:
                line.close()
            else:
                self._idle[where].append(line)
        return Response(answer.status, _fields(answer), body, request)

    def close(self) -> None:
        """Close the connections that nobody uses."""
        for lines in self._idle.values():
            while lines:
                lines.pop().close()

    def _kept(self, where: tuple[str, str]) -> socket.socket | None:
        """A connection that was used before, and that the server has not closed since."""
        lines = self._idle[where]
        while True:
            try:
                line = lines.pop()
            except IndexError:
                return None
            if not _has_news(line):
                return line
            line.close()

    def _connected(self, request: Request) -> socket.socket:
        try:
            parts = urlsplit(request.url)
            line = socket.create_connection(
                (parts.hostname, parts.port or _PORTS[parts.scheme]), request.timeout or CONNECT
            )
        except KeyError:
            raise ConnectionFault(f"{request.method} {request.address}: use http:// or https://", sent=False) from None
        except (OSError, ValueError) as error:
            raise _fault(request, error, sent=False) from error
        try:
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return self._tls.wrap_socket(line, server_hostname=parts.hostname) if parts.scheme == "https" else line
        except BaseException as error:
            line.close()
            if isinstance(error, OSError | ValueError):
                raise _fault(request, error, sent=False) from error
            raise

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        context = trusting(self._bundle)
        context.set_alpn_protocols(["http/1.1"])
        return context


class _Stream(BufferedReader):
    """What comes in; unlike a plain one, it does not take the end of the connection for the end of a line."""

    def readline(self, size: int | None = -1, /) -> bytes:
        line = super().readline(size)
        if not line.endswith(b"\n") and len(line) != size:
            raise IncompleteRead(line)
        return line


class _Incoming:
    """Of a socket what HTTPResponse wants to have."""

    def __init__(self, line: socket.socket) -> None:
        self._line = line

    def makefile(self, *_: Any) -> _Stream:
        return _Stream(self._line.makefile("rb", buffering=0))


def _exchanged(line: socket.socket, message: bytes, request: Request, deadline: Deadline) -> tuple[HTTPResponse, bytes]:
    with suppress(BrokenPipeError, ConnectionResetError):  # the server may have said why before it closed
        line.sendall(message)
    answer = HTTPResponse(_Incoming(line), method=request.method)  # type: ignore[arg-type]
    try:
        answer.begin()
        pieces = []
        while piece := answer.read1(_PIECE):
            pieces.append(deadline.watch(piece))
        if answer.length:
            raise IncompleteRead(b"", answer.length)
        body = b"".join(pieces)
        coding = answer.headers.get("content-encoding", "")
        return answer, decoded(body, coding) if coding and body else body
    finally:
        answer.close()


def _has_news(line: socket.socket) -> bool:
    """Whether something came on a connection that nobody uses: its end, as a rule."""
    if isinstance(line, ssl.SSLSocket) and line.pending():
        return True
    if not hasattr(select, "poll"):
        return bool(select.select([line], [], [], 0)[0])
    poll = select.poll()
    poll.register(line, select.POLLIN)
    return bool(poll.poll(0))


def _target(path: str, query: str, params: Any) -> str:
    """Path and query as a request has them; parameters go before those of the same name in the URL."""
    if params:
        kept = [(name, text) for name, text in parse_qsl(query, keep_blank_values=True) if name not in params]
        query = urlencode([*kept, *params.items()])
    target = f"{path or '/'}?{query}" if query else path or "/"
    if target.isascii() and target.isprintable() and " " not in target:
        return target
    return quote(target, safe="%/:?#[]@!$&'()*+,;=~")


def _message(request: Request, host: str, target: str) -> bytes:
    """All of a request as it is sent."""
    given = {name.lower() for name in request.headers}
    fields = {"Host": host.rpartition("@")[2]}
    fields |= {name: text for name, text in _USUAL.items() if name.lower() not in given}
    fields |= request.headers
    if request.body is not None or request.method in _WITH_BODY:
        fields["Content-Length"] = str(len(request.body or b""))
    lines = [f"{request.method} {target} HTTP/1.1", *(f"{name}: {text}" for name, text in fields.items())]
    head = "\r\n".join(lines)
    if head.count("\n") >= len(lines) or head.count("\r") >= len(lines) or "\0" in head:
        raise ValueError(f"a header field of {request.method} {request.address} has a line break in it")
    return f"{head}\r\n\r\n".encode("latin-1") + (request.body or b"")


def _fields(answer: HTTPResponse) -> dict[str, str]:
    fields: dict[str, str] = {}
    for name, text in answer.getheaders():
        key = name.lower()
        fields[key] = f"{fields[key]}, {text}" if key in fields else text
    return fields


def _fault(request: Request, error: Exception, *, sent: bool) -> ConnectionFault:
    if isinstance(error, TimeoutError):
        what = "the answer stayed away too long" if sent else "no connection came about in time"
    elif isinstance(error, IncompleteRead):
        what = "the connection ended before the answer did"
    else:
        what = str(error) or f"the connection broke ({type(error).__name__})"
    return ConnectionFault(f"{request.method} {request.address}: {what}", sent=sent)
