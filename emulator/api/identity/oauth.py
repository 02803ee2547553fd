"""The sign-in authority: client-credential grant, OpenID metadata, signing keys and instance discovery.

The same under `/{tenant}` and `/adfs/{tenant}`: msal asks the public cloud whether it knows an authority's host, unless
the path begins with `adfs`. With `AZURE_AUTHORITY_HOST=https://127.0.0.1:8443/adfs` programs sign in here alone.
Source: OpenID Connect discovery and OAuth 2.0 as Entra ID documents them, and what msal and azure-identity read.
"""

from __future__ import annotations

import base64
import hmac
from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, unquote

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from emulator.api.bodies import read_bytes
from emulator.identity.cloud import ADFS
from emulator.identity.tokens import TENANT

if TYPE_CHECKING:
    from emulator.services.context import Emulator

LIFETIME = 3600

#: Where time is virtual: clients renew tokens by their own clock, on which no hours pass.
_LIFETIME_VIRTUAL = 24 * 3600

_SHARED_TENANTS = frozenset({"common", "organizations", "consumers", ADFS})
_LARGEST_FORM = 1 << 16
_REMEDY = (
    " This emulator takes the secret in AZURE_CLIENT_SECRET of `amlet emulator env`; "
    "start it with the setting client_secret: any to have it take any."
)


def routes(emulator: Emulator) -> list[BaseRoute]:
    """All of the authority."""
    authority = _Authority(emulator)
    found: list[BaseRoute] = [Route("/common/discovery/instance", authority.instance)]
    for base in ("/{tenant}", f"/{ADFS}/{{tenant}}"):
        found += [
            Route(f"{base}/v2.0/.well-known/openid-configuration", authority.openid),
            Route(f"{base}/.well-known/openid-configuration", authority.openid),
            Route(f"{base}/discovery/v2.0/keys", authority.keys),
            Route(f"{base}/oauth2/v2.0/token", authority.token, methods=["POST"]),
            Route(f"{base}/oauth2/token", authority.token, methods=["POST"]),
        ]
    return found


class _Authority:
    def __init__(self, emulator: Emulator) -> None:
        self._tokens = emulator.tokens
        self._lifetime = LIFETIME if emulator.time is None else _LIFETIME_VIRTUAL
        own = emulator.settings.client_secret == "own"  # noqa: S105 - the name of a choice
        self._secret = emulator.secrets.client_secret if own else None

    async def openid(self, request: Request) -> Response:
        base = self._base(request)
        return JSONResponse(
            {
                "issuer": self._tokens.issuer(_tenant(request)),
                "authorization_endpoint": f"{base}/oauth2/v2.0/authorize",
                "token_endpoint": f"{base}/oauth2/v2.0/token",
                "device_authorization_endpoint": f"{base}/oauth2/v2.0/devicecode",
                "jwks_uri": f"{base}/discovery/v2.0/keys",
                "response_types_supported": ["code", "id_token", "token"],
                "response_modes_supported": ["query", "fragment", "form_post"],
                "subject_types_supported": ["pairwise"],
                "id_token_signing_alg_values_supported": ["RS256"],
                "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
                "scopes_supported": ["openid", "profile", "email", "offline_access"],
                "tenant_region_scope": None,
            }
        )

    async def keys(self, request: Request) -> Response:
        return JSONResponse({"keys": [self._tokens.key.public_jwk | {"issuer": self._tokens.issuer(_tenant(request))}]})

    async def instance(self, request: Request) -> Response:
        asked = request.query_params.get("authorization_endpoint", "")
        tenant = next((part for part in asked.split("/")[3:] if part), TENANT)
        host = self._tokens.origin.partition("//")[2]
        return JSONResponse(
            {
                "tenant_discovery_endpoint": f"{self._tokens.origin}/{tenant}/v2.0/.well-known/openid-configuration",
                "api-version": "1.1",
                "metadata": [{"preferred_network": host, "preferred_cache": host, "aliases": [host]}],
            }
        )

    async def token(self, request: Request) -> Response:
        body = await read_bytes(request, _LARGEST_FORM)
        form = dict(parse_qsl(body.decode("utf-8", "replace")))
        grant, (client, secret) = form.get("grant_type"), _client(form, request.headers.get("authorization", ""))
        if grant != "client_credentials":
            return _refused(
                "unsupported_grant_type", f"AADSTS70003: grant {grant!r} is not served, use client_credentials."
            )
        if problem := self._problem(client, secret, form.get("client_assertion", "")):
            return _refused("invalid_client", f"{problem}{_REMEDY}", 401)
        audience = (form.get("scope") or form.get("resource") or "").split(" ")[0].removesuffix("/.default")
        if not audience:
            return _refused(
                "invalid_scope", "AADSTS90014: the scope is missing: https://management.azure.com/.default."
            )
        token = self._tokens.issue(audience, lifetime=self._lifetime, tenant=_tenant(request), client_id=client)
        lasts = self._lifetime - 1
        return JSONResponse(
            {"token_type": "Bearer", "expires_in": lasts, "ext_expires_in": lasts, "access_token": token},
            headers={"cache-control": "no-store"},
        )

    def _problem(self, client: str, secret: str, assertion: str) -> str | None:
        """What is wrong with how a client proves who it is, in the authority's words; None where it is good."""
        if not client or not (secret or assertion):
            return "AADSTS7000216: 'client_id' and 'client_secret' or 'client_assertion' are required."
        if self._secret is None or (secret and hmac.compare_digest(secret.encode(), self._secret.encode())):
            return None
        if not secret:
            return "AADSTS700027: The certificate with identifier used to sign the client assertion is not registered."
        return f"AADSTS7000215: Invalid client secret provided for app '{client[:100]}'."

    def _base(self, request: Request) -> str:
        start = f"/{ADFS}" if request.url.path.startswith(f"/{ADFS}/") else ""
        return f"{self._tokens.origin}{start}/{request.path_params['tenant']}"


def _client(form: Mapping[str, str], authorization: str) -> tuple[str, str]:
    """Id and secret of a client, from the form or from HTTP's basic authentication (RFC 6749, section 2.3.1)."""
    scheme, _, encoded = authorization.partition(" ")
    if scheme.lower() != "basic" or "client_secret" in form:
        return form.get("client_id", ""), form.get("client_secret", "")
    try:
        name, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except ValueError:  # UnicodeDecodeError is one
        return "", ""
    return unquote(name), unquote(secret)


def _tenant(request: Request) -> str:
    tenant = str(request.path_params["tenant"])
    return TENANT if tenant.lower() in _SHARED_TENANTS else tenant


def _refused(error: str, description: str, status: int = 400) -> JSONResponse:
    return JSONResponse({"error": error, "error_description": description}, status)
