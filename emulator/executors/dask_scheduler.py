"""The scheduler of a Dask cluster: how it is reached, and whether something scales its workers.

Sources: https://distributed.dask.org/en/stable/tls.html; `Server.counters` of distributed's `core.py` counts the calls
of each kind, and `deploy/adaptive.py` calls `adaptive_target` once a second.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

#: Evaluated by the scheduler, which need not have amlet: how often it was asked for a number of workers of late.
_ASKED = (
    "sum(part.get('adaptive_target', 0) for one in __import__('distributed').Scheduler._instances "
    "for part in one.counters['op'].components)"
)
_SOME = 0.01  # of calls; older ones count less and less

#: What is said of a cluster whose workers are scaled.
ADAPTIVE = (
    "the cluster at {address} is adaptive: it may stop workers that run long trials, which then start again; "
    "use cluster.scale(n) instead of cluster.adapt()"
)


class SchedulerAddress(NamedTuple):
    """Where a scheduler is, and with which certificates it is reached.

    Parameters:
        address: `tcp://host:8786` or `tls://host:8786`.
        ca: file of the authorities that its certificate is checked with; empty for what Dask's own configuration names.
        cert: file of the certificate that clients show; likewise.
        key: file of the key of that certificate; likewise.
    """

    address: str
    ca: str = ""
    cert: str = ""
    key: str = ""

    @property
    def trouble(self) -> str | None:
        """Why it cannot be used, for people; None where nothing speaks against it."""
        files = {"dask_tls_ca": self.ca, "dask_tls_cert": self.cert, "dask_tls_key": self.key}
        if not self.is_secure and (given := [name for name, file in files.items() if file]):
            return f"{', '.join(given)}: certificates are for an address with tls://, and this is {self.address}"
        missing = [f"{name} names {file}" for name, file in files.items() if file and not Path(file).is_file()]
        return f"{', '.join(missing)}, which is not there" if missing else None

    @property
    def is_secure(self) -> bool:
        """Whether it is reached by TLS."""
        return self.address.startswith("tls://")

    @property
    def options(self) -> dict[str, Any]:
        """How `distributed.Client` is told of it; imports distributed."""
        if not self.is_secure:
            return {"address": self.address}
        import distributed

        made: Any = distributed.Security
        files = {"tls_ca_file": self.ca, "tls_client_cert": self.cert, "tls_client_key": self.key}
        security = made(require_encryption=True, **{name: file for name, file in files.items() if file})
        return {"address": self.address, "security": security}


async def is_adaptive(client: Any) -> bool:
    """Whether something scales the workers of a cluster, by an asynchronous client."""
    return bool(await client.run_on_scheduler(eval, _ASKED) > _SOME)
