"""The workers of a dask.distributed cluster, and which of them has capacity for an attempt. Pure.

Each attempt is sent to one worker, chosen here, and only as many as fit: what has to wait waits in the emulator, in its
order, and work stealing has nothing to move.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

#: The resource that every worker has without declaring it: its threads. An attempt takes one.
THREADS = "threads"

#: How much of what an attempt takes, by the name of the resource.
Needs = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Worker:
    """One worker.

    Parameters:
        address: by which the scheduler knows it; another worker never has the same at the same time.
        name: for people.
        host: of its machine.
        offers: its threads and the resources that it was started with.
    """

    address: str
    name: str
    host: str
    offers: Needs = field(default_factory=dict)

    def lacks(self, needs: Needs, taken: Needs) -> list[str]:
        """The resources that are not left for an attempt, by name."""
        return [name for name, amount in needs.items() if self.offers.get(name, 0) - taken.get(name, 0) < amount]


@dataclass(frozen=True, slots=True)
class Occupation:
    """What one attempt takes of one worker.

    Parameters:
        address: of the worker.
        needs: of the attempt.
    """

    address: str
    needs: Needs


def workers_of(identity: Mapping[str, Any]) -> list[Worker]:
    """The workers in the answer of `client.scheduler.identity(n_workers=-1)`; those that are closing are left out."""
    found = []
    for address, one in identity["workers"].items():
        if one.get("status", "running") != "running":
            continue
        offers = {THREADS: float(one["nthreads"]), **one.get("resources", {})}
        found.append(Worker(address, str(one.get("name", address)), one.get("host") or "", offers))
    return found


def needs_of(text: str, gpus: int = 0) -> dict[str, float]:
    """What an attempt takes, as the setting `dask_resources` says it; `instance` is the GPUs of its instance type.

    Parameters:
        text: of the setting.
        gpus: of the instance type.

    >>> needs_of("GPU=1, MEMORY=8e9")
    {'threads': 1.0, 'GPU': 1.0, 'MEMORY': 8000000000.0}
    >>> needs_of("GPU=instance", gpus=4)
    {'threads': 1.0, 'GPU': 4.0}

    Raises:
        ValueError: it says something else.
    """
    needs = {THREADS: 1.0}
    for part in filter(None, (part.strip() for part in text.split(","))):
        name, equals, amount = part.partition("=")
        try:
            needs[name.strip()] = float(gpus if amount.strip() == "instance" else amount)
        except ValueError:
            equals = ""
        if not equals or not name.strip() or needs[name.strip()] < 0:
            raise ValueError(f"setting 'dask_resources' has {part!r}; expected NAME=AMOUNT, as in GPU=1,MEMORY=8e9")
    return needs


def place(workers: Iterable[Worker], occupied: Iterable[Occupation], needs: Needs) -> Worker | None:
    """The worker that an attempt is sent to: with capacity, and with most threads left; None without one."""
    taken = _taken(occupied)
    free = [
        (worker.offers[THREADS] - taken.get(worker.address, {}).get(THREADS, 0), worker)
        for worker in workers
        if not worker.lacks(needs, taken.get(worker.address, {}))
    ]
    return min(free, key=lambda one: (-one[0], one[1].address))[1] if free else None


def capacity(workers: Iterable[Worker], needs: Needs) -> int:
    """How many attempts fit on all workers at a time."""
    return sum(
        int(min(worker.offers.get(name, 0) // amount for name, amount in needs.items() if amount)) for worker in workers
    )


def why_never(workers: Iterable[Worker], needs: Needs) -> str | None:
    """Why an attempt would wait for ever on the workers there are, for people; None when it would not."""
    known = list(workers)
    if not known:
        return "the Dask cluster has no worker"
    if any(not worker.lacks(needs, {}) for worker in known):
        return None
    for name, amount in needs.items():
        most = max(worker.offers.get(name, 0) for worker in known)
        if most < amount:
            return (
                f"no worker of the Dask cluster offers {name}={amount:g} (the most is {most:g}); "
                f"start workers with --resources {name}={amount:g}"
            )
    return f"no worker of the Dask cluster offers {_listed(needs)} together"


def _taken(occupied: Iterable[Occupation]) -> dict[str, dict[str, float]]:
    taken: dict[str, dict[str, float]] = {}
    for one in occupied:
        worker = taken.setdefault(one.address, {})
        for name, amount in one.needs.items():
            worker[name] = worker.get(name, 0) + amount
    return taken


def _listed(needs: Needs) -> str:
    return ", ".join(f"{name}={amount:g}" for name, amount in needs.items())
