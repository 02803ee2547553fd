"""Where a bearer token may go: the configured hosts and the service's own, over TLS; loopback also without."""

from __future__ import annotations

from dataclasses import dataclass, field
from ipaddress import ip_address
from urllib.parse import urlsplit

from contracts.studio import Cloud
from gateway.exceptions import ErrorTarget, MlException

#: Whom tokens for blobs are for, in every cloud. Source: Azure Storage, "Authorize access to blobs".
STORAGE_AUDIENCE = "https://storage.azure.com"

#: The hosts of the workspaces' own services (run history, MLflow). Source: the service's discovery documents.
_SERVICE_SUFFIXES = (".api.azureml.ms", ".api.ml.azure.cn", ".api.ml.azure.us")
_STORAGE_SUFFIXES = tuple(f".blob.{cloud.storage_suffix}" for cloud in Cloud)


class UntrustedHost(MlException, ValueError):
    """A token was about to leave for a host that is not configured, or without TLS."""


def is_loopback(host: str) -> bool:
    """Whether a host name is this machine."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


@dataclass(slots=True)
class TrustedHosts:
    """The hosts to which a token may go; one for blobs goes to storage accounts, and no other token does.

    Parameters:
        hosts: `host` or `host:port` of each configured endpoint.
        storage_suffixes: what the host names of storage accounts end with.
    """

    hosts: set[str] = field(default_factory=set)
    storage_suffixes: tuple[str, ...] = _STORAGE_SUFFIXES

    def add(self, url: str, storage_suffix: str | None = None) -> None:
        """Trust the host of a URL that was configured, and the storage accounts of its cloud."""
        self.hosts.add(urlsplit(url).netloc)
        if storage_suffix:
            self.storage_suffixes = (*self.storage_suffixes, f".blob.{storage_suffix}")

    def check(self, url: str, audience: str) -> None:
        """Refuse a URL to which no token for this audience may go.

        Raises:
            UntrustedHost: it is not a configured host, or plain HTTP to another machine.
        """
        parts = urlsplit(url)
        host = parts.hostname or ""
        if not self._known(parts.netloc, host, audience):
            known = ", ".join(sorted(self.hosts)) or "no hosts"
            raise UntrustedHost(
                f"no token is sent to {parts.netloc or url}: configured are {known}", target=ErrorTarget.GENERAL
            )
        if parts.scheme != "https" and not is_loopback(host):
            raise UntrustedHost(
                f"no token is sent over plain {parts.scheme or 'text'} to {host}; use https://",
                target=ErrorTarget.GENERAL,
            )

    def _known(self, netloc: str, host: str, audience: str) -> bool:
        if audience == STORAGE_AUDIENCE:
            return host.endswith(self.storage_suffixes) or (is_loopback(host) and netloc in self.hosts)
        return netloc in self.hosts or host.endswith(_SERVICE_SUFFIXES)
