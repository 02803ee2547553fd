"""Runs trials on a dask.distributed cluster: each is a task that starts a supervisor, which leases it.

Dask only brings supervisors to workers. What an attempt is, which of them counts and how it is stopped is the
emulator's own: `emulator.executors.leases`. Extra: `amlet[dask]`.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from typing import Any

from emulator.executors.base import Attempt, Placement, TrialEvent, Work
from emulator.executors.cluster_workers import needs_of
from emulator.executors.dask_cluster import DaskCluster
from emulator.executors.dask_scheduler import SchedulerAddress
from emulator.executors.offers import Offer
from emulator.executors.process_mark import VARIABLE
from emulator.executors.registry import ExecutorContext
from emulator.executors.remote_attempt import RemoteAttempt
from emulator.executors.shipment import offer_of
from emulator.executors.state_identity import identify
from emulator.storage import attempts
from emulator.storage.attempts import AttemptState

_PREPARED_AT_ONCE = 8
_LIVE = frozenset({AttemptState.OFFERED, AttemptState.LEASED, AttemptState.ENDED})
_POLL = 0.05  # seconds, while what was stopped is waited for
_HEARTBEATS = 3  # for which a worker is waited for


class DaskExecutor:
    """See `emulator.executors.base`; computes may name several clusters.

    Parameters:
        context: what it is made of; its settings name the cluster of computes that name none.
        environ: variables of this process.
        identity: of the state directory.

    Raises:
        ValueError: a setting is missing or says nothing, or Dask is not installed.
    """

    def __init__(self, context: ExecutorContext, environ: Mapping[str, str], identity: str) -> None:
        self._context, self._environ, self._identity = context, environ, identity
        self._own = Placement.of(context.settings)
        self._pool = ThreadPoolExecutor(_PREPARED_AT_ONCE, thread_name_prefix="dask-attempt")
        self._clusters: dict[SchedulerAddress, DaskCluster] = {}
        self._lock = threading.Lock()
        if self._own.executor == "dask":
            self._cluster(self._own)

    def start(self, attempt: Attempt, on_event: Callable[[TrialEvent], None]) -> RemoteAttempt:
        """Start one attempt; see `emulator.executors.base`."""
        made = self._attempt(attempt, on_event)
        made.begin(lambda work: self._offer(attempt, work))
        return made

    def survives(self, attempt: str, record: str | None) -> bool:
        """Whether a worker has it or may still get it, or has told its end."""
        return self._context.leases.state(attempt) in _LIVE

    def adopt(self, attempt: Attempt, record: str | None, on_event: Callable[[TrialEvent], None]) -> RemoteAttempt:
        """Go on with an attempt of an earlier process of the emulator."""
        made = self._attempt(attempt, on_event)
        made.resume()
        return made

    def discard(self, attempt: str, record: str | None) -> None:
        """Have its worker end it; nothing of it counts from now on."""
        self._end([attempt])
        self._context.leases.forget(attempt)

    def reap(self, kept: Collection[str]) -> None:
        """Have the workers of all other attempts end them; nothing of them counts from now on."""
        leased = [row.id for row in attempts.leased(self._context.store.reader())]
        self._end([attempt for attempt in leased if attempt not in kept])
        self._context.leases.keep_only(kept)

    def capacity(self, placement: Placement | None = None) -> int:
        """How many attempts a cluster can run at a time."""
        at = placement or self._own
        return self._cluster(at).capacity(needs_of(at.resources))

    def close(self) -> None:
        """Let go of the clusters."""
        for cluster in self._clusters.values():
            cluster.close()
        self._pool.shutdown()

    def _cluster(self, placement: Placement) -> DaskCluster:
        """The cluster of a placement; one for all that have the same scheduler, as they share its workers."""
        if why := trouble_of(placement):
            raise ValueError(why)
        scheduler = SchedulerAddress(placement.address, *placement.certificates)
        with self._lock:
            if scheduler not in self._clusters:
                prefix = f"amlet-{self._identity[:8]}"
                self._clusters[scheduler] = DaskCluster(scheduler, self._task, prefix, self._context.changed)
            return self._clusters[scheduler]

    def _end(self, ended: Collection[str]) -> None:
        """Stop attempts, and wait for it as long as a worker that can be reached takes to hear of it.

        One that is not heard of by then ends it when it is told that it does not count any more.
        """
        leases = self._context.leases
        left = {attempt for attempt in ended if leases.state(attempt) is AttemptState.LEASED}
        for attempt in left:
            leases.request_stop(attempt, 0.0)
        deadline = time.monotonic() + _HEARTBEATS * leases.heartbeat_seconds
        while left and time.monotonic() < deadline:
            time.sleep(_POLL)
            left = {attempt for attempt in left if leases.state(attempt) is AttemptState.LEASED}
        for attempt in left:
            leases.revoke(attempt)

    def _attempt(self, attempt: Attempt, on_event: Callable[[TrialEvent], None]) -> RemoteAttempt:
        cluster = self._cluster(attempt.placement or self._own)
        return RemoteAttempt(attempt, self._context.leases, cluster, self._pool, on_event)

    def _offer(self, attempt: Attempt, work: Work) -> Offer:
        launch = work.prepare({VARIABLE: f"{self._identity}/{attempt.id}"})
        place, grace = self._context.place, self._context.settings.kill_grace
        origins = (place.https_origin, place.http_origin)
        needs = needs_of((attempt.placement or self._own).resources, launch.gpus)
        return offer_of(attempt, launch, self._environ, origins, needs, grace)

    def _task(self, attempt: RemoteAttempt) -> dict[str, Any]:
        """What the supervisor of an attempt is told."""
        leases, place, settings = self._context.leases, self._context.place, self._context.settings
        return {
            "url": leases.url(attempt.id),
            "token": attempt.token,
            "authority": place.ca.read_text() if place.ca else None,
            "scratch": settings.dask_scratch,
            "cache_bytes": settings.dask_cache_bytes,
            "gpu": int(attempt.needs.get("GPU", 0)),
        }


def trouble_of(placement: Placement) -> str | None:
    """Why nothing can be run at a placement, for people; None where it can; see `emulator.executors.registry`."""
    if not placement.address:
        return "the executor dask needs the address of a scheduler (dask_address: tcp://HOST:8786)"
    if not find_spec("distributed"):
        return "the executor dask needs the package distributed: pip install 'amlet[dask]'"
    try:
        needs_of(placement.resources)
    except ValueError as error:
        return str(error)
    return SchedulerAddress(placement.address, *placement.certificates).trouble


def make_executor(context: ExecutorContext) -> DaskExecutor:
    """The executor of one state directory; see `emulator.executors.registry`."""
    return DaskExecutor(context, os.environ, identify(context.store, context.place.state_dir).id)
