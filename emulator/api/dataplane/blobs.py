"""The blob service's routes, path-style: `/emu.blob.core.windows.net/{container}/{blob}`.

Also at `/{container}/{blob}`: the official client loses the account when it builds the URI of a build context.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from email.utils import formatdate
from functools import lru_cache
from typing import BinaryIO
from urllib.parse import unquote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from emulator.api.bodies import read_bytes
from emulator.api.dataplane import blob_xml
from emulator.api.dataplane.content import content
from emulator.api.user_content import SANDBOXED
from emulator.identity.storage_account import ACCOUNT_HOST, StorageRequest
from emulator.identity.storage_refused import StorageRefused
from emulator.ids import Ids
from emulator.services.blobs import BlobService, blob_service
from emulator.services.context import Emulator
from emulator.services.refusal import Refusal
from emulator.storage.blobs import Blob

_VERSION = "2025-11-05"
_VERSIONS = re.compile(r"20\d\d-\d\d-\d\d")
_LONGEST_ID = 1024  # characters of a client's request id that are repeated to it
_METHODS = ["GET", "HEAD", "PUT", "DELETE"]
_ROOT_CONTAINER = "azureml-"

#: Bytes of a list of blocks: enough for the 50,000 ids that a blob may have.
_LONGEST_LIST = 8 << 20


def routes(emulator: Emulator) -> list[BaseRoute]:
    """The service under its account, and the datastores' containers at the root."""
    service = blob_service(emulator)
    lazy_routes = _BlobRoutes(service, emulator.ids)
    return [
        Route(f"/{ACCOUNT_HOST}/{{container}}/{{blob:path}}", lazy_routes.blob, methods=_METHODS),
        Route(f"/{ACCOUNT_HOST}/{{container}}", lazy_routes.container, methods=_METHODS),
        Route(f"/{ACCOUNT_HOST}", lazy_routes.account, methods=["GET"]),
        Route(f"/{ACCOUNT_HOST}/", lazy_routes.account, methods=["GET"]),
        Route(f"/{_ROOT_CONTAINER}{{datastore}}/{{blob:path}}", lazy_routes.blob, methods=["GET", "HEAD"]),
    ]


class _BlobRoutes:
    def __init__(self, service: BlobService, ids: Ids) -> None:
        self._service = service
        self._ids = ids

    async def blob(self, request: Request) -> Response:
        if not request.path_params["blob"]:
            return await self.container(request)
        return await self._answered(request, self._blob)

    async def container(self, request: Request) -> Response:
        return await self._answered(request, self._container)

    async def account(self, request: Request) -> Response:
        return await self._answered(request, self._account)

    async def _blob(self, request: Request) -> Response:
        wanted = _storage_request(request)
        comp = wanted.query.get("comp", "")
        service = self._service
        match request.method, comp:
            case "PUT", "":
                return _written(await service.put(wanted, request.stream()))
            case "PUT", "block":
                md5 = await service.put_block(wanted, request.stream())
                return Response(status_code=201, headers={"content-md5": md5, "x-ms-request-server-encrypted": "true"})
            case "PUT", "blocklist":
                # In a thread: to put gigabytes together would keep every other request waiting.
                names = blob_xml.block_names(await _block_list(request))
                return _written(await run_in_threadpool(service.put_block_list, wanted, names))
            case "PUT", "metadata":
                return _written(service.set_metadata(wanted), 200)
            case "GET", "blocklist":
                return _xml(blob_xml.block_list(service.block_list(wanted)))
            case "HEAD" | "GET", "metadata" | "":
                if request.method == "HEAD" or comp:
                    blob = service.stat(wanted)
                    return Response(headers=_stat_headers(blob) | {"content-length": str(0 if comp else blob.size)})
                return _content(*service.open(wanted), wanted)
            case "DELETE", "":
                service.delete(wanted)
                return Response(status_code=202)
        raise _unserved(request.method, comp)

    async def _container(self, request: Request) -> Response:
        wanted = _storage_request(request)
        query = wanted.query
        match request.method, query.get("comp", ""):
            case "GET", "list":
                page = await run_in_threadpool(self._service.page, wanted)
                return _xml(
                    blob_xml.blob_list(
                        wanted.container,
                        page,
                        service=self._service.account.url("").rstrip("/"),
                        prefix=query.get("prefix", ""),
                        delimiter=query.get("delimiter", ""),
                        limit=query.get("maxresults", ""),
                        metadata="metadata" in query.get("include", "").split(","),
                    )
                )
            case "PUT", "":
                self._service.create_container(wanted)
                return Response(status_code=201, headers=_container_headers())
            case "HEAD" | "GET", "":
                self._service.container_exists(wanted)
                return Response(headers=_container_headers())
        raise _unserved(request.method, query.get("comp", ""))

    async def _account(self, request: Request) -> Response:
        wanted = _storage_request(request)
        if wanted.query.get("comp") != "list":
            raise _unserved(request.method, wanted.query.get("comp", ""))
        service = self._service
        return _xml(blob_xml.container_list(service.containers(wanted), service.account.url("").rstrip("/")))

    async def _answered(self, request: Request, handle: Callable[[Request], Awaitable[Response]]) -> Response:
        request_id = str(self._ids.uuid("blob request"))
        try:
            response = await handle(request)
        except StorageRefused as refused:
            body = "" if request.method == "HEAD" or refused.status == 304 else blob_xml.error(refused, request_id)
            response = Response(body, refused.status, {"x-ms-error-code": refused.code}, "application/xml")
        response.headers["x-ms-request-id"] = request_id
        response.headers["x-ms-version"] = _version(request)
        if client_request_id := request.headers.get("x-ms-client-request-id", ""):
            response.headers["x-ms-client-request-id"] = client_request_id[:_LONGEST_ID]
        response.headers.update(SANDBOXED)
        return response


def _storage_request(request: Request) -> StorageRequest:
    scope, params = request.scope, request.path_params
    headers: dict[str, str] = {}
    for name, value in scope["headers"]:
        headers.setdefault(name.decode("latin-1"), value.decode("latin-1"))
    return StorageRequest(
        request.method,
        (scope.get("raw_path") or scope["path"].encode()).decode("ascii", "replace"),
        _query(scope["query_string"]),
        headers,
        params["container"] if "container" in params else f"{_ROOT_CONTAINER}{params['datastore']}" if params else "",
        params.get("blob", ""),
    )


@lru_cache(maxsize=256)  # of all files of an upload it is the same
def _query(text: bytes) -> Mapping[str, str]:
    """The decoded query; unlike Starlette's, a plus sign is a plus sign here, as in a base64 signature."""
    pairs = (pair.partition("=") for pair in text.decode("ascii", "replace").split("&") if pair)
    return {unquote(name): unquote(value) for name, _, value in pairs}


async def _block_list(request: Request) -> bytes:
    """The body of Put Block List; its signature is checked only with what it asks for, so its size comes first."""
    try:
        return await read_bytes(request, _LONGEST_LIST)
    except Refusal as refusal:
        raise StorageRefused(refusal.status, "RequestBodyTooLarge", refusal.message) from None


def _content(blob: Blob, file: BinaryIO, wanted: StorageRequest) -> Response:
    asked = wanted.headers.get("x-ms-range") or wanted.headers.get("range")
    headers = _headers(blob)
    # Documented: with a range Content-MD5 would be that of the range; the blob's own then has another name.
    if asked and (md5 := headers.pop("content-md5", None)):
        headers["x-ms-blob-content-md5"] = md5
    try:
        return content(file, blob.size, headers, asked)
    except ValueError as problem:
        raise StorageRefused(416, "InvalidRange", f"{problem}.") from None


def _headers(blob: Blob) -> dict[str, str]:
    known = blob.properties
    headers = {
        "content-type": known.content_type,
        "etag": blob.etag,
        "last-modified": _date(int(blob.modified)),
        "accept-ranges": "bytes",
        "x-ms-blob-type": "BlockBlob",
        "x-ms-creation-time": _date(int(blob.created)),
        "x-ms-server-encrypted": "true",
        "x-ms-lease-status": "unlocked",
        "x-ms-lease-state": "available",
        **known.headers,
    }
    if known.content_md5:
        headers["content-md5"] = known.content_md5
    return headers | {f"x-ms-meta-{name}": value for name, value in known.metadata.items()}


def _stat_headers(blob: Blob) -> dict[str, str]:
    """The headers of Get Blob Properties, which alone shows the access tier."""
    return _headers(blob) | {"x-ms-access-tier": "Hot", "x-ms-access-tier-inferred": "true"}


def _version(request: Request) -> str:
    """The version of the service that answers: the one asked for, in the header or by a shared-access signature."""
    asked = request.headers.get("x-ms-version") or request.query_params.get("sv", "")
    return asked if _VERSIONS.fullmatch(asked) else _VERSION


@lru_cache(maxsize=256)
def _date(seconds: int) -> str:
    return formatdate(seconds, usegmt=True)


def _container_headers() -> dict[str, str]:
    return {"etag": '"0x0"', "last-modified": formatdate(0, usegmt=True), "x-ms-lease-status": "unlocked"}


def _written(blob: Blob, status: int = 201) -> Response:
    headers = {
        "etag": blob.etag,
        "last-modified": _date(int(blob.modified)),
        "x-ms-request-server-encrypted": "true",
    }
    if blob.properties.content_md5:
        headers["content-md5"] = blob.properties.content_md5
    return Response(status_code=status, headers=headers)


def _xml(body: str) -> Response:
    return Response(body, media_type="application/xml")


def _unserved(method: str, comp: str) -> StorageRefused:
    what = f"{method} with comp={comp}" if comp else method
    return StorageRefused(
        400,
        "InvalidQueryParameterValue",
        f"{what} is not served by this emulator, which has block blobs, block lists, metadata, ranges and listings.",
    )
