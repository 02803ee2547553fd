"""An emulator in a process of its own, over TLS, as a target of the contract suite."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from amlet._guard import command_line
from amlet.testing.targets.in_process import PAGE_SIZE
from amlet.testing.targets.over_transport import TransportTarget
from contracts.resource_id import LOCAL_WORKSPACE
from contracts.suite.target import Feature, Surroundings
from emulator.api.identity import managed_identity
from emulator.server import home
from emulator.server.launch import start_detached
from gateway.transport.choice import recorded
from gateway.transport.messages import Request
from gateway.transport.network import NetworkTransport


@contextmanager
def over_tls(*options: str) -> Iterator[TransportTarget]:
    """A target that is an emulator as users start it; it and its state are gone afterwards.

    Parameters:
        options: more options of `amlet emulator start`.
    """
    with tempfile.TemporaryDirectory(prefix="amlet-suite-", ignore_cleanup_errors=True) as folder:
        paged = ["--setting", f"page_size={PAGE_SIZE}"]
        record = start_detached(command_line(), Path(folder, "home"), Path(folder, "state"), [*paged, *options])
        transport = NetworkTransport(record.ca)
        try:
            token = _token(transport, record)
            yield TransportTarget(
                recorded(transport, os.environ),
                Surroundings(
                    workspace=str(LOCAL_WORKSPACE),
                    page_size=PAGE_SIZE,
                    patience=120.0,
                    features=frozenset({Feature.PROCESSES}),
                ),
                control_plane=record.origin,
                token=lambda: token,
                pause=time.sleep,
            )
        finally:
            transport.close()
            home.stop(record)


def _token(transport: NetworkTransport, record: home.Record) -> str:
    """A token from the emulator's managed identity."""
    query = {"api-version": "2019-08-01", "resource": "https://management.azure.com"}
    headers = {"X-IDENTITY-HEADER": record.identity_header}
    answer = transport.send(Request("GET", f"{record.origin}{managed_identity.PATH}", query, headers))
    return str(answer.json()["access_token"])
