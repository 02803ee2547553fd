"""The one storage account of an emulator: its names, its key, and who may do what with its blobs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from emulator.identity import sas, shared_key
from emulator.identity.storage_refused import StorageRefused
from emulator.identity.tokens import STORAGE_AUDIENCE, TokenAuthority, TokenRefused

if TYPE_CHECKING:
    from emulator.clock import Clock

ACCOUNT = "emu"

#: Clients cut account names out of URLs by this suffix, so it stays the public cloud's.
STORAGE_SUFFIX = "core.windows.net"

#: First segment of every blob URL: a client that builds `https://{account}.blob.{suffix}` from the account name
#: `127.0.0.1:8443/emu` arrives at this path, and takes it for an account of a local emulator.
ACCOUNT_HOST = f"{ACCOUNT}.blob.{STORAGE_SUFFIX}"


@dataclass(frozen=True, slots=True)
class StorageRequest:
    """What of a request is signed.

    Parameters:
        method: `GET` ...
        raw_path: still percent-encoded.
        query: decoded.
        headers: names in lower case.
        container, blob: what is asked for; empty for the level above.
    """

    method: str
    raw_path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    container: str = ""
    blob: str = ""


#: What is asked of a signature that only looks.
_READS = ("r", "l", "rl")


def _no_policy(policy: str) -> StorageRefused:
    return StorageRefused(403, "AuthenticationFailed", f"There is no stored access policy {policy!r}.")


class StorageAccount:
    """Checks and makes signatures.

    Parameters:
        key: the account key, base64.
        tokens: checks bearer tokens for `https://storage.azure.com`.
        clock: tells what has expired.
        why_void: tells of a stored access policy why nothing may be written by it; None for one that is in force.
    """

    def __init__(
        self,
        key: str,
        tokens: TokenAuthority,
        clock: Clock,
        why_void: Callable[[str], StorageRefused | None] = _no_policy,
    ) -> None:
        self.key = key
        self._tokens = tokens
        self._clock = clock
        self._why_void = why_void
        self._origin = tokens.origin
        netloc = urlsplit(tokens.origin).netloc
        self.name = f"{netloc}/{ACCOUNT}"
        self._names = frozenset({ACCOUNT, ACCOUNT_HOST, self.name, self.name.replace("127.0.0.1", "localhost")})

    def url(self, container: str, blob: str = "") -> str:
        """URL of a container or a blob, without a signature."""
        return f"{self._origin}/{ACCOUNT_HOST}/{container}" + (f"/{quote(blob)}" if blob else "")

    def signed_url(
        self, container: str, blob: str = "", *, permissions: str = "r", lifetime: float = 1800, policy: str = ""
    ) -> str:
        """URL with a service SAS: for one blob, or for a whole container when `blob` is empty.

        Parameters:
            permissions: letters in the service's order, `racwdl`.
            lifetime: seconds.
            policy: the stored access policy that it depends on besides; empty for none.
        """
        return f"{self.url(container, blob)}?{self._signature(container, blob, permissions, lifetime, policy)}"

    def container_sas(self, container: str, *, permissions: str = "racwdl", lifetime: float = 3600) -> str:
        """The query string of a SAS for a whole container.

        Parameters:
            permissions, lifetime: as for `signed_url`.
        """
        return self._signature(container, "", permissions, lifetime)

    def account_sas(self, *, lifetime: float) -> str:
        """The query string of a SAS for the whole account, with its question mark, as the service gives it (recorded).

        Parameters:
            lifetime: seconds.
        """
        return f"?{sas.make_for_account(self.key, ACCOUNT, expires=self._clock.now() + lifetime)}"

    def _signature(self, container: str, blob: str, permissions: str, lifetime: float, policy: str = "") -> str:
        return sas.make(
            self.key,
            ACCOUNT,
            f"{container}/{blob}" if blob else container,
            permissions=permissions,
            expires=self._clock.now() + lifetime,
            resource="b" if blob else "c",
            policy=policy,
        )

    def authorize(self, request: StorageRequest, permission: str) -> None:
        """Let a request pass that is signed with the account key, or has a SAS or a token that allows it.

        Parameters:
            request: what came in.
            permission: letters of which a SAS must grant one.

        Raises:
            StorageRefused: 401 or 403.
        """
        authorization = request.headers.get("authorization", "")
        if authorization.startswith("SharedKey "):
            shared_key.verify(
                authorization,
                method=request.method,
                raw_path=request.raw_path,
                query=request.query,
                headers=request.headers,
                key=self.key,
                accounts=self._names,
            )
        elif "sig" in request.query:
            sas.verify(
                request.query,
                key=self.key,
                accounts=self._names,
                container=request.container,
                blob=request.blob,
                permission=permission,
                now=self._clock.now(),
            )
            policy = request.query.get("si")
            if policy and permission not in _READS and (refused := self._why_void(policy)):
                raise refused
        elif authorization:
            try:
                self._tokens.verify(authorization, audiences=frozenset({STORAGE_AUDIENCE}))
            except TokenRefused as refused:
                raise StorageRefused(401, "InvalidAuthenticationInfo", refused.message) from None
        else:
            raise StorageRefused(
                401,
                "NoAuthenticationInformation",
                "Server failed to authenticate the request: it carries neither a shared access signature nor an "
                "Authorization header. Get a SAS or the account key from the datastore's listSecrets.",
            )
