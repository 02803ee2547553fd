"""The right to use a blob container: a signature, or a token of the user's own where the storage allows no key."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

from gateway.transport.messages import Response
from gateway.transport.steps import Steps
from gateway.transport.trust import STORAGE_AUDIENCE

#: The version of the blob service that is spoken.
BLOB_VERSION = "2021-12-02"

#: Refusals of a signature that is no longer, or not yet, valid. Source: Azure Storage, "Blob service error codes".
_STALE = frozenset({"AuthenticationFailed", "InvalidAuthenticationInfo"})

#: Refusals of every signature: the account's keys are switched off.
_NO_KEYS = frozenset({"KeyBasedAuthenticationNotPermitted", "AuthenticationMethodNotPermitted"})


@dataclass(slots=True)
class Access:
    """The right to use one container, shared by all requests to it: who renews it, renews it for all.

    Parameters:
        sas: the shared access signature, without a question mark; empty for none.
        audience: whom a token is for that is sent instead of a signature.
        renew: fetches another signature; None when there is no way to.
    """

    sas: str = field(default="", repr=False)
    audience: str | None = None
    renew: Callable[[], Steps[str]] | None = field(default=None, repr=False)

    @classmethod
    def by_token(cls) -> Access:
        """The user's own right, by a token."""
        return cls(audience=STORAGE_AUDIENCE)

    def another(self, refusal: Response, used: str) -> Steps[bool]:
        """Whether there is another right to try after a refusal, which counts from then on.

        Parameters:
            refusal: the storage's answer.
            used: the signature that was refused.
        """
        if not used or refusal.status != 403:
            return False
        if self.sas != used:
            return True
        code = refusal.headers.get("x-ms-error-code", "")
        if code in _NO_KEYS:
            self.sas, self.audience = "", STORAGE_AUDIENCE
            return True
        if code in _STALE and self.renew is not None:
            self.sas = yield from self.renew()
            return True
        return False


def container_sas(account: str, container: str, key: str, now: datetime) -> str:
    """A signature that lets its bearer read, list and write one container for an hour.

    Parameters:
        account: name of the storage account.
        container: name of the container.
        key: the account's key in base64.
        now: the time, UTC.

    Source: Azure Storage, "Create a service SAS", version 2020-12-06 and later.
    """
    permissions, expiry = "rcwl", (now + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    fields = [permissions, "", expiry, f"/blob/{account}/{container}", "", "", "https", BLOB_VERSION, "c", *[""] * 7]
    digest = hmac.new(base64.b64decode(key), "\n".join(fields).encode(), hashlib.sha256).digest()
    signature = base64.b64encode(digest).decode()
    return urlencode({"sv": BLOB_VERSION, "spr": "https", "se": expiry, "sr": "c", "sp": permissions, "sig": signature})


def service_time(response: Response) -> datetime:
    """The time by the service's clock, for signatures that it must find valid; ours may be wrong."""
    from email.utils import parsedate_to_datetime

    try:
        return parsedate_to_datetime(response.headers["date"])
    except (KeyError, ValueError, TypeError):
        return datetime.now(UTC)
