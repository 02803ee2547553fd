"""A recorded session as a file: JSON documents one after the other, which `jq` reads as they are.

The first document says the version; each one after it is an exchange:

    {"cassette": 1, "client": "amlet/0.1.0", "recorded": "2030-01-02T03:04:05Z"}
    {"request":  {"method": "GET", "url": "https://management.azure.com/subscriptions/..."},
     "response": {"status": 200, "headers": {"content-type": "application/json"}, "json": {...}}}

A body is `json`, `text` or `base64`; of a file that was uploaded only `sha256` and `length` are kept. When no answer
came there is a `fault` in the place of the response: `{"message": "...", "sent": true}`. Each exchange is written when
it is over, so a session that is killed leaves everything up to there.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from contracts.version import __version__
from gateway.exceptions import MlException
from gateway.transport import sanitise
from gateway.transport.messages import ConnectionFault, Request, Response

VERSION = 1

Body = dict[str, Any]


class CassetteError(MlException):
    """A file that is not a cassette, or one of a version that is not known here."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as a cassette has it, sanitised.

    Parameters:
        method, url: of the request; the query is in order.
        headers: those that are kept.
        body: `{}`, `{"json": ...}`, or `{"sha256": ..., "length": ...}`.
    """

    method: str
    url: str
    headers: dict[str, str] = field(default_factory=dict)
    body: Body = field(default_factory=dict)

    @classmethod
    def of(cls, request: Request) -> Asked:
        """What is kept of a request."""
        kept = sanitise.headers(request.headers)
        url = sanitise.url(request.url, request.params)
        return cls(request.method, url, kept, _request_body(request.body, kept))


@dataclass(frozen=True, slots=True)
class Recorded:
    """One exchange of a cassette.

    Parameters:
        asked: the request.
        answer: its answer, or the fault that came instead.
    """

    asked: Asked
    answer: Response | ConnectionFault


def read(path: str | os.PathLike[str]) -> list[Recorded]:
    """The exchanges of a cassette, in the order they were recorded.

    Raises:
        CassetteError: the file is not a cassette, is damaged, or is of another version.
    """
    documents = _documents(Path(path))
    head = next(documents, None)
    if not isinstance(head, dict) or "cassette" not in head:
        raise CassetteError(f"{path} is not a recording: its first document has no `cassette: {VERSION}`")
    if head["cassette"] != VERSION:
        raise CassetteError(f"{path} is a recording of version {head['cassette']}; this amlet reads {VERSION}")
    try:
        return [_recorded(document) for document in documents]
    except (KeyError, TypeError, ValueError) as error:
        raise CassetteError(f"{path}: an exchange is damaged: {type(error).__name__} {error}") from None


def append(path: Path, asked: Asked, answer: Response | ConnectionFault) -> None:
    """Write an exchange at the end of a cassette; one that does not exist yet is begun."""
    entry: dict[str, Any] = {"request": _plain(asked)}
    if isinstance(answer, ConnectionFault):
        entry["fault"] = {"message": sanitise.text(str(answer)), "sent": answer.sent}
    else:
        kept = sanitise.headers(answer.headers)
        is_file = "content-range" in answer.headers or "x-ms-blob-type" in answer.headers
        body = _file_body(answer.body) if is_file else _body(answer.body, kept)
        if body:
            kept.pop("content-length", None)
        entry["response"] = {"status": answer.status, "headers": kept, **body}
    _write(path, _text(entry))


def begin(path: Path) -> None:
    """Make sure that a cassette can be written: begin it, or find that it is one already.

    Raises:
        CassetteError: the file is something else.
    """
    if path.exists() and path.stat().st_size:
        read(path)
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    _write(path, json.dumps({"cassette": VERSION, "client": f"amlet/{__version__}", "recorded": now}) + "\n")


def _write(path: Path, text: str) -> None:
    """In one piece and at once, readable by the owner alone: sanitised is not the same as public."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        os.write(descriptor, text.encode())
    finally:
        os.close(descriptor)


def _documents(path: Path) -> Iterator[Any]:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CassetteError(f"{path} cannot be read as a recording: {error}") from None
    decoder, place = json.JSONDecoder(), 0
    while (place := _after_space(text, place)) < len(text):
        try:
            found, place = decoder.raw_decode(text, place)
        except ValueError as error:
            raise CassetteError(f"{path} is not a recording, or was cut off: {error}") from None
        yield found


def _after_space(text: str, place: int) -> int:
    while place < len(text) and text[place].isspace():
        place += 1
    return place


def _text(entry: dict[str, Any]) -> str:
    return json.dumps(entry, indent=1) + "\n"


def _plain(asked: Asked) -> dict[str, Any]:
    return {"method": asked.method, "url": asked.url, "headers": asked.headers, **asked.body}


def _recorded(entry: dict[str, Any]) -> Recorded:
    request = dict(entry["request"])
    asked = Asked(request.pop("method"), request.pop("url"), request.pop("headers", {}), request)
    if "fault" in entry:
        return Recorded(asked, ConnectionFault(entry["fault"]["message"], sent=bool(entry["fault"]["sent"])))
    response = entry["response"]
    return Recorded(asked, Response(int(response["status"]), response.get("headers", {}), _bytes(response)))


def _request_body(body: bytes | None, headers: dict[str, str]) -> Body:
    if not body:
        return {}
    if "json" in headers.get("content-type", ""):
        return _body(body, headers)
    return {"sha256": hashlib.sha256(body).hexdigest(), "length": len(body)}


def _body(body: bytes, headers: dict[str, str]) -> Body:
    if not body:
        return {}
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(body).decode()}
    if text.lstrip()[:1] in ("{", "[") or "json" in headers.get("content-type", ""):
        try:
            return {"json": sanitise.document(json.loads(text))}
        except ValueError:
            pass
    return {"text": sanitise.text(text)}


def _file_body(body: bytes) -> Body:
    try:
        return {"text": sanitise.content(body.decode())} if body else {}
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(body).decode()}


def _bytes(response: Body) -> bytes:
    if "json" in response:
        return json.dumps(response["json"]).encode()
    if "base64" in response:
        return base64.b64decode(response["base64"])
    return str(response.get("text", "")).encode()
