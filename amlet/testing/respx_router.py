"""A respx router behind which a whole workspace answers: for code that uses httpx itself."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from amlet.testing.in_process import InProcessEmulator
from gateway.transport.messages import ConnectionFault, Request

try:
    import httpx
    import respx
    from respx.models import AllMockedAssertionError, ResolvedRoute, Route
except ImportError as error:
    raise ImportError(f"mock_workspace needs respx; install it with: pip install respx ({error})") from error

#: The address of the control plane, and the one where tokens are had.
ARM = "https://management.azure.com"
LOGIN = "https://login.microsoftonline.com"

_FRAMING = frozenset({"content-encoding", "content-length", "transfer-encoding"})


class UnexpectedRequest(AssertionError):
    """The code under test sent a request that no workspace answers; the text names the nearest that one does."""


@contextmanager
def mock_workspace(emulator: InProcessEmulator | None = None, **options: Any) -> Iterator[WorkspaceRouter]:
    """Have an emulator in this process answer what httpx sends to Azure; nothing leaves this process.

    It takes any bearer token and answers for `https://management.azure.com`, the token endpoint at
    `https://login.microsoftonline.com`, and every address that its own answers name. Routes of your own come first;
    a request that nothing answers raises `UnexpectedRequest`.

    Parameters:
        emulator: that answers; by default a new one, gone at the end.
        options: for the new one, as in `EmulatorHandle`.

    Example:
        with mock_workspace() as workspace:
            workspace.emulator.set_objective(lambda lr: 1 - lr)
            httpx.put(f"https://management.azure.com{job_id}", params=version, json=body).raise_for_status()
            workspace.get(url__regex=r".*/jobs/other.*").respond(503)
    """
    with ExitStack() as stack:
        if emulator is None:
            options["settings"] = {"auth": "any", **options.get("settings", {})}
            emulator = stack.enter_context(InProcessEmulator(**{"origin": ARM, **options}))
        router = WorkspaceRouter(emulator)
        stack.enter_context(router)
        yield router


class WorkspaceRouter(respx.MockRouter):
    """A respx router whose last resort is an emulator.

    Parameters:
        emulator: that answers.
    """

    def __init__(self, emulator: InProcessEmulator) -> None:
        super().__init__(assert_all_called=False)
        self.emulator = emulator
        self._whole = Route()
        self._origins = {httpx.URL(origin).host for origin in (emulator.origin, ARM, LOGIN)}

    @contextmanager
    def resolver(self, request: httpx.Request) -> Generator[ResolvedRoute, None, None]:
        """See respx; called for every request, once its routes were tried."""
        try:
            with super().resolver(request) as resolved:
                yield resolved
                if resolved.route is None and request.url.host in self._origins:
                    resolved.route, resolved.response = self._whole, self._answer(request)
        except AllMockedAssertionError:
            raise self._unexpected(request) from None

    def _answer(self, request: httpx.Request) -> httpx.Response:
        target = request.url.raw_path.decode("ascii")
        fields = {**request.headers, "host": "127.0.0.1"}
        sent = Request(request.method, f"{self.emulator.origin}{target}", headers=fields, body=request.read())
        try:
            answer = self.emulator.exchange(sent)
        except ConnectionFault as fault:
            raise httpx.ReadError(str(fault), request=request) from fault
        exchange = self.emulator.journal.entries[-1]
        if not exchange.known:
            raise self._unexpected(request)
        headers = [(name, value) for name, value in answer.headers.items() if name not in _FRAMING]
        return httpx.Response(answer.status, headers=headers, content=answer.body)

    def _unexpected(self, request: httpx.Request) -> UnexpectedRequest:
        near = self.emulator.nearest(request.method, request.url.path)
        hint = f"; nearest to it: {', '.join(near)}" if near else ""
        return UnexpectedRequest(f"{request.method} {request.url} was not expected by the workspace{hint}")
