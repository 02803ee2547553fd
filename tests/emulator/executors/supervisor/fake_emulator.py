"""An emulator that knows one attempt and nothing else, for tests of the supervisor: real sockets, in a thread."""

from __future__ import annotations

import hashlib
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

TOKEN = "the token of one attempt"


class FakeEmulator:
    """One attempt as the protocol has it.

    Parameters:
        command: of the attempt, for the shell.
        changes: of the answer to its lease.
    """

    def __init__(self, command: str = "true", files: dict[str, bytes] | None = None, **changes: Any) -> None:
        self.contents = {hashlib.sha256(data).hexdigest(): data for data in (files or {}).values()}
        self.answer: dict[str, Any] = {
            "run": "green",
            "number": 1,
            "heartbeat_seconds": 0.05,
            "lease_seconds": 30.0,
            "offline_seconds": 20.0,
            "grace_seconds": 0.3,
            "command": ["bash", "-c", command],
            "environment": {"PATH": "{{path}}"},
            "folder": "green",
            "log": "user_logs/std_log.txt",
            "log_limit_bytes": 1 << 20,
            "files": [
                {"path": path, "sha256": hashlib.sha256(data).hexdigest(), "size": len(data), "mode": 0o644}
                for path, data in (files or {}).items()
            ],
            "outputs": [],
            "resources": {"cpu": 1},
            **changes,
        }
        self.log, self.outputs, self.ends = bytearray(), {}, []
        self.requests: list[str] = []
        self.heartbeats: list[dict[str, int]] = []
        self.lease: dict[str, Any] | None = None
        self.cancel: dict[str, Any] = {}
        self.is_superseded = False
        self.failures: list[int] = []
        self._partial: dict[str, bytearray] = {}
        self.changed = threading.Condition()
        self._server: ThreadingHTTPServer | None = None
        self.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/_amlet/attempts/5-1"

    def start(self, port: int = 0) -> None:
        """Serve; the port it had after `stop`."""
        self._server = _Server(("127.0.0.1", port), _handler(self))
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def stop(self) -> None:
        """Close all connections, and answer nothing any more."""
        if self._server:
            self._server.shutdown()
            self._server.end_connections()
            self._server.server_close()
            self._server = None

    def wait(self, until: Any, patience: float = 30.0) -> None:
        """Wait until something is true of it."""
        with self.changed:
            assert self.changed.wait_for(until, patience), "it never came"

    def handle(self, method: str, path: str, query: dict[str, str], body: bytes) -> tuple[int, Any]:
        if self.failures:
            return self.failures.pop(0), {"error": {"code": "Failure", "message": "on purpose"}}
        if self.is_superseded:
            return 409, {"error": {"code": "AttemptSuperseded", "message": "another attempt counts"}}
        kind, _, rest = path.partition("/")
        if method == "GET":
            return (
                (200, self.contents[rest]) if rest in self.contents else (404, {"error": {"message": "no such file"}})
            )
        if kind == "lease":
            self.lease = json.loads(body)
            return 200, self.answer
        if kind == "heartbeat":
            self.heartbeats.append(json.loads(body))
            return 200, {"cancel": False, "lease_seconds": 30.0, **self.cancel}
        if kind == "end":
            self.ends.append(json.loads(body))
            return 200, {}
        return self._put(kind, rest, query, body)

    def _put(self, kind: str, name: str, query: dict[str, str], body: bytes) -> tuple[int, Any]:
        kept = self.log if kind == "logs" else self._partial.setdefault(name, bytearray())
        offset = int(query["offset"])
        if offset > len(kept):
            return 416, {"offset": len(kept)}
        kept += body[len(kept) - offset :]
        if kind == "outputs" and len(kept) == int(query["size"]):
            if hashlib.sha256(kept).hexdigest() != query["sha256"]:
                return 422, {"error": {"message": "another hash"}}
            self.outputs[name] = bytes(kept)
        return 200, {"offset": len(kept)}


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, *args: Any) -> None:
        self._connections: set[Any] = set()
        super().__init__(*args)

    def process_request(self, request: Any, client_address: Any) -> None:
        self._connections.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self._connections.discard(request)
        super().shutdown_request(request)

    def end_connections(self) -> None:
        for request in list(self._connections):
            self.shutdown_request(request)


def _handler(emulator: FakeEmulator) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_any(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            parts = urlsplit(self.path)
            path = unquote(parts.path.removeprefix("/_amlet/attempts/5-1/"))
            query = {name: values[0] for name, values in parse_qs(parts.query).items()}
            with emulator.changed:
                emulator.requests.append(f"{self.command} {path}")
                if self.headers["Authorization"] != f"Bearer {TOKEN}":
                    status, answer = 401, {"error": {"message": "an unknown token"}}
                else:
                    status, answer = emulator.handle(self.command, path, query, body)
                emulator.changed.notify_all()
            data = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST = do_PUT = do_any  # noqa: N815

        def handle(self) -> None:
            try:
                super().handle()
            except (ConnectionError, ValueError):
                self.close_connection = True

        def finish(self) -> None:
            try:
                super().finish()
            except (ConnectionError, ValueError, OSError):
                self.close_connection = True

        def log_message(self, *args: object) -> None:
            pass

    return Handler
