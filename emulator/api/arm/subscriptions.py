"""What contains workspaces: subscriptions, resource groups and the one tenant, as far as signing in asks for them.

Source: the REST reference of Azure Resource Manager; `az login` lists tenants and subscriptions.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from contracts.resource_id import LOCAL_WORKSPACE, WorkspaceId
from emulator.api.bodies import Json, read_json
from emulator.identity.tokens import TENANT
from emulator.services.context import Emulator
from emulator.services.workspaces import KnownWorkspaces

_SUBSCRIPTION = "/subscriptions/{subscription}"
_DEPLOYMENTS = "providers/Microsoft.Resources/deployments"
_GROUPS = f"{_SUBSCRIPTION}/resourceGroups"


def routes(emulator: Emulator) -> list[BaseRoute]:
    """Lists of what is known, and GET of any: as with workspaces, what is named is there."""
    known, region = KnownWorkspaces(emulator), emulator.settings.region

    async def tenants(_: Request) -> Response:
        return _page([{"id": f"/tenants/{TENANT}", "tenantId": TENANT, "displayName": "amlet"}])

    async def subscriptions(_: Request) -> Response:
        names = [workspace.subscription for workspace in [LOCAL_WORKSPACE, *known.every()]]
        return _page([_subscription(name) for name in dict.fromkeys(names)])

    async def subscription(request: Request) -> Response:
        return Json(_subscription(request.path_params["subscription"]))

    async def groups(request: Request) -> Response:
        named = request.path_params["subscription"]
        found = [one for one in [*known.every(), LOCAL_WORKSPACE] if one.subscription.lower() == named.lower()]
        return _page(_group(one, region) for one in {one.resource_group.lower(): one for one in found}.values())

    async def group(request: Request) -> Response:
        params = request.path_params
        return Json(_group(WorkspaceId(params["subscription"], params["group"], "any"), region))

    async def validated(request: Request) -> Response:
        """The official client asks so for what it already checked itself; templates are not looked into here."""
        await read_json(request, emulator.settings.max_body_bytes)
        name = request.path_params["deployment"]
        properties = {"provisioningState": "Succeeded", "validatedResources": []}
        return Json({"id": request.url.path.removesuffix("/validate"), "name": name, "properties": properties})

    return [
        Route(f"{_GROUPS}/{{group}}/{_DEPLOYMENTS}/{{deployment}}/validate", validated, methods=["POST"]),
        Route("/tenants", tenants, methods=["GET"]),
        Route("/subscriptions", subscriptions, methods=["GET"]),
        Route(_SUBSCRIPTION, subscription, methods=["GET"]),
        Route(_GROUPS, groups, methods=["GET"]),
        Route(f"{_GROUPS}/{{group}}", group, methods=["GET"]),
    ]


def _page(documents: Iterable[dict[str, Any]]) -> Response:
    return Json({"value": list(documents)})


def _subscription(name: str) -> dict[str, Any]:
    return {
        "id": f"/subscriptions/{name}",
        "subscriptionId": name,
        "tenantId": TENANT,
        "displayName": "amlet",
        "state": "Enabled",
        "authorizationSource": "RoleBased",
        "managedByTenants": [],
    }


def _group(workspace: WorkspaceId, region: str) -> dict[str, Any]:
    return {
        "id": f"/subscriptions/{workspace.subscription}/resourceGroups/{workspace.resource_group}",
        "name": workspace.resource_group,
        "type": "Microsoft.Resources/resourceGroups",
        "location": region,
        "tags": {},
        "properties": {"provisioningState": "Succeeded"},
    }
