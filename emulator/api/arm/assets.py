"""Codes, data, environments, models and components on the control plane: containers, versions, pending uploads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from emulator.api.arm.protocol import location, next_link
from emulator.api.arm.workspaces import WORKSPACE, choices_of, project_of, workspace_of
from emulator.api.bodies import Json, read_json
from emulator.services.assets.assets import AssetPage, AssetService
from emulator.services.assets.declared import declared_names, declared_versions
from emulator.services.assets.pending_uploads import start_pending_upload
from emulator.services.assets.query import Listing
from emulator.services.assets.versions import in_version
from emulator.services.context import Emulator
from emulator.storage.asset_kinds import KINDS, AssetKind
from emulator.storage.assets import Asset


def routes(emulator: Emulator) -> list[BaseRoute]:
    """All operations on the assets of every kind."""
    return [route for kind in KINDS.values() for route in _AssetRoutes(emulator, kind).routes()]


class _AssetRoutes:
    def __init__(self, emulator: Emulator, kind: AssetKind) -> None:
        self._emulator = emulator
        self._service = AssetService(emulator, kind)
        self._kind = kind
        self._collection = kind.collection

    def routes(self) -> list[BaseRoute]:
        containers = f"{WORKSPACE}/{self._collection}"
        container = f"{containers}/{{name}}"
        version = f"{container}/versions/{{version}}"
        return [
            Route(version, self.get, methods=["GET"]),
            Route(version, self.put, methods=["PUT"]),
            Route(version, self.delete, methods=["DELETE"]),
            Route(f"{version}/startPendingUpload", self.start_pending_upload, methods=["POST"]),
            Route(f"{container}/versions", self.versions, methods=["GET"]),
            Route(container, self.get, methods=["GET"]),
            Route(container, self.put_container, methods=["PUT"]),
            Route(container, self.delete, methods=["DELETE"]),
            Route(containers, self.containers, methods=["GET"]),
        ]

    async def get(self, request: Request) -> Response:
        version, declared = request.path_params.get("version", ""), self._declared(request)
        return Json(self._shown(request, self._service.get(workspace_of(request), _name(request), version, declared)))

    async def put(self, request: Request) -> Response:
        params, body = request.path_params, await self._body(request)
        document, created = await self._service.put(workspace_of(request), params["name"], params["version"], body)
        return Json(self._shown(request, document), 201 if created else 200, self._location(request))

    async def put_container(self, request: Request) -> Response:
        body = await self._body(request)
        document, created = await self._service.put_container(workspace_of(request), request.path_params["name"], body)
        return Json(self._shown(request, document), 201 if created else 200, self._location(request))

    async def delete(self, request: Request) -> Response:
        params = request.path_params
        found = await self._service.delete(workspace_of(request), params["name"], params.get("version", ""))
        return Response(status_code=200 if found else 204)

    async def versions(self, request: Request) -> Response:
        wanted, name = Listing.of(request.query_params), _name(request)
        page = self._service.versions(workspace_of(request), name, wanted, self._declared(request, listed=True))
        return self._page(request, page)

    async def containers(self, request: Request) -> Response:
        names = declared_names(self._kind, project_of(self._emulator, request))
        listing = Listing.of(request.query_params)
        return self._page(request, self._service.containers(workspace_of(request), listing, names))

    async def start_pending_upload(self, request: Request) -> Response:
        name, version = request.path_params["name"], request.path_params["version"]
        return Json(start_pending_upload(self._emulator, workspace_of(request), self._collection, name, version))

    def _declared(self, request: Request, *, listed: bool = False) -> list[Asset]:
        """The versions of the asset in a path that there are without their being registered.

        Parameters:
            listed: for a list of versions: there also environments of any name have one, which `@latest` means.
        """
        workspace, name = workspace_of(request), _name(request)
        project, guess = project_of(self._emulator, request), bool(choices_of(request).given)
        version = request.path_params.get("version", "")
        return declared_versions(self._kind, workspace, name, project, version=version, guess=guess, listed=listed)

    def _page(self, request: Request, page: AssetPage) -> Response:
        body: dict[str, object] = {"value": [self._shown(request, one) for one in page.documents]}
        if page.following is not None:
            body["nextLink"] = next_link(self._emulator, request, page.following)
        return Json(body)

    def _shown(self, request: Request, document: Mapping[str, Any]) -> dict[str, Any]:
        """A document as the api-version of a request has it."""
        return in_version(document, self._collection, request.state.api_version)

    def _location(self, request: Request) -> dict[str, str]:
        """The header with which every PUT of an asset answers (recorded)."""
        return location(self._emulator, request)

    async def _body(self, request: Request) -> object:
        return await read_json(request, self._emulator.settings.max_body_bytes)


def _name(request: Request) -> str:
    """Name of the asset that is asked for: of `azureml:name@latest` the official client leaves the prefix on."""
    return str(request.path_params["name"]).removeprefix("azureml:")
