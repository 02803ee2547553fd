"""The managed-identity endpoint, in the form that App Service gives its apps.

Source: App Service's "REST endpoint reference" of managed identities; read by azure-identity and msal.
"""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from emulator.identity.tokens import PRINCIPAL

if TYPE_CHECKING:
    from emulator.services.context import Emulator

PATH = "/msi/token"

#: Managed identities get tokens for a day.
LIFETIME = 24 * 3600


def routes(emulator: Emulator) -> list[BaseRoute]:
    """`GET /msi/token?resource=...&api-version=2019-08-01` with the emulator's own `X-IDENTITY-HEADER`."""

    async def token(request: Request) -> Response:
        given = request.headers.get("x-identity-header", "")
        if not hmac.compare_digest(given.encode(), emulator.secrets.identity_header.encode()):
            return _refused(
                403, "X-IDENTITY-HEADER is not this emulator's: take IDENTITY_HEADER from `amlet emulator env`."
            )
        query = request.query_params
        if not query.get("resource"):
            return _refused(400, "The query has no resource: the audience of the token, https://management.azure.com.")
        client = query.get("client_id") or query.get("object_id") or query.get("mi_res_id") or PRINCIPAL
        body = {
            "access_token": emulator.tokens.issue(query["resource"], lifetime=LIFETIME, client_id=client),
            "expires_on": str(int(emulator.clock.now()) + LIFETIME),
            "resource": query["resource"],
            "token_type": "Bearer",
            "client_id": client,
        }
        return JSONResponse(body, headers={"cache-control": "no-store"})

    return [Route(PATH, token, methods=["GET"])]


def _refused(status: int, message: str) -> JSONResponse:
    return JSONResponse({"statusCode": status, "message": message}, status)
