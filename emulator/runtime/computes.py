"""The nodes of computes: how many there are, and who gets them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection
from typing import TypeAlias

from contracts.resource_id import WorkspaceId
from emulator.cores import usable_cores
from emulator.engine.scheduler import Claim, FairShare
from emulator.runtime.job_run import JobRun
from emulator.store import Database, assets
from emulator.store.jobs import JobId
from emulator.store.workspaces import guid_of

#: How many nodes a compute has, by workspace and name; None when nobody declared it.
NodesOf: TypeAlias = Callable[[WorkspaceId, str], int | None]


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
    """

    def __init__(self, nodes_of: NodesOf) -> None:
        self._nodes_of = nodes_of
        self._shares: dict[tuple[str, str], FairShare[JobId]] = defaultdict(FairShare)

    def share(self, runs: Collection[JobRun], now: float) -> None:
        """Offer free nodes to whoever can use them.

        Parameters:
            runs: all jobs under way, in order of submission.
            now: seconds since the epoch.
        """
        computes: dict[tuple[WorkspaceId, str], list[JobRun]] = defaultdict(list)
        for run in runs:
            computes[run.job.workspace, run.compute].append(run)
        for (workspace, _), together in computes.items():
            if waiting := [run for run in together if run.wants]:
                self._share_one(self._shares[guid_of(workspace), together[0].compute], together, waiting, now)

    def _share_one(self, shares: FairShare[JobId], runs: list[JobRun], waiting: list[JobRun], now: float) -> None:
        workspace, name = runs[0].job.workspace, runs[0].compute
        of_worlds = [run.recipe.nodes for run in runs if run.recipe.nodes is not None]
        declared = of_worlds[-1] if of_worlds else self._nodes_of(workspace, name)
        nodes = usable_cores() if declared is None else declared
        free = nodes - sum(run.holds for run in runs)
        # Thousands may wait: their claims are only made out when there is something to share.
        granted = shares.share(free, [Claim(run.job.id, run.holds, run.wants) for run in runs]) if free > 0 else {}
        why = _why(name, nodes, declared is not None)
        for run in waiting:
            run.offer(granted.get(run.job.id, 0), now)
            if run.wants:
                run.must_wait(why, now)


def _why(name: str, nodes: int, is_declared: bool) -> str:
    compute = f"Compute '{name}'" if name else "Serverless compute"
    count = "1 node" if nodes == 1 else f"{nodes} nodes"
    if is_declared:
        return f"{compute} has {count}; further jobs stay Queued until one is free."
    return (
        f"{compute} is not declared: it has {count} here, the usable cores of this machine; further jobs stay Queued."
    )
