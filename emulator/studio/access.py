"""Who may see a page: whoever came by a studio URL, which carries the page key, and whoever got its cookie there."""

from __future__ import annotations

import hmac

from starlette.requests import Request
from starlette.responses import Response

_COOKIE = "amlet_page_key"


def may_see(request: Request, page_key: str) -> bool:
    """Whether a request carries the page key, in its query or in its cookie."""
    shown = (request.query_params.get("key"), request.cookies.get(_COOKIE))
    return any(key is not None and hmac.compare_digest(key.encode(), page_key.encode()) for key in shown)


def remember(request: Request, response: Response, page_key: str) -> None:
    """Let the browser keep the key, so that links between pages need not show it."""
    if request.cookies.get(_COOKIE) != page_key:
        secure = request.url.scheme == "https"
        response.set_cookie(_COOKIE, page_key, httponly=True, samesite="strict", secure=secure, path="/")
