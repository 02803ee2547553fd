"""The managed-identity endpoint, in the forms that App Service gives its apps and Azure Machine Learning its jobs.

Source: App Service's "REST endpoint reference" of managed identities; read by azure-identity and msal. A job's are
the forms in which azure-identity (`MSI_ENDPOINT`) and azure-ai-ml (`OBO_ENDPOINT`) ask: the secret in a header of that
name, or, as the latter sends no header, in the endpoint's own query.
"""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from emulator.identity.cloud import MANAGED_IDENTITY
from emulator.identity.tokens import PRINCIPAL

if TYPE_CHECKING:
    from emulator.services.context import Emulator

PATH = MANAGED_IDENTITY

#: Names of a chosen identity in the query; `clientid` is that of api-version 2017-09-01.
_IDENTITIES = ("client_id", "clientid", "object_id", "mi_res_id")

#: Managed identities get tokens for a day.
LIFETIME = 24 * 3600


def routes(emulator: Emulator) -> list[BaseRoute]:
    """`GET /msi/token?resource=...` with the emulator's own secret, in one of three places."""

    async def token(request: Request) -> Response:
        query = request.query_params
        headers = request.headers
        given = headers.get("x-identity-header") or headers.get("secret") or query.get("secret", "")
        if not hmac.compare_digest(given.encode(), emulator.secrets.identity_header.encode()):
            return _refused(
                403, "X-IDENTITY-HEADER is not this emulator's: take IDENTITY_HEADER from `amlet emulator env`."
            )
        if not query.get("resource"):
            return _refused(400, "The query has no resource: the audience of the token, https://management.azure.com.")
        client = next((query[name] for name in _IDENTITIES if query.get(name)), PRINCIPAL)
        body = {
            "access_token": emulator.tokens.issue(query["resource"], lifetime=LIFETIME, client_id=client),
            "expires_on": str(int(emulator.calendar.now()) + LIFETIME),
            "resource": query["resource"],
            "token_type": "Bearer",
            "client_id": client,
        }
        return JSONResponse(body, headers={"cache-control": "no-store"})

    return [Route(PATH, token, methods=["GET"])]


def _refused(status: int, message: str) -> JSONResponse:
    return JSONResponse({"statusCode": status, "message": message}, status)
