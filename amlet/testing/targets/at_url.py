"""Any server as a target of the contract suite, by its address."""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from urllib.parse import urlsplit

from amlet.testing.targets.over_transport import TransportTarget
from contracts.resource_id import LOCAL_WORKSPACE, WorkspaceId
from contracts.suite.target import Feature, Surroundings
from gateway.transport.choice import recorded
from gateway.transport.network import NetworkTransport

#: The ARM id of the workspace, the bearer token, and the file of the authority to trust.
WORKSPACE = "AMLET_CONTRACT_WORKSPACE"
TOKEN = "AMLET_CONTRACT_TOKEN"  # noqa: S105 - the name of a variable
AUTHORITY = "AMLET_CONTRACT_CA"


@contextmanager
def at_url(origin: str, environ: Mapping[str, str] | None = None) -> Iterator[TransportTarget]:
    """A target that is whatever answers at an address, control plane and data plane alike.

    Parameters:
        origin: `https://127.0.0.1:9000`.
        environ: variables; those of this process by default.

    Raises:
        ValueError: it is not an address.
    """
    environ = os.environ if environ is None else environ
    parts = urlsplit(origin)
    if parts.scheme not in ("http", "https") or not parts.netloc or parts.path.strip("/"):
        raise ValueError(f"{origin!r} is not an origin: expected url:https://HOST:PORT")
    transport = NetworkTransport(environ.get(AUTHORITY) or None)
    try:
        yield TransportTarget(
            recorded(transport, environ),
            Surroundings(
                workspace=str(WorkspaceId.parse(environ.get(WORKSPACE) or str(LOCAL_WORKSPACE))),
                prefix=f"suite{secrets.token_hex(4)}",
                features=frozenset({Feature.PROCESSES}),
            ),
            control_plane=f"{parts.scheme}://{parts.netloc}",
            token=lambda: environ.get(TOKEN) or "none",
            pause=time.sleep,
        )
    finally:
        transport.close()
