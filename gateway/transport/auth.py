"""Bearer tokens: any credential object, a cache per audience, and the rule where a token may go."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from ipaddress import ip_address
from threading import Lock
from typing import Any, Protocol, runtime_checkable
from urllib.parse import urlsplit

from contracts.studio import Cloud

#: Renew so many seconds before a token expires.
_EARLY = 300.0

#: The hosts of the workspaces' own services (run history, MLflow). Source: the service's discovery documents.
_SERVICE_SUFFIXES = (".api.azureml.ms", ".api.ml.azure.cn", ".api.ml.azure.us")


class AccessToken(Protocol):
    """What a credential answers: `token` is the text, `expires_on` seconds since the epoch."""

    @property
    def token(self) -> str: ...

    @property
    def expires_on(self) -> int: ...


@runtime_checkable
class TokenCredential(Protocol):
    """Any azure-identity credential, or any object with this method (or `get_token_info`, which is preferred)."""

    def get_token(self, *scopes: str, **options: Any) -> AccessToken: ...


class UntrustedHost(ValueError):
    """A token was about to leave for a host that is none of the configured ones, or over an open line."""


def is_loopback(host: str) -> bool:
    """Whether a host name is this machine."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


@dataclass(slots=True)
class TokenCache:
    """The tokens of one credential, renewed before they expire; safe to use from several threads.

    Parameters:
        credential: where tokens come from; None means Azure's default chain, imported when first needed.
        now: seconds since the epoch.
    """

    credential: TokenCredential | None = None
    now: Callable[[], float] = time.time
    _tokens: dict[str, AccessToken] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def token(self, audience: str, *, claims: str | None = None, renew: bool = False) -> str:
        """The text of a valid token for an audience.

        Raises:
            Exception: whatever the credential raises when it cannot get one.
        """
        with self._lock:
            known = self._tokens.get(audience)
            if known is None or renew or claims or known.expires_on - _EARLY < self.now():
                known = self._tokens[audience] = self._fetch(audience, claims)
            return known.token

    def _fetch(self, audience: str, claims: str | None) -> AccessToken:
        if self.credential is None:
            from azure.identity import DefaultAzureCredential

            sovereign = set(Cloud) - {Cloud.AZURE}  # AZURE_AUTHORITY_HOST goes on to count for the public cloud
            cloud = next((known for known in sovereign if known.resource_manager == audience.rstrip("/")), None)
            self.credential = DefaultAzureCredential(**({"authority": cloud.authority} if cloud else {}))
        scope = f"{audience.rstrip('/')}/.default"
        by_info: Callable[..., AccessToken] | None = getattr(self.credential, "get_token_info", None)
        if by_info:
            return by_info(scope, options={"claims": claims} if claims else {})
        return self.credential.get_token(scope, **({"claims": claims} if claims else {}))


@dataclass(slots=True)
class TrustedHosts:
    """Where a bearer token may go: the configured hosts and the service's own, over TLS; loopback also without.

    Parameters:
        hosts: `host` or `host:port` of each configured endpoint.
    """

    hosts: set[str] = field(default_factory=set)

    def add(self, url: str) -> None:
        """Trust the host of a URL that was configured."""
        self.hosts.add(urlsplit(url).netloc)

    def check(self, url: str) -> None:
        """Refuse a URL to which no token may go.

        Raises:
            UntrustedHost: it is none of ours, or plain HTTP to another machine.
        """
        parts = urlsplit(url)
        host = parts.hostname or ""
        if parts.netloc not in self.hosts and not host.endswith(_SERVICE_SUFFIXES):
            known = ", ".join(sorted(self.hosts)) or "no hosts"
            raise UntrustedHost(f"no token is sent to {parts.netloc or url}: configured are {known}")
        if parts.scheme != "https" and not is_loopback(host):
            raise UntrustedHost(f"no token is sent over plain {parts.scheme or 'text'} to {host}; use https://")
