"""The testing kit: an emulator inside the test's own process, a real server, and a router for respx.

Example:
    with InProcessEmulator(objective=lambda lr: 1 - lr) as emulator:
        client = emulator.client()
        job = client.jobs.create_or_update(sweep)
        assert client.jobs.get(job.name).status == "Completed"
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from amlet._guard import guard

if TYPE_CHECKING:
    from amlet.testing.in_process import InProcessEmulator as InProcessEmulator
    from amlet.testing.official_client import official_client as official_client
    from amlet.testing.respx_router import mock_workspace as mock_workspace
    from amlet.testing.served import ServedEmulator as ServedEmulator

_MODULES = {
    "InProcessEmulator": "amlet.testing.in_process",
    "ServedEmulator": "amlet.testing.served",
    "official_client": "amlet.testing.official_client",
    "mock_workspace": "amlet.testing.respx_router",
}

__all__ = ["InProcessEmulator", "ServedEmulator", "mock_workspace", "official_client"]


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    guard("contracts", "gateway", "emulator")
    return getattr(import_module(_MODULES[name]), name)
