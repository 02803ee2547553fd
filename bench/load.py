"""What requests wait for while many clients ask at once, over TLS, each on a connection that is kept alive.

    python bench/load.py [--clients 100 500 1000] [--seconds 30]

Each client asks for one thing after the other, as soon as it has its answer: a new job, that job, the list of jobs, a
batch of metrics, a blob, in turns. Wall time from the request to the end of the answer; connections are open before.
Clients are coroutines of one other process on the same machine, which costs about as much as the server, so that its
load counts too. Jobs are on a compute without nodes: none of them runs. Five minutes (`--seconds 300`) show what grows.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import ssl
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from rows import Row, add_option, write
from server import API, WORKSPACE, Call, Started, Target, amlet, ask, batch, ours

_AT_ONCE = 50  # connections that are opened at a time: a handshake costs more than a write


class Request(NamedTuple):
    """What a client asks.

    Parameters:
        kind: `read` or `write`.
        head: the request line and the headers that only this one has.
        body: as it is sent.
    """

    kind: str
    head: str
    body: bytes = b""


@dataclass
class Found:
    """What the clients of one run saw: seconds of each answer by kind, and answers that say no, by status."""

    seconds: dict[str, list[float]] = field(default_factory=lambda: {"read": [], "write": []})
    errors: Counter[str] = field(default_factory=Counter)


#: Makes the requests of a client, by its number.
Script = Callable[[int], Iterator[Request]]


def script_of(target: Target) -> Script:
    """The five requests in turns; clients begin at different ones."""
    run = ask(target, Call("POST", f"{_mlflow()}/create", json.dumps({"experiment_id": "0"})))["run"]["info"]["run_id"]
    upload = ask(target, Call("POST", f"{WORKSPACE}/codes/load/versions/1/startPendingUpload?{API}", "{}"))
    folder = urlsplit(upload["blobReferenceForConsumption"]["credential"]["sasUri"])
    job = {"jobType": "Command", "command": "true", "computeId": f"{WORKSPACE}/computes/none"}
    put = json.dumps({"properties": {**job, "environmentId": "azureml:env:1", "description": "x" * 1500}}).encode()
    points, start = batch(run).encode(), time.time_ns()

    def requests(client: int) -> Iterator[Request]:
        for number in itertools.count():
            name = f"load-{start}-{client}-{number}"
            five = (
                Request("write", f"PUT {WORKSPACE}/jobs/{name}?{API}", put),
                Request("read", f"GET {WORKSPACE}/jobs/listed-0?{API}"),
                Request("read", f"GET {WORKSPACE}/jobs?{API}&$top=10"),
                Request("write", f"POST {_mlflow()}/log-batch", points),
                Request("write", f"PUT {folder.path}/{name}.py?{folder.query}", b"x" * 2048),
            )
            yield five[(client + number) % len(five)]

    return requests


def _mlflow() -> str:
    return f"/mlflow/v1.0{WORKSPACE}/api/2.0/mlflow/runs"


async def _client(
    target: Target, requests: Iterator[Request], opening: asyncio.Semaphore, ready: asyncio.Barrier, seconds: float,
    found: Found,
) -> None:  # fmt: skip
    """One client, until the time is over."""
    async with opening:
        context = ssl.create_default_context(cafile=str(target.ca))
        reader, writer = await asyncio.open_connection("127.0.0.1", target.port, ssl=context)
    common = {"Host": f"127.0.0.1:{target.port}", "Content-Type": "application/json", "x-ms-blob-type": "BlockBlob"}
    fixed = "".join(f"{name}: {text}\r\n" for name, text in {**common, **target.headers}.items())
    await ready.wait()
    until = time.perf_counter() + seconds
    while (began := time.perf_counter()) < until:
        asked = next(requests)
        head = f"{asked.head} HTTP/1.1\r\n{fixed}Content-Length: {len(asked.body)}\r\n\r\n"
        writer.write(head.encode() + asked.body)
        answer = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        await reader.readexactly(int(answer.partition("content-length: ")[2].partition("\r\n")[0]))
        found.seconds[asked.kind].append(time.perf_counter() - began)
        if not answer.startswith(("http/1.1 200", "http/1.1 201")):
            found.errors[answer[9:12]] += 1
    writer.close()


async def load(target: Target, script: Script, clients: int, seconds: float) -> Found:
    """Let so many clients ask for so long."""
    opening, ready, found = asyncio.Semaphore(_AT_ONCE), asyncio.Barrier(clients), Found()
    every = (_client(target, script(number), opening, ready, seconds, found) for number in range(clients))
    await asyncio.gather(*every)
    return found


def memory(server: Started) -> float:
    """Megabytes that the server holds (Linux only)."""
    status = Path(f"/proc/{server.pid}/status").read_text(encoding="ascii")
    return int(status.partition("VmRSS:")[2].split()[0]) / 1024


def main() -> None:
    """Measure, and print quantiles."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clients", type=int, nargs="+", default=[100, 500, 1000])
    parser.add_argument("--seconds", type=float, default=30, help="for each number of clients")
    add_option(parser)
    options = parser.parse_args()
    rows = []
    with tempfile.TemporaryDirectory() as temporary:
        home = Path(temporary) / "home"
        with amlet(home, Path(temporary) / "state") as (server, secure, plain):
            target = ours(server, secure, Target(plain), home)["put"].target
            script = script_of(target)
            for clients in options.clients:
                found = asyncio.run(load(target, script, clients, options.seconds))
                asked = sum(map(len, found.seconds.values()))
                errors = dict(found.errors)
                print(f"{clients} clients: {asked} requests, errors {errors}, {memory(server):.0f} MB", flush=True)
                for kind, must, aim in (("read", 0.5, None), ("write", 1.5, 0.5)):
                    cuts = statistics.quantiles(found.seconds[kind], n=100)
                    print(f"  {kind:5} median {cuts[49]:.3f} s, p99 {cuts[98]:.3f} s", flush=True)
                    if clients == max(options.clients):
                        name = f"{kind} with {clients:,} clients, p99, wall"
                        rows.append(Row(name, "", cuts[98], must, aim, less=True, unit="s"))
                if clients == max(options.clients):
                    failed = sum(found.errors.values())
                    rows.append(Row(f"errors with {clients:,} clients", "", failed, 0, less=True, unit=""))
    write(rows, options.json)


if __name__ == "__main__":
    main()
