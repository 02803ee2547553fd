"""A workspace as a script: enough of control plane and storage to submit a job, with every fault on demand."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from threading import RLock
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from gateway.transport.messages import ConnectionFault, Request, Response

ARM = "https://management.azure.com"
STORAGE = "https://acc.blob.core.windows.net"
W = "/subscriptions/s/resourceGroups/g/providers/Microsoft.MachineLearningServices/workspaces/w"
KEY = base64.b64encode(b"account-key-secret").decode()
GUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")

Fault = Callable[["Workspace", Request], Response]


def json_answer(document: Any, status: int = 200, **headers: str) -> Response:
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    body = json.dumps(document).encode()
    return Response(status, {"content-type": "application/json", "x-ms-request-id": "service-id", **named}, body)


def refusal(status: int, code: str, message: str = "no", **headers: str) -> Response:
    return json_answer({"error": {"code": code, "message": message}}, status, **headers)


@dataclass
class Workspace:
    """What was stored, and what was asked for.

    Parameters:
        arm, storage: the origins of control plane and storage.
        account: name of the storage account, as the datastore says it.
        clock_skew: how far the service's clock is ahead of ours.
    """

    arm: str = ARM
    storage: str = STORAGE
    account: str = "acc"
    clock_skew: timedelta = timedelta()
    asked: list[Request] = field(default_factory=list)
    jobs: dict[str, dict[str, Any]] = field(default_factory=dict)
    created: list[str] = field(default_factory=list)
    codes: dict[str, dict[str, Any]] = field(default_factory=dict)
    blobs: dict[str, bytes] = field(default_factory=dict)
    metadata: dict[str, dict[str, str]] = field(default_factory=dict)
    faults: dict[str, list[Fault]] = field(default_factory=dict)
    signatures: int = 0
    lock: RLock = field(default_factory=RLock)

    def label(self, request: Request) -> str:
        """`METHOD path`, as short as it is telling; ids made up by the client are a star."""
        parts = urlsplit(request.url)
        path = GUID.sub("*", unquote(parts.path)).replace(W, "")
        path = re.sub(r"LocalUpload/[0-9a-f]{32,64}", "LocalUpload/#", path)
        path = re.sub(r"/versions/[0-9a-f]{32,64}", "/versions/#", path)
        comp = parse_qs(parts.query).get("comp", [""])[0]
        return f"{request.method} {path}{f'?{comp}' if comp else ''}"

    @property
    def lines(self) -> list[str]:
        return [self.label(request) for request in self.asked]

    def answer(self, request: Request) -> Response:
        """Answer, or go wrong as planned."""
        with self.lock:
            self.asked.append(request)
            planned = self.faults.get(self.label(request))
            made = planned.pop(0)(self, request) if planned else self.serve(request)
        return Response(made.status, made.headers, made.body, request)

    def serve(self, request: Request) -> Response:
        """Answer as the service does."""
        if request.url.startswith(self.storage):
            return self._storage(request)
        path = urlsplit(request.url).path.removeprefix(W)
        for pattern, handler in self._routes.items():
            found = re.fullmatch(pattern, f"{request.method} {path}")
            if found:
                return handler(request, *found.groups())
        return refusal(404, "UserError", f"{path} not found.")

    @property
    def _routes(self) -> dict[str, Callable[..., Response]]:
        box = {"datastoreType": "AzureBlob", "accountName": self.account, "containerName": "box"}
        return {
            "GET /codes/[^/]+/versions": lambda request: json_answer({"value": list(self.codes.values())}),
            "POST /codes/([^/]+)/versions/1/startPendingUpload": self._pending,
            "PUT /codes/([^/]+)/versions/1": self._code,
            "GET /datastores/workspaceblobstore": lambda request: json_answer({"properties": box}),
            "POST /datastores/workspaceblobstore/listSecrets": self._secrets,
            "PUT /environments/([^/]+)/versions/(.+)": lambda request, name, version: json_answer(
                {"id": f"{W}/environments/{name}/versions/{version}", "name": version, "properties": {}}, 201
            ),
            "PUT /jobs/(.+)": self._put_job,
            "GET /jobs/(.+)": self._get_job,
        }

    @property
    def now(self) -> datetime:
        return datetime.now(UTC) + self.clock_skew

    def _pending(self, request: Request, name: str) -> Response:
        self.signatures += 1
        expiry = (self.now + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
        url = f"{self.storage}/pending"
        sas = f"{url}?sv=1&se={expiry}&sig=SIGNATURE-{self.signatures}"
        return json_answer({"blobReferenceForConsumption": {"blobUri": url, "credential": {"sasUri": sas}}})

    def _code(self, request: Request, name: str) -> Response:
        assert "completed" in str(self.metadata), "a code asset was registered before its upload was complete"
        document = {"id": f"{W}/codes/{name}/versions/1", "name": "1", **json.loads(request.body or b"")}
        self.codes[name] = document
        return json_answer(document, 201)

    def _secrets(self, request: Request) -> Response:
        date = self.now.strftime("%a, %d %b %Y %H:%M:%S GMT")
        return json_answer({"secretsType": "AccountKey", "key": KEY}, date=date)

    def _put_job(self, request: Request, name: str) -> Response:
        body = json.loads(request.body or b"")
        before = self.jobs.get(name)
        self.created.append(name)
        document = {"id": f"{W}/jobs/{name}", "name": name, **body}
        document["properties"] = {**body["properties"], "status": "Starting", "services": {}}
        self.jobs[name] = document
        return json_answer(document, 200 if before else 201)

    def _get_job(self, request: Request, name: str) -> Response:
        document = self.jobs.get(name)
        return json_answer(document) if document else refusal(404, "UserError", f"Job {name} not found.")

    def blob_name(self, path: str) -> str:
        return path

    def _storage(self, request: Request) -> Response:
        parts = urlsplit(request.url)
        query, blob = parse_qs(parts.query), self.blob_name(unquote(parts.path))
        expiry = query.get("se", [""])[0]
        if request.headers.get("Authorization"):
            expiry = "9999-01-01T00:00:00Z"
        if not expiry or datetime.strptime(expiry, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC) <= self.now:
            return stale_signature()
        if request.method == "HEAD":
            if blob not in self.blobs:
                return Response(404, {"x-ms-error-code": "BlobNotFound"})
            return Response(200, {f"x-ms-meta-{name}": text for name, text in self.metadata.get(blob, {}).items()})
        if request.method == "GET":
            return Response(200, {}, b"<EnumerationResults><Blobs /></EnumerationResults>")
        self.blobs[blob] = request.body or b""
        prefix = "x-ms-meta-"
        named = {name.lower(): text for name, text in request.headers.items() if name.lower().startswith(prefix)}
        if named:
            self.metadata[blob] = {name.removeprefix(prefix): text for name, text in named.items()}
        if blob == "/pending/src/a.py" and "completed" in str(named):
            assert "/pending/src/b.py" in self.blobs, "an upload was called complete before it was"
        return Response(201, {"etag": "1"})


def stale_signature() -> Response:
    return Response(
        403, {"x-ms-error-code": "AuthenticationFailed"}, b"<Error><Code>AuthenticationFailed</Code></Error>"
    )


# What can go wrong with one request. "Before" never took effect, "after" did.


def refused(workspace: Workspace, request: Request) -> Response:
    raise ConnectionFault("connection refused", sent=False)


def reset_before(workspace: Workspace, request: Request) -> Response:
    raise ConnectionFault("connection reset by peer", sent=True)


def reset_after(workspace: Workspace, request: Request) -> Response:
    workspace.serve(request)
    raise ConnectionFault("connection reset by peer", sent=True)


def answering(status: int, *, after: bool = False, **headers: str) -> Fault:
    """A fault that answers with a status, before or after the request took effect."""

    def fault(workspace: Workspace, request: Request) -> Response:
        if after:
            workspace.serve(request)
        return refusal(status, f"Code{status}", **headers)

    return fault


def truncated(workspace: Workspace, request: Request) -> Response:
    """The answer's second half is lost."""
    made = workspace.serve(request)
    return Response(made.status, made.headers, made.body[: len(made.body) // 2])


def proxy_page(workspace: Workspace, request: Request) -> Response:
    """Something else answers in the service's place."""
    return Response(200, {"content-type": "text/html"}, b"<html>Access is restricted</html>")


def expired(workspace: Workspace, request: Request) -> Response:
    """The right to ask has run out: the token's, or the signature's."""
    if request.url.startswith(workspace.storage):
        return stale_signature()
    return refusal(401, "ExpiredAuthenticationToken")
