"""CPU time of the server per request, against other emulators' servers in the same run.

    python bench/server.py [--moto-venv FOLDER] [--mlflow-venv FOLDER] [--azurite-venv FOLDER]

Peers are installed into virtual environments of their own, which must be there: `pip install 'moto[server]'`, `pip
install mlflow`; one that is not there is left out with a line that says so. What is measured is the CPU time of the
server process alone (Linux only), never that of the client; rounds are interleaved and the table shows medians. Ours
answers the control plane over TLS, as official clients want it; the peers answer plain HTTP. Jobs are PUT on a
compute without nodes, so that none of them runs.
"""

from __future__ import annotations

import argparse
import base64
import hmac
import http.client
import json
import os
import signal
import socket
import ssl
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlencode

from rows import Row, add_option, write

ROOT = Path(__file__).resolve().parents[1]
WORKSPACE = "/subscriptions/bench/resourceGroups/bench/providers/Microsoft.MachineLearningServices/workspaces/bench"
API = "api-version=2024-01-01-preview"
_LOOK = 0.01  # seconds between looks whether a server answers
_ACCOUNT = "devstoreaccount1"
_PATIENCE = 120.0  # seconds until a server must answer
_ANYONE = "AWS4-HMAC-SHA256 Credential=any/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0"


class Call(NamedTuple):
    """One request; `{n}` in path and body is its number."""

    method: str
    path: str
    body: str = ""


class Target(NamedTuple):
    """Where requests go."""

    port: int
    ca: Path | None = None
    headers: dict[str, str] = {}

    def connect(self) -> http.client.HTTPConnection:
        """A connection that is kept alive."""
        if self.ca is None:
            return http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        context = ssl.create_default_context(cafile=str(self.ca))
        return http.client.HTTPSConnection("127.0.0.1", self.port, timeout=60, context=context)


def cpu_of(pid: int) -> float:
    """CPU seconds that a process has used: Linux' clock of another process."""
    return time.clock_gettime((~pid << 3) | 2)


def send(connection: http.client.HTTPConnection, target: Target, call: Call, number: int = 0) -> Any:
    """Send one request and read its answer; anything but success is an error."""
    path, body = (text.replace("{n}", str(number)) for text in (call.path, call.body))
    connection.request(call.method, path, body or None, {"Content-Type": "application/json", **target.headers})
    answer = connection.getresponse()
    content = answer.read()
    if answer.status >= 300:
        raise RuntimeError(f"{call.method} {path}: {answer.status} {content[:300]!r}")
    return json.loads(content) if content[:1] == b"{" else content


def ask(target: Target, call: Call) -> Any:
    """One request on a connection of its own."""
    return send(target.connect(), target, call)


class Load:
    """Sends the same call many times from some clients and tells the server's CPU microseconds for each."""

    def __init__(self, pid: int, target: Target, call: Call, clients: int = 16) -> None:
        self.clients = clients
        self._pid, self.target, self._call = pid, target, call
        self._sent = 0

    def cost(self, requests: int) -> float:
        each, first = max(1, requests // self.clients), self._sent
        self._sent += each * self.clients
        connections = [self.target.connect() for _ in range(self.clients)]
        for connection in connections:
            connection.connect()
        before = cpu_of(self._pid)

        def client(index: int) -> None:
            for number in range(each):
                send(connections[index], self.target, self._call, first + index * each + number)

        with ThreadPoolExecutor(self.clients) as pool:
            list(pool.map(client, range(self.clients)))
        spent = cpu_of(self._pid) - before
        for connection in connections:
            connection.close()
        return 1e6 * spent / (each * self.clients)


def free_port() -> int:
    """A port that is free."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


class Started(NamedTuple):
    """A server that answers, with the milliseconds it took: CPU of its process, and wall."""

    pid: int
    cpu: float
    wall: float


@contextmanager
def started(command: list[str], health: Callable[[], Target], path: str, **environ: str) -> Iterator[Started]:
    """Run a server from its start to its first 200, then to the end of the block."""
    begin = time.perf_counter()
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    process = subprocess.Popen(command, env={**environment, **environ}, start_new_session=True, **quiet)  # type: ignore[call-overload]
    try:
        while True:
            with suppress(OSError, RuntimeError, http.client.HTTPException):
                ask(health(), Call("GET", path))
                break
            if process.poll() is not None or time.perf_counter() - begin > _PATIENCE:
                raise RuntimeError(f"{' '.join(command)} did not answer")
            time.sleep(_LOOK)
        yield Started(process.pid, 1000 * cpu_of(process.pid), 1000 * (time.perf_counter() - begin))
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        process.wait()


@contextmanager
def amlet(home: Path, state: Path) -> Iterator[tuple[Started, Target, int]]:
    """An emulator on free ports; over TLS as soon as its CA is there."""
    https, plain = free_port(), free_port()
    command = [sys.executable, "-P", str(ROOT / "amlet/_guard.py"), "emulator", "start", "--state-dir", str(state)]
    command += ["--port", str(https), "--http-port", str(plain)]
    ca = home / "ca" / "ca.pem"
    with started(command, lambda: Target(https, ca), "/_amlet/health", AMLET_HOME=str(home)) as server:
        yield server, Target(https, ca), plain


@contextmanager
def moto(venv: Path) -> Iterator[tuple[Started, Target]]:
    """A moto server with a bucket that holds one object of 2 KB."""
    target = Target(free_port(), headers={"Authorization": _ANYONE})
    command = [str(venv / "bin" / "moto_server"), "-H", "127.0.0.1", "-p", str(target.port)]
    with started(command, lambda: target, "/moto-api/") as server:
        ask(target, Call("PUT", "/bench"))
        ask(target, Call("PUT", "/bench/one", "x" * 2048))
        yield server, target


@contextmanager
def mlflow(venv: Path, folder: Path) -> Iterator[tuple[Started, Target, str]]:
    """An MLflow server on SQLite with one process and one run; gunicorn's or uvicorn's master starts one worker."""
    target = Target(free_port())
    store = f"sqlite:///{folder / 'mlflow.db'}"
    command = [str(venv / "bin" / "python"), "-m", "uvicorn", "mlflow.server.fastapi_app:app"]
    command += ["--host", "127.0.0.1", "--port", str(target.port), "--no-access-log"]
    environment = {
        "_MLFLOW_SERVER_FILE_STORE": store,
        "_MLFLOW_SERVER_ARTIFACT_ROOT": str(folder),
        "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",
    }
    with started(command, lambda: target, "/health", **environment) as server:
        body = json.dumps({"experiment_id": "0"})
        made = ask(target, Call("POST", "/api/2.0/mlflow/runs/create", body))
        yield server, target, made["run"]["info"]["run_id"]


@contextmanager
def floor(folder: Path) -> Iterator[tuple[Started, Target]]:
    """Starlette and one SQLite transaction; see `floor_server.py`."""
    target = Target(free_port())
    command = [sys.executable, "-P", str(ROOT / "bench/floor_server.py"), str(target.port), str(folder)]
    with started(command, lambda: target, "/health") as server:
        yield server, target


@contextmanager
def azurite(venv: Path, folder: Path) -> Iterator[tuple[Started, Target]]:
    """Azurite's blobs with a container that anybody may read, kept on disk."""
    target = Target(free_port(), headers={"x-ms-blob-type": "BlockBlob", "x-ms-version": "2021-12-02"})
    command = ["node", str(venv / "node_modules/azurite/dist/src/blob/main.js"), "--silent", "--skipApiVersionCheck"]
    command += ["--blobHost", "127.0.0.1", "--blobPort", str(target.port), "--location", str(folder / "azurite")]
    with started(command, lambda: target, f"/{_ACCOUNT}?comp=list&{_sas()}") as server:
        ask(target, Call("PUT", f"/{_ACCOUNT}/bench?restype=container&{_sas()}"))
        ask(target, Call("PUT", f"/{_ACCOUNT}/bench/one?{_sas()}", "x" * 2048))
        yield server, target


def _sas() -> str:
    """A shared access signature for all of the account that Azurite has from the start, whose key is in its manual."""
    key = base64.b64decode("Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==")
    signed = [_ACCOUNT, "rwdlac", "b", "sco", "", "2099-01-01T00:00:00Z", "", "", "2021-12-02", "", ""]
    signature = base64.b64encode(hmac.digest(key, "\n".join(signed).encode(), "sha256")).decode()
    return urlencode({"sv": signed[8], "ss": "b", "srt": "sco", "sp": signed[1], "se": signed[5], "sig": signature})


def ours(server: Started, secure: Target, plain: Target, home: Path) -> dict[str, Load]:
    """What an emulator is asked."""
    record = json.loads(next((home / "emulators").iterdir()).read_text())
    asked = plain._replace(headers={"X-IDENTITY-HEADER": record["identity_header"]})
    query = f"resource=https://management.azure.com&{API}"
    token = ask(asked, Call("GET", f"/msi/token?{query}"))["access_token"]
    headers = {"Authorization": f"Bearer {token}"}
    secure, plain = secure._replace(headers=headers), plain._replace(headers=headers)
    scale = {"minNodeCount": 0, "maxNodeCount": 0}
    compute = {"properties": {"computeType": "AmlCompute", "properties": {"vmSize": "any", "scaleSettings": scale}}}
    ask(secure, Call("PUT", f"{WORKSPACE}/computes/none?{API}", json.dumps({**compute, "location": "local"})))
    job = {"jobType": "Command", "command": "true", "computeId": f"{WORKSPACE}/computes/none"}
    job |= {"environmentId": "azureml:env:1", "description": "x" * 1500}
    put = Call("PUT", f"{WORKSPACE}/jobs/job-{{n}}?{API}", json.dumps({"properties": job}))
    for number in range(60):
        send(secure.connect(), secure, put._replace(path=put.path.replace("job-", "listed-")), number)
    mlflow_path = f"/mlflow/v1.0{WORKSPACE}/api/2.0/mlflow/runs"
    run = ask(plain, Call("POST", f"{mlflow_path}/create", json.dumps({"experiment_id": "0"})))["run"]["info"]["run_id"]
    return {
        "metadata": Load(server.pid, secure, Call("GET", "/metadata/endpoints?api-version=2019-05-01")),
        "get": Load(server.pid, secure, Call("GET", f"{WORKSPACE}/jobs/listed-0?{API}")),
        "list": Load(server.pid, secure, Call("GET", f"{WORKSPACE}/jobs?{API}")),
        "log-metric": Load(server.pid, plain, Call("POST", f"{mlflow_path}/log-metric", metric(run))),
        "log-batch": Load(server.pid, plain, Call("POST", f"{mlflow_path}/log-batch", batch(run))),
        "put": Load(server.pid, secure, put),
    }


def metric(run: str) -> str:
    """The body of one logged metric."""
    return f'{{"run_id":"{run}","key":"loss","value":0.5,"timestamp":1700000000000,"step":{{n}}}}'


def batch(run: str) -> str:
    """The body of a hundred."""
    points = [{"key": f"m{n}", "value": 0.5, "timestamp": 1700000000000, "step": n} for n in range(100)]
    return json.dumps({"run_id": run, "metrics": points})


def starts(options: argparse.Namespace, folder: Path, found: dict[str, list[float]]) -> None:
    """Starts of both sides in turns; the first of all of ours makes the CA."""
    for number in range(options.rounds + 1):
        with amlet(folder / "home", folder / f"state{number}") as (server, _, _):
            label = "start" if number else "very first start"
            found[f"amlet {label}"].append(server.cpu)
            found[f"amlet {label} wall"].append(server.wall)
        if options.moto_venv:
            with moto(options.moto_venv) as (server, _):
                if number:  # the first one writes byte code
                    found["moto start"].append(server.cpu)
                    found["moto start wall"].append(server.wall)


def requests(options: argparse.Namespace, folder: Path, found: dict[str, list[float]]) -> None:
    """All servers up, each asked in turns."""
    with ExitStack() as servers:
        server, secure, plain = servers.enter_context(amlet(folder / "home", folder / "state"))
        sides = {f"amlet {name}": load for name, load in ours(server, secure, Target(plain), folder / "home").items()}
        if options.moto_venv:
            peer, target = servers.enter_context(moto(options.moto_venv))
            sides["moto get"] = Load(peer.pid, target, Call("GET", "/bench/one"))
            sides["moto put"] = Load(peer.pid, target, Call("PUT", "/bench/{n}", "x" * 2048))
        peer, target = servers.enter_context(floor(folder))
        sides["floor put"] = Load(peer.pid, target, Call("PUT", "/documents/{n}", "x" * 2048))
        if options.azurite_venv:
            peer, target = servers.enter_context(azurite(options.azurite_venv, folder))
            sides["azurite get"] = Load(peer.pid, target, Call("GET", f"/{_ACCOUNT}/bench/one?{_sas()}"))
            sides["azurite put"] = Load(peer.pid, target, Call("PUT", f"/{_ACCOUNT}/bench/{{n}}?{_sas()}", "x" * 2048))
        if options.mlflow_venv:
            peer, target, run = servers.enter_context(mlflow(options.mlflow_venv, folder))
            path = "/api/2.0/mlflow/runs"  # four clients: from sixteen it runs out of database connections
            sides["mlflow log-metric"] = Load(peer.pid, target, Call("POST", f"{path}/log-metric", metric(run)), 4)
            sides["mlflow log-batch"] = Load(peer.pid, target, Call("POST", f"{path}/log-batch", batch(run)), 4)
        rounds(sides, options, found)


def rounds(sides: dict[str, Load], options: argparse.Namespace, found: dict[str, list[float]]) -> None:
    """Ask each in turns, after a round that only warms."""
    for load in sides.values():
        load.cost(64)
    for _ in range(options.rounds):
        for name, load in sides.items():
            slow = not name.startswith(("amlet", "floor"))
            found[name].append(load.cost(options.requests // 5 if slow else options.requests))


#: What is compared: the slow side, the fast one, and what their ratio must be and shall be. Where nothing was asked but
#: that it is not slower than it was, the first is a sixth lower, which is the noise of a busy machine.
ROWS = (
    ("moto start", "amlet start", 1.6, 1.9),
    ("moto start", "amlet very first start", 0.5, None),
    ("moto get", "amlet get", 12.5, 15),
    ("moto put", "amlet put", 4, 6),
    ("azurite get", "amlet get", None, 5),
    ("azurite put", "amlet put", None, 4),
    ("mlflow log-metric", "amlet log-metric", 23, 28),
    ("mlflow log-batch", "amlet log-batch", 11, 13),
)


def main() -> None:
    """Measure, and print medians and ratios."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--moto-venv", type=Path, help="virtual environment in which moto's server is installed")
    parser.add_argument("--mlflow-venv", type=Path, help="virtual environment in which mlflow is installed")
    parser.add_argument("--azurite-venv", type=Path, help="folder into which npm has installed azurite")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--requests", type=int, default=1500, help="requests of a round; a peer gets a fifth of them")
    add_option(parser)
    options = parser.parse_args()
    found: dict[str, list[float]] = defaultdict(list)
    with tempfile.TemporaryDirectory() as folder:
        starts(options, Path(folder), found)
        requests(options, Path(folder), found)
    median = {name: statistics.median(values) for name, values in found.items()}
    for name, value in median.items():
        print(f"{name:28} {value:10.1f} {'ms' if 'start' in name else 'us of CPU'}")
    for name, venv in (("moto", options.moto_venv), ("mlflow", options.mlflow_venv), ("azurite", options.azurite_venv)):
        if venv is None:
            print(f"{name}: left out, for want of --{name}-venv")
    rows = [
        Row(f"{fast}, CPU of the server", slow, median[slow] / median[fast], must, aim)
        for slow, fast, must, aim in ROWS
        if slow in median
    ]
    for row in rows:
        print(f"{row.peer} / {row.measure:44} {row.ratio:6.2f}x")
    above = median["amlet put"] / median["floor put"]
    print(f"amlet put / Starlette and one SQLite transaction {above:6.2f}x")
    rows.append(
        Row("amlet put, CPU of the server", "Starlette and one SQLite transaction (floor)", above, None, 2.2, less=True)
    )
    write(rows, options.json)


if __name__ == "__main__":
    main()
