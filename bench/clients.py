"""How long a write takes while a thousand clients write at once: each PUTs a job, over TLS, and waits for the answer.

    python bench/clients.py [--clients 1000] [--writes 3]

Wall time from the request to the end of the answer, with connections that are open before; clients are coroutines of
one other process, on the same machine. Jobs are on a compute without nodes, so that none of them runs.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import ssl
import statistics
import tempfile
import time
from pathlib import Path

from rows import Row, add_option, write
from server import API, WORKSPACE, Target, amlet, ours

_AT_ONCE = 50  # connections that are opened at a time: a handshake costs more than a write


async def client(
    number: int, target: Target, opening: asyncio.Semaphore, ready: asyncio.Barrier, writes: int
) -> list[float]:
    """Seconds of each write of one client."""
    async with opening:
        context = ssl.create_default_context(cafile=str(target.ca))
        reader, writer = await asyncio.open_connection("127.0.0.1", target.port, ssl=context)
    job = {"jobType": "Command", "command": "true", "computeId": f"{WORKSPACE}/computes/none"}
    body = json.dumps({"properties": {**job, "environmentId": "azureml:env:1", "description": "x" * 1500}}).encode()
    headers = {"Host": f"127.0.0.1:{target.port}", "Content-Type": "application/json", **target.headers}
    fixed = "".join(f"{name}: {text}\r\n" for name, text in {**headers, "Content-Length": str(len(body))}.items())
    await ready.wait()
    taken = []
    for turn in range(writes):
        began = time.perf_counter()
        head = f"PUT {WORKSPACE}/jobs/client-{number}-{turn}?{API} HTTP/1.1\r\n{fixed}\r\n"
        writer.write(head.encode() + body)
        answer = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        await reader.readexactly(int(answer.partition("content-length: ")[2].partition("\r\n")[0]))
        if not answer.startswith("http/1.1 201"):
            raise RuntimeError(answer)
        taken.append(time.perf_counter() - began)
    writer.close()
    return taken


async def all_clients(count: int, target: Target, writes: int) -> list[float]:
    """Seconds of the writes of all clients."""
    opening, ready = asyncio.Semaphore(_AT_ONCE), asyncio.Barrier(count)
    found = await asyncio.gather(*(client(number, target, opening, ready, writes) for number in range(count)))
    return [seconds for one in found for seconds in one]


def main() -> None:
    """Measure, and print quantiles."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clients", type=int, default=1000)
    parser.add_argument("--writes", type=int, default=3, help="of each client, one after the other")
    add_option(parser)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        home = Path(temporary) / "home"
        with amlet(home, Path(temporary) / "state") as (server, secure, plain):
            target = ours(server, secure, Target(plain), home)["put"].target
            taken = asyncio.run(all_clients(options.clients, target, options.writes))
    cuts = statistics.quantiles(taken, n=100)
    print(f"{len(taken)} writes by {options.clients} clients: median {cuts[49]:.2f} s, p99 {cuts[98]:.2f} s")
    write(
        [Row(f"write with {options.clients:,} clients, p99, wall", "", cuts[98], 1.5, 0.5, less=True, unit="s")],
        options.json,
    )


if __name__ == "__main__":
    main()
