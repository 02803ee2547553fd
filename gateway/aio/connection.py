"""An asynchronous client's connection to one workspace."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar

from contracts.resource_id import WorkspaceId
from contracts.studio import Cloud
from gateway.operations.cloud import endpoints
from gateway.operations.workspace import Workspace
from gateway.transport.async_session import AsyncSession
from gateway.transport.calls import read_page
from gateway.transport.choice import RECORD, recorded, recording_path, replayed
from gateway.transport.messages import AsyncTransport, Request, Transport
from gateway.transport.steps import Steps

T = TypeVar("T")


@dataclass
class AsyncConnection:
    """Everything is determined when it is first needed.

    Parameters:
        find_workspace: says which workspace.
        credential: where tokens come from, of azure.identity or azure.identity.aio; None means Azure's default chain.
        cloud: a public cloud, or its name.
        base_url: address of the control plane, instead of a cloud's.
        transport: where requests go; None means the network.
        pages: origin of the pages that people open, where it is not that of `base_url`.
    """

    find_workspace: Callable[[], WorkspaceId]
    credential: Any = None
    cloud: Cloud | str | None = None
    base_url: str | None = None
    transport: AsyncTransport | Transport | None = None
    pages: str | None = None
    _workspace: Workspace | None = field(default=None, init=False, repr=False)
    _finding: asyncio.Lock = field(default_factory=asyncio.Lock, init=False, repr=False)

    @cached_property
    def session(self) -> AsyncSession:
        """Runs operations."""
        if self.transport is None and (replay := replayed(os.environ)):
            self.transport, self.credential, self.base_url = replay, replay.credential, replay.base_url
        if self.transport is None and self.base_url is None:
            from gateway.client import local_emulator

            if local_emulator.is_target(os.environ):
                found = local_emulator.LocalEmulator.found(os.environ)
                self.transport, self.base_url, self.pages = found.transport, found.origin, found.pages
                self.credential = found.credential(self.transport)
        if self.transport is None:
            from gateway.transport.network import AsyncNetworkTransport, NetworkTransport

            recording = recording_path(os.environ.get(RECORD, ""))
            self.transport = recorded(NetworkTransport(), os.environ) if recording else AsyncNetworkTransport()
        return AsyncSession(self.transport, self.credential)

    async def workspace(self) -> Workspace:
        """The workspace that operations work on."""
        async with self._finding:
            if self._workspace is None:
                chosen = self.find_workspace()
                session = self.session  # knows the address of what is replayed
                where = await session.run(endpoints(self.cloud, self.base_url, os.environ, self.pages))
                session.trust(where.resource_manager, where.storage_suffix)
                session.tokens.authority = where.authority
                self._workspace = Workspace(chosen, where)
        return self._workspace

    async def run(self, make: Callable[[Workspace], Steps[T]]) -> T:
        """Run the operation that `make` gives for the workspace."""
        return await self.session.run(make(await self.workspace()))

    async def each(
        self, make: Callable[[Workspace], Steps[Request]], limit: int | None = None
    ) -> AsyncIterator[dict[str, Any]]:
        """The documents of a listing; each page is fetched when it is needed.

        Parameters:
            make: gives the operation that makes the request for the first page.
            limit: at most so many.
        """
        request: Request | None = await self.run(make)
        count = 0
        while request is not None:
            page = await self.session.run(read_page(request))
            for document in page:
                yield document
                count += 1
                if count == limit:
                    return
            request = page.following

    async def close(self) -> None:
        """Give up the connections."""
        if "session" in self.__dict__:
            await self.session.close()
