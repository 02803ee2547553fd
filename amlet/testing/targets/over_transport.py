"""A target behind any transport of the gateway: in process, network, recording or replay."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

from contracts.suite.target import Request, Response, Surroundings
from gateway.transport import messages
from gateway.transport.messages import Transport


class TransportTarget:
    """Sends the suite's requests through a transport.

    Parameters:
        transport: where they go.
        surroundings: where the scenarios take place.
        control_plane: origin of `/subscriptions/...`.
        data_plane: origin of everything else, when it is another one.
        token: gives the bearer token for an origin of these two; no other host ever gets one.
        pause: lets seconds pass.
    """

    def __init__(
        self,
        transport: Transport,
        surroundings: Surroundings,
        *,
        control_plane: str,
        data_plane: str | None = None,
        token: Callable[[], str],
        pause: Callable[[float], None],
    ) -> None:
        self.surroundings = surroundings
        self._transport = transport
        self._control_plane, self._data_plane = control_plane, data_plane or control_plane
        self._token, self._pause = token, pause

    def send(self, request: Request) -> Response:
        """See `contracts.suite.target.Target`."""
        url = self._address(request.url)
        sent = messages.Request(request.method, url, {}, self._headers(request, url), request.body)
        answer = self._transport.send(sent)
        return Response(answer.status, answer.headers, answer.body)

    def pause(self, seconds: float) -> None:
        """See `contracts.suite.target.Target`."""
        self._pause(seconds)

    def _address(self, url: str) -> str:
        if not url.startswith("/"):
            return url
        return (self._control_plane if url.startswith("/subscriptions/") else self._data_plane) + url

    def _headers(self, request: Request, url: str) -> Mapping[str, str]:
        parts = urlsplit(url)
        if not request.signed_in or f"{parts.scheme}://{parts.netloc}" not in (self._control_plane, self._data_plane):
            return request.headers
        return {**request.headers, "Authorization": f"Bearer {self._token()}"}
