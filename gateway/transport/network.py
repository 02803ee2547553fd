"""The transport of synchronous clients that uses the network."""

from __future__ import annotations

import os
from threading import Lock
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from gateway.transport.authorities import bundle_of
from gateway.transport.deadline import LONGEST
from gateway.transport.direct import DirectTransport
from gateway.transport.messages import Request, Response
from gateway.transport.proxies import maybe_proxied
from gateway.transport.trust import is_loopback

if TYPE_CHECKING:
    from gateway.transport.through_httpx import HttpxTransport


class NetworkTransport:
    """HTTP/1.1 over the network; proxies and CA bundles come from the usual environment variables.

    Where no proxy is in between, requests go straight to their host; else httpx, which knows proxies, sends them.
    Loopback is asked directly, whatever the proxy: what goes there stays on this machine.

    Parameters:
        ca: PEM file of the only authorities to trust (an emulator's own); by default the environment's, else certifi's.
        longest: seconds that an answer may take to arrive whole, however steadily it comes.

    Raises:
        FileNotFoundError: there is no such file.
    """

    def __init__(self, ca: str | os.PathLike[str] | None = None, *, longest: float = LONGEST) -> None:
        self._bundle = bundle_of(ca)
        self._longest = longest
        self._direct = DirectTransport(self._bundle, longest=longest)
        self._over_proxies: HttpxTransport | None = None
        self._maybe_proxied = maybe_proxied()
        self._lock = Lock()

    def send(self, request: Request) -> Response:
        """Send one request and wait for its whole answer."""
        if self._maybe_proxied and not is_loopback(urlsplit(request.url).hostname or ""):
            return self._through_httpx().send(request)
        return self._direct.send(request)

    def close(self) -> None:
        """Close the connections."""
        self._direct.close()
        if self._over_proxies is not None:
            self._over_proxies.close()

    def _through_httpx(self) -> HttpxTransport:
        with self._lock:
            if self._over_proxies is None:
                from gateway.transport.through_httpx import HttpxTransport

                self._over_proxies = HttpxTransport(self._bundle, longest=self._longest)
            return self._over_proxies
