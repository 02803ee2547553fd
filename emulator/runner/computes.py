"""The nodes of computes: how many there are, and who gets them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from contracts.resource_id import WorkspaceId
from emulator.engine.scheduler import Claim, FairShare
from emulator.executors.base import Placement
from emulator.runner.job_run import JobRun
from emulator.storage import Database, assets
from emulator.storage.jobs import JobId
from emulator.storage.workspaces import guid_of
from emulator.trials.cores import usable_cores

#: How many nodes a compute has, by workspace and name; None when it is not declared.
NodesOf: TypeAlias = Callable[[WorkspaceId, str], int | None]

#: How many trials can run at a time where a compute has them run; None for as many as this machine has usable cores.
CapacityOf: TypeAlias = Callable[[Placement | None], int | None]


def declared_nodes(store: Database) -> NodesOf:
    """The nodes of the computes that were made on the control plane: their `maxNodeCount`."""

    def nodes_of(workspace: WorkspaceId, name: str) -> int | None:
        asset = assets.get(store.reader(), workspace, "computes", name) if name else None
        properties = (asset.document.get("properties") if asset else None) or {}
        nodes = (properties.get("scaleSettings") or {}).get("maxNodeCount")
        return nodes if isinstance(nodes, int) else None

    return nodes_of


class Computes:
    """Shares the nodes of each compute between the jobs on it.

    Parameters:
        nodes_of: how many nodes a compute has.
        capacity: the nodes of a compute of which no number is declared.
    """

    def __init__(self, nodes_of: NodesOf, capacity: CapacityOf = lambda placement: None) -> None:
        self._nodes_of, self._capacity = nodes_of, capacity
        self._computes: dict[tuple[str, str], _Compute] = {}

    def note(self, run: JobRun) -> None:
        """A job is new, or what it wants or holds may have changed."""
        key = _key(run)
        if key not in self._computes:
            self._computes[key] = _Compute(run.job.workspace, run.compute)
        self._computes[key].note(run)

    def forget(self, run: JobRun) -> None:
        """A job is over."""
        compute = self._computes[_key(run)]
        compute.forget(run)
        if not compute.runs:
            del self._computes[_key(run)]

    def share(self, now: float) -> None:
        """Offer free nodes to the jobs that can use them.

        Parameters:
            now: seconds since the epoch.
        """
        for compute in self._computes.values():
            compute.share(self._nodes_of, self._capacity, now)


class _Compute:
    """One compute with the jobs on it; what they hold is counted as it changes, since thousands may wait.

    Parameters:
        workspace, name: which it is.
    """

    def __init__(self, workspace: WorkspaceId, name: str) -> None:
        self.runs: dict[JobId, JobRun] = {}
        self._workspace, self._name = workspace, name
        self._waiting: dict[JobId, JobRun] = {}
        self._changed: set[JobId] = set()
        self._held: dict[JobId, int] = {}
        self._holding = 0
        self._declared_nodes: dict[JobId, int] = {}
        self._fair: FairShare[JobId] = FairShare()

    def note(self, run: JobRun) -> None:
        job, holds = run.job.id, run.holds
        self.runs[job] = run
        self._holding += holds - self._held.get(job, 0)
        self._held[job] = holds
        if run.wants:
            self._waiting[job] = run
        else:
            self._waiting.pop(job, None)
        if run.resolved.nodes is not None:
            self._declared_nodes[job] = run.resolved.nodes
        self._changed.add(job)

    def forget(self, run: JobRun) -> None:
        job = run.job.id
        self.runs.pop(job, None)
        self._holding -= self._held.pop(job, 0)
        for known in (self._waiting, self._declared_nodes):
            known.pop(job, None)
        self._changed.discard(job)

    def share(self, nodes_of: NodesOf, capacity: CapacityOf, now: float) -> None:
        changed, self._changed = self._changed, set()
        if not self._waiting:
            return
        by_job = self._declared_nodes
        # Where the project files of several jobs differ, that of the latest one counts.
        declared = by_job[max(by_job)] if by_job else nodes_of(self._workspace, self._name)
        offered = capacity(self._placement) if declared is None else None
        nodes = declared if declared is not None else usable_cores() if offered is None else offered
        free = nodes - self._holding
        # Where nothing is to be had, those who know that already need not hear it again.
        asked = sorted(self._waiting if free > 0 else changed & self._waiting.keys())
        granted = self._fair.share(free, self._claims) if free > 0 else {}
        why = _why(self._name, nodes, declared is not None, offered is not None)
        for job in asked:
            run = self._waiting[job]
            run.offer(granted.get(job, 0), now)
            if run.wants:
                run.must_wait(why, now)

    @property
    def _placement(self) -> Placement | None:
        """That of the latest job: where the project files of several differ, as for the number of nodes."""
        return self.runs[max(self.runs)].resolved.placement

    @property
    def _claims(self) -> list[Claim[JobId]]:
        """Of all jobs, in order of submission."""
        return [Claim(job, self.runs[job].holds, self.runs[job].wants) for job in sorted(self.runs)]


def _key(run: JobRun) -> tuple[str, str]:
    return guid_of(run.job.workspace), run.compute


def _why(name: str, nodes: int, is_declared: bool, is_of_cluster: bool) -> str:
    compute = f"Compute '{name}'" if name else "Serverless compute"
    count = "1 node" if nodes == 1 else f"{nodes} nodes"
    if is_declared:
        return f"{compute} has {count}; further jobs stay Queued until one is free."
    if is_of_cluster:
        return (
            f"{compute} has {count} here, what the workers of its cluster have capacity for; further jobs stay Queued."
        )
    return (
        f"{compute} is not declared: it has {count} here, the usable cores of this machine; further jobs stay Queued."
    )
