"""An emulator in a process of its own, over TLS, as a target of the contract suite; with Dask, one with a cluster."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

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

#: Of the cluster that is started on this machine.
_WORKERS, _THREADS = 2, 4


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


@contextmanager
def on_dask(address: str) -> Iterator[TransportTarget]:
    """A target that is an emulator as users start it, over TLS, with a cluster.

    Parameters:
        address: of the scheduler; without one, a cluster of this machine is started for the time being.
    """
    if address:
        with over_tls("--dask-address", address) as target:
            yield target
        return
    import distributed

    made: Any = distributed.LocalCluster
    options = {"n_workers": _WORKERS, "threads_per_worker": _THREADS, "dashboard_address": None, "silence_logs": 40}
    with made(**options) as cluster, over_tls("--dask-address", cluster.scheduler_address) as target:
        yield target


def _token(transport: NetworkTransport, record: home.Record) -> str:
    """A token from the emulator's managed identity."""
    query = {"api-version": "2019-08-01", "resource": "https://management.azure.com"}
    headers = {"X-IDENTITY-HEADER": record.identity_header}
    answer = transport.send(Request("GET", f"{record.origin}{managed_identity.PATH}", query, headers))
    return str(answer.json()["access_token"])
