"""The supervisor's requests to the emulator, with the token of one attempt, repeated until there is an answer."""

from __future__ import annotations

import hashlib
import http.client
import json
import os
import socket
import ssl
import time
from typing import Any, BinaryIO, Callable
from urllib.parse import quote, urlsplit

_TIMEOUT = 30.0  # seconds that one answer may take
_FIRST_PAUSE, _LONGEST_PAUSE = 0.1, 5.0  # seconds
_PIECE = 1 << 20  # bytes
# Statuses of an emulator that starts or is busy, or of a proxy before it: the request is repeated.
_PASSING = (408, 425, 429, 500, 502, 503, 504)


class Superseded(Exception):
    """The attempt does not count any more, or another worker runs it: nothing of it may be told."""


class Refused(Exception):
    """The emulator will not take a request, however often it is repeated; the text says why."""


class Unreachable(Exception):
    """There was no answer for as long as one was waited for."""


class Connection:
    """Requests of one attempt, for one thread at a time.

    Parameters:
        url: address of the attempt.
        token: its fencing token.
        authority: PEM text of the certificate that the emulator's own is signed with; None for a plain connection, or
            for the authorities that the machine trusts.
        patience: seconds for which a request is repeated while there is no answer.
        wait: waits so many seconds, and says whether to give up.
    """

    def __init__(
        self,
        url: str,
        token: str,
        authority: str | None = None,
        patience: float = 60.0,
        wait: Callable[[float], bool] | None = None,
    ) -> None:
        self.patience = patience
        self._url, self._token, self._authority, self._wait = url.rstrip("/"), token, authority, wait
        parts = urlsplit(self._url)
        self._host, self._port, self._path = parts.hostname or "", parts.port, parts.path
        self._is_secure = parts.scheme == "https"
        self._http: http.client.HTTPConnection | None = None

    @property
    def origin(self) -> str:
        """Scheme, host and port, as this machine reached the emulator."""
        parts = urlsplit(self._url)
        return f"{parts.scheme}://{parts.netloc}"

    def copy(self, wait: Callable[[float], bool] | None = None) -> Connection:
        """The same for another thread."""
        return Connection(self._url, self._token, self._authority, self.patience, wait or self._wait)

    def post(self, path: str, body: Any) -> Any:
        """Send JSON and read the JSON that is answered.

        Raises:
            Superseded, Refused, Unreachable: see there.
        """
        status, answer = self._call("POST", path, json.dumps(body).encode(), "application/json")
        if status != 200:
            raise Refused(_text(status, answer))
        return json.loads(answer)

    def put(self, path: str, offset: int, data: bytes, **query: object) -> int:
        """Send a part of a file; the offset that the emulator has it up to, which is where to go on.

        Parameters:
            path: below the attempt's address; it is quoted here.
            offset: of the part.
            data: its bytes.
            query: more of the query.

        Raises:
            Superseded, Refused, Unreachable: see there.
        """
        words = "&".join(f"{name}={value}" for name, value in {"offset": offset, **query}.items())
        status, answer = self._call("PUT", f"{quote(path)}?{words}", data, "application/octet-stream")
        # 416 says that the file is at another offset, and names it.
        if status not in (200, 416):
            raise Refused(_text(status, answer))
        return int(json.loads(answer)["offset"])

    def download(self, sha256: str, target: BinaryIO) -> None:
        """Write a file of the attempt, checked by its hash, to the beginning of another.

        Raises:
            Superseded, Refused, Unreachable: see there.
        """
        sink = _Sink(target)
        # Once more where it came damaged; twice damaged is not by chance.
        for _ in range(2):
            status, answer = self._call("GET", f"files/{sha256}", b"", "", sink)
            if status != 200:
                raise Refused(_text(status, answer))
            if sink.sha256 == sha256:
                return
        raise Refused(f"what came for {sha256} has another hash: {sink.sha256}")

    def close(self) -> None:
        """End the connection; the next request makes another."""
        if self._http:
            self._http.close()
            self._http = None

    def _call(self, method: str, path: str, body: bytes, kind: str, sink: _Sink | None = None) -> tuple[int, bytes]:
        deadline, pause = time.monotonic() + self.patience, _FIRST_PAUSE
        while True:
            try:
                status, answer = self._once(method, path, body, kind, sink)
                if status not in _PASSING:
                    break
                why = _text(status, answer)
            except (OSError, http.client.HTTPException) as error:
                self.close()
                if isinstance(error, ssl.SSLCertVerificationError):
                    raise Refused(f"the certificate of {self.origin} is not trusted: {error}") from error
                why = f"{type(error).__name__}: {error}"
            if time.monotonic() >= deadline:
                raise Unreachable(f"{self.origin} gave no answer for {self.patience:g} s ({why})")
            if self._pause(pause * (0.5 + os.getpid() % 16 / 32)):  # many supervisors do not ask at the same moments
                raise Unreachable(f"{self.origin} was not waited for any longer ({why})")
            pause = min(pause * 2, _LONGEST_PAUSE)
        if status == 409:
            raise Superseded(_text(status, answer))
        return status, answer

    def _once(self, method: str, path: str, body: bytes, kind: str, sink: _Sink | None) -> tuple[int, bytes]:
        if self._http is None:
            self._http = self._connect()
        headers = {"Authorization": f"Bearer {self._token}"}
        if kind:
            headers["Content-Type"] = kind
        self._http.request(method, f"{self._path}/{path}", body, headers)
        response = self._http.getresponse()
        if sink is None or response.status != 200:
            return response.status, response.read()
        sink.restart()
        for piece in iter(lambda: response.read(_PIECE), b""):
            sink.write(piece)
        return response.status, b""

    def _connect(self) -> http.client.HTTPConnection:
        if not self._is_secure:
            made = http.client.HTTPConnection(self._host, self._port, timeout=_TIMEOUT)
        else:
            context = ssl.create_default_context(cadata=self._authority)
            made = http.client.HTTPSConnection(self._host, self._port, timeout=_TIMEOUT, context=context)
        made.connect()
        # Head and body of a request are two writes: the second must not wait for the acknowledgement of the first.
        made.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return made

    def _pause(self, seconds: float) -> bool:
        if self._wait:
            return self._wait(seconds)
        time.sleep(seconds)
        return False


class _Sink:
    """Takes what a download brings, from the start again when it is repeated."""

    def __init__(self, target: BinaryIO) -> None:
        self._target = target
        self.restart()

    @property
    def sha256(self) -> str:
        return self._digest.hexdigest()

    def restart(self) -> None:
        self._target.seek(0)
        self._target.truncate()
        self._digest = hashlib.sha256()

    def write(self, piece: bytes) -> None:
        self._target.write(piece)
        self._digest.update(piece)


def _text(status: int, answer: bytes) -> str:
    try:
        return f"{json.loads(answer)['error']['message']} (HTTP {status})"
    except (ValueError, KeyError, TypeError):
        return f"HTTP {status}: {answer[:200].decode(errors='replace')}"
