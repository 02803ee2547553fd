"""What `amlet doctor` looks at on a Dask cluster: workers, capacity, Python, packages, their way to here."""

from __future__ import annotations

import importlib.metadata
import platform
from collections.abc import Collection, Iterable, Iterator, Mapping
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from amlet.cli.doctor.machine import Finding, Health
from emulator.executors.base import Placement
from emulator.executors.cluster_workers import THREADS, Worker, capacity, needs_of, why_never, workers_of
from emulator.executors.dask import trouble_of
from emulator.executors.dask_scheduler import ADAPTIVE, SchedulerAddress, is_adaptive
from emulator.settings import Settings

if TYPE_CHECKING:
    from emulator.project.project_file import ProjectFile

_PATIENCE = 10  # seconds
_OLDEST = (3, 8)

#: Executed by each worker: fails where the address is not reached.
_REACH = "import socket; socket.create_connection(({host!r}, {port}), 5).close()"


def placements(address: str | None, resources: str, project: ProjectFile | None) -> list[Placement]:
    """The clusters to look at: the one of the command, and those that computes of the project file name.

    Parameters:
        address: of the scheduler that the command names; None for none.
        resources: what a trial takes there.
        project: its settings say with which certificates the scheduler is reached.

    Raises:
        ValueError: the address or the resources say nothing.
    """
    settings = Settings().with_values(project.content.settings if project else {})
    found = []
    if address:
        given = {"executor": "dask", "dask_address": address, "dask_resources": resources or settings.dask_resources}
        found.append(Placement.of(settings.with_values(given)))
    for compute in project.content.computes if project else ():
        placement = Placement.of(settings.with_values(project.compute_settings(compute.name) if project else {}))
        if compute.executor == "dask" and placement not in found:
            found.append(placement)
    return found


def cluster(
    placement: Placement, origins: Collection[str], python: str, packages: Mapping[str, str]
) -> Iterator[Finding]:
    """Look at a cluster.

    Parameters:
        placement: its scheduler, and what each trial takes.
        origins: addresses of the emulators that run here.
        python: version that trials would have on this machine.
        packages: versions of what the job's environment names, as they are on this machine; empty where it is not here.
    """
    if not find_spec("distributed"):
        yield Finding("cluster", Health.WRONG, "distributed is missing", "pip install 'amlet[dask]'")
        return
    if why := trouble_of(placement):
        yield Finding("cluster", Health.WRONG, why, "correct the setting")
        return
    import distributed

    made: Any = distributed.Client
    address = placement.address
    try:
        options = SchedulerAddress(address, *placement.certificates).options
        client = made(**options, timeout=_PATIENCE, set_as_default=False)
    except (OSError, TimeoutError, ValueError, TypeError) as error:
        remedy = "start `dask scheduler`, or correct the address; tls:// needs dask_tls_ca, dask_tls_cert, dask_tls_key"
        yield Finding("cluster", Health.WRONG, f"no scheduler answers at {address}: {error}", remedy)
        return
    with client:
        identity = client.sync(client.scheduler.identity, n_workers=-1)
        workers = workers_of(identity)
        yield _workers(address, workers, placement.resources, identity)
        if client.sync(is_adaptive, client):
            yield Finding("cluster", Health.WARNING, ADAPTIVE.format(address=address), "cluster.scale(n)")
        yield from _distributed(client, address)
        if workers:
            yield from _pythons(client.run(platform.python_version, on_error="return"), python)
            for name, version in packages.items():
                found = client.run(importlib.metadata.version, name, on_error="return")
                yield from _package(name, version, found)
            for origin in origins:
                parts = urlsplit(origin)
                text = _REACH.format(host=parts.hostname, port=parts.port)
                yield _reach(origin, client.run(exec, text, on_error="return"))


def _workers(address: str, workers: list[Worker], resources: str, identity: Mapping[str, Any]) -> Finding:
    needs = needs_of(resources)
    if why := why_never(workers, needs):
        health = Health.WRONG if workers else Health.WARNING
        return Finding("cluster", health, f"{address}: {why}", "" if workers else f"dask worker {address}")
    offers: dict[str, float] = {}
    for worker in workers:
        for name, amount in worker.offers.items():
            offers[name] = offers.get(name, 0) + amount
    busy = sum(one.get("metrics", {}).get("executing", 0) for one in identity["workers"].values())
    listed = ", ".join(
        f"{amount:g} {name}" for name, amount in sorted(offers.items(), key=lambda one: one[0] != THREADS)
    )
    hosts = len({worker.host for worker in workers})
    where = f"{_count(len(workers), 'worker')} on {_count(hosts, 'host')}"
    text = f"{address}: {where}, {listed}; tasks that run: {busy:g}; trials that fit: {capacity(workers, needs)}"
    return Finding("cluster", Health.OK, text)


def _distributed(client: Any, address: str) -> Iterator[Finding]:
    """Its protocol is that of one version: others may understand each other, or not."""
    here = importlib.metadata.version("distributed")
    there = {address: client.run_on_scheduler(importlib.metadata.version, "distributed")}
    there |= client.run(importlib.metadata.version, "distributed", on_error="return")
    for version in sorted({str(one) for one in there.values()} - {here}):
        where = _where(one for one, found in there.items() if str(found) == version)
        remedy = f"install distributed=={version} here, or {here} there"
        yield Finding("cluster packages", Health.WARNING, f"distributed is {version} at {where}, {here} here", remedy)


def _pythons(found: Mapping[str, Any], here: str) -> Iterator[Finding]:
    for version in sorted({str(one) for one in found.values()}):
        where = _where(address for address, one in found.items() if str(one) == version)
        parts = version.split(".")
        if not all(part.isdigit() for part in parts[:2]):
            yield Finding("cluster Python", Health.WARNING, f"{where}: {version}")
        elif tuple(map(int, parts[:2])) < _OLDEST:
            yield Finding(
                "cluster Python",
                Health.WRONG,
                f"{where}: Python {version}",
                "start its workers with Python 3.8 or newer",
            )
        elif parts[:2] != here.split(".")[:2]:
            remedy = f"start workers with Python {'.'.join(here.split('.')[:2])}, or a folder of it at the same path"
            yield Finding("cluster Python", Health.WARNING, f"{where}: Python {version}, here {here}", remedy)
        else:
            yield Finding("cluster Python", Health.OK, f"{where}: Python {version}")


def _package(name: str, here: str, found: Mapping[str, Any]) -> Iterator[Finding]:
    missing = [address for address, one in found.items() if isinstance(one, Exception)]
    other = sorted({str(one) for one in found.values() if not isinstance(one, Exception) and here and str(one) != here})
    remedy = f"install {name}{f'=={here}' if here else ''} where the workers run"
    if missing:
        yield Finding("cluster packages", Health.WRONG, f"{name} is missing at {_where(missing)}", remedy)
    if other:
        yield Finding("cluster packages", Health.WARNING, f"{name} is {', '.join(other)} there, {here} here", remedy)


def _reach(origin: str, found: Mapping[str, Any]) -> Finding:
    lost = {address: one for address, one in found.items() if isinstance(one, Exception)}
    if not lost:
        return Finding("cluster", Health.OK, f"its workers reach the emulator at {origin}")
    error = next(iter(lost.values()))
    text = f"{_where(lost)} cannot reach the emulator at {origin}: {error}"
    return Finding("cluster", Health.WRONG, text, "start it with --listen and an address that the workers reach")


def _where(addresses: Iterable[str]) -> str:
    known = sorted(addresses)
    return known[0] if len(known) == 1 else f"{len(known)} workers"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
