"""Which requests may see a page, and which may change something by it.

Seeing takes the page key, which stands in every studio URL, or a key that is good once. The first page leaves a session
in a cookie, which is not a key and ends with the emulator's process. Changing takes that cookie, the token that the
page was made with, and a request that the page itself sent.
"""

from __future__ import annotations

import hashlib
import hmac

from starlette.requests import Request
from starlette.responses import Response

from contracts.resource_id import WorkspaceId
from emulator.identity.secrets import Secrets

_TOKEN_HEADER = "x-amlet-page-token"  # noqa: S105 - the name of a header
_HOURS = 24


def may_see(request: Request, secrets: Secrets, now: float) -> bool:
    """Whether a request carries the page key or a one-time key in its query, or a session in its cookie."""
    session = secrets.page_session
    if _same(request.cookies.get(cookie_name(request, session), ""), session):
        return True
    key = request.query_params.get("key", "")
    return _same(key, secrets.page_key) or secrets.spend(key, now)


def remember(request: Request, response: Response, session: str) -> None:
    """Let the browser keep the session, so that links between pages need not show a key."""
    name = cookie_name(request, session)
    if request.cookies.get(name) != session:
        secure = request.url.scheme == "https"
        response.set_cookie(name, session, httponly=True, samesite="strict", secure=secure, path="/")


def cookie_name(request: Request, session: str) -> str:
    """The name of the cookie: another one for each emulator and scheme, because cookies know no ports.

    A browser lets plain HTTP neither see nor replace a cookie that HTTPS has set.
    """
    return f"amlet_{request.url.scheme}_{hashlib.sha256(session.encode()).hexdigest()[:12]}"


def page_token(secret: bytes, workspace: WorkspaceId, job: str, now: float) -> str:
    """What the page of one job sends along with a change of that job; good for a day.

    Parameters:
        secret: the emulator's.
        workspace, job: whose page it is.
        now: seconds since the epoch.
    """
    hour = int(now // 3600)
    return f"{hour}.{_signature(secret, workspace, job, hour)}"


def may_change(request: Request, session: str, secret: bytes, workspace: WorkspaceId, job: str, now: float) -> bool:
    """Whether a request to change a job comes from that job's own page.

    Parameters:
        session: the cookie must hold it; a key in the query does not count, because links are passed on.
        secret, workspace, job, now: as for `page_token`.
    """
    hour, _, signature = request.headers.get(_TOKEN_HEADER, "").partition(".")
    if not (hour.isascii() and hour.isdigit() and len(hour) < 12 and 0 <= now // 3600 - int(hour) <= _HOURS):
        return False
    origin = request.headers.get("origin")
    own = f"{request.url.scheme}://{request.headers.get('host', '')}"
    return (
        _same(request.cookies.get(cookie_name(request, session), ""), session)
        and _same(signature, _signature(secret, workspace, job, int(hour)))
        and (origin is None or origin == own)
        and request.headers.get("sec-fetch-site", "same-origin") == "same-origin"
    )


def _signature(secret: bytes, workspace: WorkspaceId, job: str, hour: int) -> str:
    return hmac.digest(secret, f"{hour}\n{str(workspace).lower()}\n{job}".encode(), hashlib.sha256).hex()


def _same(given: str, expected: str) -> bool:
    # In constant time, so that no answer tells how much was right; as bytes, since it takes no text beyond ASCII.
    return hmac.compare_digest(given.encode(), expected.encode())
