"""The journal of requests: what was asked, what answered, and why it was refused. It is kept in memory and bounded.

A request costs an object and a few references here; all that is shown of it is made when it is read.
"""

from __future__ import annotations

import itertools
import re
import threading
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from fnmatch import fnmatchcase
from typing import Any

import orjson

from emulator.clock import iso
from emulator.services import redaction

#: Bytes that are kept of a body.
LARGEST_BODY = 4096

_XML_CODE = re.compile(r"<(Code|Message)>([^<]*)</")


class Exchange:
    """One request and its answer.

    Parameters:
        at: when it came in, seconds since the epoch.
        method, path, query: what was asked; the query as it stood in the URL.
        request_headers: as they came in.
        correlation: id of the request.

    The other attributes come with the answer: `status`, `headers`, `answer` (the beginning of its body) and `sent` (its
    length), `seconds`, the id of the `fault` that it met, whether there is such an operation (`known`), and which are
    `near` to it if there is none.
    """

    # Defaults of the class, because most exchanges never have others and every request makes one.
    number = 0
    request = b""
    status: int | None = None
    headers: Iterable[tuple[bytes, bytes]] = ()
    answer = b""
    sent = 0
    seconds = 0.0
    fault: str | None = None
    near: Sequence[str] = ()
    known = True

    def __init__(
        self,
        at: float,
        method: str,
        path: str,
        query: bytes,
        request_headers: Iterable[tuple[bytes, bytes]],
        correlation: str,
    ) -> None:
        self.at, self.method, self.path, self.query = at, method, path, query
        self.request_headers = request_headers
        self.correlation = correlation

    def note_answer(self, body: bytes) -> None:
        """Keep the beginning of the answer's body."""
        if len(self.answer) < LARGEST_BODY:
            self.answer = _beginning(self.answer, body)
        self.sent += len(body)

    def note_request(self, body: bytes) -> None:
        """Keep the beginning of the request's body."""
        if body and len(self.request) < LARGEST_BODY:
            self.request = _beginning(self.request, body)

    @property
    def refusal(self) -> tuple[str, str] | None:
        """Code and message of an answer that says no; None for others."""
        if self.status is None or self.status < 400:
            return None
        text = _text(self.answer)
        if len(found := dict(_XML_CODE.findall(text))) == 2:
            return found["Code"], found["Message"]
        code, message = _reason(self.answer) or ("", text[:200])
        return code, redaction.body(message, self.path)

    def document(self) -> dict[str, Any]:
        """All of it as JSON, without secrets."""
        refusal = self.refusal
        return {
            "number": self.number,
            "at": iso(self.at),
            "method": self.method,
            "path": self.path,
            "query": redaction.query(self.query.decode("latin-1")),
            "status": self.status,
            "seconds": round(self.seconds, 6),
            "correlation": self.correlation,
            "refusal": {"code": refusal[0], "message": refusal[1]} if refusal else None,
            "fault": self.fault,
            "near": list(self.near),
            "request": {
                "headers": redaction.headers(self.request_headers),
                "body": redaction.body(_text(self.request), self.path),
            },
            "answer": {
                "headers": redaction.headers(self.headers),
                "body": redaction.body(_text(self.answer), self.path),
                "bytes": self.sent,
            },
        }

    def __str__(self) -> str:
        """One line, or more for a refusal: `GET /subscriptions/... 404 UserError: Job x not found.`"""
        query = redaction.query(self.query.decode("latin-1"))
        line = f"{self.method} {self.path}{'?' + query if query else ''} {self.status or 'no answer'}"
        if refusal := self.refusal:
            line += f" {': '.join(filter(None, refusal))}"
        if self.fault:
            line += f" [{self.fault}]"
        return line + "".join(f"\n    nearest: {operation}" for operation in self.near)


class Journal:
    """The last exchanges, oldest first; may be used from any thread.

    Parameters:
        size: how many are kept.
    """

    def __init__(self, size: int = 1000) -> None:
        self._kept: deque[Exchange] = deque(maxlen=size)
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()

    @property
    def entries(self) -> list[Exchange]:
        """All that are kept, oldest first."""
        with self._lock:
            return list(self._kept)

    @property
    def last(self) -> int:
        """Number of the last exchange; 0 when there was none yet."""
        with self._lock:
            return self._kept[-1].number if self._kept else 0

    def add(self, exchange: Exchange) -> None:
        """Write an exchange down, which has ended."""
        with self._lock:
            # Under the lock, so that numbers rise in the order of the entries, which `find(after=...)` relies on.
            exchange.number = next(self._numbers)
            self._kept.append(exchange)

    def tail(self, count: int = 20) -> list[Exchange]:
        """The last ones, oldest first."""
        return self.entries[-count:] if count > 0 else []

    def find(
        self,
        method: str | None = None,
        path: str | None = None,
        status: int | str | None = None,
        *,
        after: int = 0,
        refused: bool | None = None,
    ) -> list[Exchange]:
        """The exchanges that meet all conditions, oldest first.

        Parameters:
            method: `GET`.
            path: `*` stands for anything: `*/jobs/*`; without one, a part of the path.
            status: 404, or `4xx`.
            after: only those with a higher number.
            refused: only those that were answered with 400 or more, or not at all; False for the others.
        """
        return [one for one in self.entries if one.number > after and _meets(one, method, path, status, refused)]

    def clear(self) -> None:
        """Forget all, and number anew."""
        with self._lock:
            self._kept.clear()
            self._numbers = itertools.count(1)

    def __len__(self) -> int:
        return len(self._kept)

    def __iter__(self) -> Iterator[Exchange]:
        return iter(self.entries)


def _meets(one: Exchange, method: str | None, path: str | None, status: int | str | None, refused: bool | None) -> bool:
    return (
        (method is None or one.method == method.upper())
        and (path is None or fnmatchcase(one.path, path if "*" in path else f"*{path}*"))
        and (status is None or _has_status(one.status, str(status).lower()))
        and (refused is None or refused is (one.status is None or one.status >= 400))
    )


def _has_status(found: int | None, wanted: str) -> bool:
    return found is not None and all(want in ("x", have) for want, have in zip(wanted, str(found), strict=False))


def _reason(body: bytes) -> tuple[str, str] | None:
    """Code and message of an envelope: ARM's, MLflow's, or that of the token endpoints."""
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
    match document:
        case {"error": {"code": code, "message": message}}:
            return str(code), str(message)
        case {"error_code": code, **rest}:
            return str(code), str(rest.get("message", ""))
        case {"error": str(code), **rest}:
            return code, str(rest.get("error_description", ""))
    return None


def _beginning(kept: bytes, more: bytes) -> bytes:
    if not kept and len(more) <= LARGEST_BODY:
        return more  # as it is: most bodies are short and come at once
    return (kept + more[: LARGEST_BODY - len(kept)])[:LARGEST_BODY]


def _text(body: bytes) -> str:
    return body.decode("utf-8", "replace")
