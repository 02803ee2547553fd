"""A client's connection to one workspace: where it is, how to get there, and the running of operations."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from typing import Any, TypeVar

from contracts.resource_id import WorkspaceId
from contracts.studio import Cloud
from gateway.operations.cloud import endpoints
from gateway.operations.workspace import Workspace
from gateway.transport.auth import Credential
from gateway.transport.calls import read_page
from gateway.transport.choice import recorded, replayed
from gateway.transport.messages import Request, Transport
from gateway.transport.session import Session
from gateway.transport.steps import Steps

T = TypeVar("T")


@dataclass
class Connection:
    """Everything is determined when it is first needed, so that creating a client is cheap.

    Parameters:
        find_workspace: says which workspace.
        credential: where tokens come from; None means Azure's default chain.
        cloud: a public cloud, or its name.
        base_url: address of the control plane, instead of a cloud's.
        transport: where requests go; None means the network.
        headers: header fields that go with every request to the control plane.
        pages: origin of the pages that people open, where it is not that of `base_url`.
    """

    find_workspace: Callable[[], WorkspaceId]
    credential: Credential | None = None
    cloud: Cloud | str | None = None
    base_url: str | None = None
    transport: Transport | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    pages: str | None = None

    @cached_property
    def session(self) -> Session:
        """Runs operations."""
        if self.transport is None and (replay := replayed(os.environ)):
            self.transport, self.credential, self.base_url = replay, replay.credential, replay.base_url
        # Only where nothing was chosen: an address that was given is never replaced by that of an emulator.
        if self.transport is None and self.base_url is None:
            from gateway.client import local_emulator

            if local_emulator.is_target(os.environ):
                found = local_emulator.LocalEmulator.found(os.environ)
                self.transport, self.base_url, self.pages = found.transport, found.origin, found.pages
                self.credential = found.credential(self.transport)
        if self.transport is None:
            # Here, since httpx takes longer to import than all the rest, and a replay does without it.
            from gateway.transport.network import NetworkTransport

            self.transport = recorded(NetworkTransport(), os.environ)
        return Session(self.transport, self.credential)

    @cached_property
    def workspace(self) -> Workspace:
        """The workspace that operations work on."""
        chosen = self.find_workspace()
        session = self.session  # knows the address of what is replayed
        where = session.run(endpoints(self.cloud, self.base_url, os.environ, self.pages))
        session.trust(where.resource_manager, where.storage_suffix)
        session.tokens.authority = where.authority
        return Workspace(chosen, where, dict(self.headers))

    def run(self, steps: Steps[T]) -> T:
        """Run an operation."""
        return self.session.run(steps)

    def each(self, first: Steps[Request], limit: int | None = None) -> Iterator[dict[str, Any]]:
        """The documents of a listing; each page is fetched when it is needed.

        Parameters:
            first: makes the request for the first page.
            limit: at most so many.
        """
        return islice(self._all(first), limit)

    def _all(self, first: Steps[Request]) -> Iterator[dict[str, Any]]:
        request: Request | None = self.run(first)
        while request is not None:
            page = self.run(read_page(request))
            yield from page
            request = page.following

    def close(self) -> None:
        """Give up the connections; a later call opens new ones."""
        if "session" in self.__dict__:
            self.session.close()
