"""Dry run of an operation: reading requests are sent, changing ones are recorded and answered here.

The operation itself is the one that is carried out otherwise, so a plan cannot differ from what is done.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar
from urllib.parse import urlsplit

from gateway.transport.messages import Request, Response
from gateway.transport.steps import BearerToken, Effect, Exchange, Steps, Together, exchange

T = TypeVar("T")

#: Stands for the version of an asset that is not known, as nobody is signed in.
LATEST = "LATEST"

#: Where a rehearsed upload seems to go: the service names the place only when it is really asked.
UPLOADS = "https://named-by-startpendingupload"

_READING = re.compile(r"/listSecrets$", re.IGNORECASE)
_PENDING = re.compile(r"/(?P<name>[^/]+)/versions/(?P<version>[^/]+)/startPendingUpload$", re.IGNORECASE)


def reads(request: Request) -> bool:
    """Whether a request changes nothing, and goes to a place that exists."""
    return not request.url.startswith(UPLOADS) and (
        request.method in ("GET", "HEAD") or bool(_READING.search(request.address))
    )


def answer(request: Request) -> Response:
    """What the service would answer, as far as a client that goes on needs it."""
    path = urlsplit(request.url).path
    if pending := _PENDING.search(path):
        container = f"{UPLOADS}/{pending['name']}"
        credential = {"credentialType": "SAS", "sasUri": f"{container}?sig=none"}
        place = {"blobUri": container, "credential": credential}
        return _json(
            200, {"pendingUploadType": "TemporaryBlobReference", "blobReferenceForConsumption": place}, request
        )
    if request.method in ("GET", "HEAD"):
        return Response(404, {"x-ms-error-code": "BlobNotFound"}, b"", request)
    if not path.startswith("/subscriptions/"):
        return Response(200 if "comp=metadata" in request.url else 201, {}, b"", request)
    body = json.loads(request.body or b"{}")
    return _json(201, {"id": path, "name": path.rpartition("/")[2], **body}, request)


def unread(request: Request) -> Response:
    """What takes the place of a reading request's answer while nobody is signed in: the workspace as if it were new."""
    parts = urlsplit(request.url)
    if not parts.path.startswith("/subscriptions/"):
        empty = b"<EnumerationResults><Blobs/><NextMarker/></EnumerationResults>"
        return Response(200 if "comp=list" in request.url else 404, {"x-ms-error-code": "BlobNotFound"}, empty, request)
    match parts.path.split("/")[9:]:
        case ["datastores", _, "listSecrets"]:
            document: Any = {"secretsType": "Sas", "sasToken": "sig=none"}
        case ["datastores", _]:
            place = {"accountName": "ACCOUNT", "containerName": "CONTAINER", "endpoint": "core.windows.net"}
            document = {"properties": {"datastoreType": "AzureBlob", "protocol": "https", **place}}
        case [*_, "versions"]:
            document = {"value": [{"name": LATEST}] if "$top" in request.params else []}
        case _:
            document = {"properties": {"latestVersion": LATEST, "nextVersion": LATEST}}
    return _json(200, document, request)


def _is_document(request: Request) -> bool:
    return "/subscriptions/" in request.address


def _json(status: int, document: Any, request: Request) -> Response:
    return Response(status, {"content-type": "application/json"}, json.dumps(document).encode(), request)


@dataclass(slots=True)
class Rehearsal:
    """What an operation has asked, in order.

    Attributes:
        asked: all of it.
        changes: what was not sent.
        not_signed_in: why nobody is signed in, so that nothing is sent at all; None while it is not known.
    """

    asked: list[Request] = field(default_factory=list)
    changes: list[Request] = field(default_factory=list)
    not_signed_in: Exception | None = None

    def of(self, steps: Steps[T]) -> Steps[T]:
        """The operation, run dry; its result is what it would make of the answers given here."""
        result: Any = None
        fault: Exception | None = None
        while True:
            try:
                effect = steps.throw(fault) if fault else steps.send(result)
            except StopIteration as end:
                value: T = end.value
                return value
            result, fault = None, None
            try:
                result = yield from self._perform(effect)
            except Exception as error:  # noqa: BLE001 - the operation itself decides what to do about it
                fault = error

    def exchange(self, request: Request) -> Steps[Response]:
        """One request: really sent when it reads; what is recorded of an uploaded blob is without its content."""
        small = request if _is_document(request) else replace(request, body=None)
        self.asked.append(small)
        if reads(request):
            return unread(request) if self.not_signed_in else (yield from exchange(request))
        self.changes.append(small)
        return answer(request)

    def _perform(self, effect: Effect) -> Steps[Any]:
        if isinstance(effect, Together):
            operations: Sequence[Steps[Any]] = [self.of(operation) for operation in effect.operations]
            effect = Together(operations, effect.at_once)
        if isinstance(effect, BearerToken):
            return (yield from self._token(effect))
        if isinstance(effect, Exchange):
            return (yield from self.exchange(effect.request))
        return (yield effect)

    def _token(self, wanted: BearerToken) -> Steps[str]:
        """A token, or none: a dry run needs no sign-in."""
        if not self.not_signed_in:
            try:
                token: str = yield wanted
                return token
            except Exception as error:
                from gateway.transport.http_errors import is_of_credential

                if not is_of_credential(error):
                    raise
                self.not_signed_in = error
        return ""
