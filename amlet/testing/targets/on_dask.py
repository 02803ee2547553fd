"""An emulator whose trials run on a Dask cluster, as a target of the contract suite."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from amlet.testing.targets.over_tls import over_tls
from amlet.testing.targets.over_transport import TransportTarget

_WORKERS, _THREADS = 2, 4


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
