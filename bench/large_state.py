"""What people look for in a large state, against the same in one of a hundredth: lists, filters, searches, the studio.

    python bench/large_state.py [--jobs 100000] [--points 100] [--rounds 7] [--plans]

Two states are written directly into SQLite: so many jobs that have ended, each with a tag, a parameter and a metric of
so many points; and a hundredth of them. Each is served by the whole application in this process, without a socket;
both are asked in turns, and the table shows medians of a request's CPU time and of the ratios of neighbouring rounds.
`--plans` tells which statements of the larger one SQLite answers by reading a whole table or by sorting.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from rows import Row, add_option, write

from contracts.lifecycle import JobStatus
from contracts.studio import workspace_url
from emulator.app import app_of
from emulator.config import EmulatorConfig, build
from emulator.place import Place
from emulator.storage import Database, events, experiments, jobs, labels, metrics
from tests.emulator.conftest import IdleJobRunner
from tests.emulator.studio import states

SHARE = 100  # how many times the larger state is the smaller one
_API = "api-version=2024-01-01-preview"
_MLFLOW = f"/mlflow/v1.0{states.WORKSPACE}/api/2.0/mlflow/runs/search"
_JOBS = f"{states.WORKSPACE}/jobs?{_API}"


_COMMAND = {"jobType": "Command", "command": "python train.py", "environmentId": "azureml:env:1"}


class Asked(NamedTuple):
    """A request: a path below the origin, or a search among runs."""

    path: str
    body: dict[str, Any] | None = None


def fill(conn: sqlite3.Connection, count: int, points: int) -> None:
    """So many jobs, copied within the store from one of each of ten kinds."""
    now, patterns = time.time() - 10_000_000, []
    for number in range(10):
        one = states.job(
            conn, f"pattern-{number}", now, type="Sweep" if number == 0 else "Command",
            experiment=f"experiment-{number % 2}",
            body=states._BODY if number == 0 else _COMMAND,
            tags={"batch": str(number)},
        )  # fmt: skip
        events.move(conn, one, JobStatus.RUNNING, now + 2)
        if number:
            events.move(conn, one, JobStatus.FINALIZING, now + 3)
        events.move(conn, one, JobStatus.COMPLETED if number else JobStatus.FAILED, now + 4)
        labels.insert(conn, one, "param", {"lr": str(number)})
        metrics.append(conn, one, [("loss", metrics.Point(number / 10, now, 0))])
        patterns.append(one)
    columns = [name for _, name, *_ in conn.execute("PRAGMA table_info(jobs)") if name != "id"]
    own = {"name": "'job-' || n", "display_name": "'job-' || n", "document": "NULL"}
    own |= {column: f"{column} + n * 1000000" for column in ("created", "modified", "started", "ended")}
    shown = ", ".join(own.get(column, column) for column in columns)
    least = patterns[0]
    conn.execute("CREATE TEMP TABLE numbers AS WITH RECURSIVE r (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r "
                 "WHERE n < ?) SELECT n FROM r", (max(count, points),))  # fmt: skip
    conn.execute("CREATE TEMP TABLE steps AS SELECT n FROM numbers WHERE n <= ?", (points,))
    limits = {"count": count - 10, "least": least, "points": points}
    source = "FROM numbers JOIN jobs p ON p.id = :least + n % 10 WHERE n <= :count"
    conn.execute(f"INSERT INTO jobs ({', '.join(columns)}) SELECT {shown} {source} ORDER BY n", limits)
    conn.execute(f"CREATE TEMP TABLE copies AS SELECT c.id AS job, n, p.id AS pattern {source.replace(' WHERE', ' ')}"
                 .replace("n <= :count", "JOIN jobs c ON c.workspace = p.workspace AND c.name = 'job-' || n "
                          "WHERE n <= :count"), limits)  # fmt: skip
    for table, columns_of in (("labels", "kind, key, value"), ("events", "status, at, cause, attempt")):
        chosen = f"SELECT copies.job, {columns_of} FROM copies JOIN {table} t ON t.job = copies.pattern"
        conn.execute(f"INSERT INTO {table} (job, {columns_of}) {chosen}")
    conn.execute(
        "INSERT INTO series (job, key, count, last, last_at, last_step, least, greatest, experiment) SELECT c.job, "
        "'loss', :points, (n * 7919 % 10007) / 10007.0, n, :points, 0, 1, j.experiment FROM copies c "
        "JOIN jobs j ON j.id = c.job", limits,
    )  # fmt: skip
    # An index is made from what is there several times as fast as row by row.
    (index,) = conn.execute("SELECT sql FROM sqlite_schema WHERE name = 'points_by_step'").fetchone()
    conn.execute("DROP INDEX points_by_step")
    conn.execute(
        "INSERT INTO points (series, n, value, at, step) SELECT s.id, steps.n, 0.5, steps.n, steps.n "
        "FROM copies JOIN series s ON s.job = copies.job CROSS JOIN steps", limits,
    )  # fmt: skip
    conn.execute(index)


class State:
    """One state and the application that serves it."""

    def __init__(self, folder: Path, count: int, points: int) -> None:
        folder.mkdir()
        Database.open(folder / "amlet.db").close()
        with closing(sqlite3.connect(folder / "amlet.db", isolation_level=None)) as conn:
            # Nobody reads it before it is whole, so that nothing is written twice.
            for pragma in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -200000"):
                conn.execute(f"PRAGMA {pragma}")
            conn.execute("BEGIN")
            fill(conn, count, points)
            conn.execute("COMMIT")
        emulator = build(EmulatorConfig(), Place(folder))
        self.emulator = replace(emulator, job_runner=IdleJobRunner())
        self._app = app_of(self.emulator)
        self._token = emulator.tokens.issue("https://management.azure.com", lifetime=10**6)

    async def ask(self, asked: Asked) -> bytes:
        """The body of an answer, which has to be a good one."""
        path, _, query = asked.path.partition("?")
        headers = [(b"host", b"127.0.0.1:8443"), (b"authorization", f"Bearer {self._token}".encode())]
        scope = {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "scheme": "https", "path": path,
            "raw_path": path.encode(), "query_string": query.encode(), "headers": headers, "root_path": "",
            "method": "GET" if asked.body is None else "POST", "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 8443), "state": {},
        }  # fmt: skip
        sent: list[dict[str, Any]] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": b"" if asked.body is None else json.dumps(asked.body).encode()}

        async def send(message: Any) -> None:
            sent.append(message)

        await self._app(scope, receive, send)
        content = b"".join(message.get("body", b"") for message in sent[1:])
        if sent[0]["status"] != 200:
            raise RuntimeError(f"{asked}: {sent[0]['status']} {sent[0]['headers']} {content[:300]!r}")
        return content

    def cost(self, loop: asyncio.AbstractEventLoop, asked: Asked) -> float:
        """CPU seconds of a request."""
        begin = time.process_time()
        loop.run_until_complete(self.ask(asked))
        return time.process_time() - begin

    def questions(self) -> dict[str, Asked]:
        """What is asked, by name."""
        conn, key = self.emulator.store.reader(), self.emulator.secrets.page_key
        guid = jobs.workspaces.guid_of(states.WORKSPACE)
        ids = [one.id for one in experiments.in_workspace(conn, guid)]

        def search(text: str = "", *order: str) -> Asked:
            return Asked(_MLFLOW, {"experiment_ids": ids[:1], "filter": text, "order_by": order, "max_results": 50})

        home = "/" + workspace_url("", states.WORKSPACE) + f"&key={key}"
        return {
            "list of jobs, first page": Asked(_JOBS),
            "list of jobs by type": Asked(f"{_JOBS}&jobType=Sweep"),
            "list of jobs by tag": Asked(f"{_JOBS}&tag=batch"),
            "runs/search, newest first": search(),
            "runs/search by status": search("attributes.status = 'FINISHED'"),
            "runs/search by a metric": search("metrics.loss < 0.3"),
            "runs/search by a parameter": search("params.lr = '4'"),
            "runs/search, best metric first": search("", "metrics.loss ASC"),
            "studio, home": Asked(home),
            "studio, home by status": Asked(f"{home}&status=Failed"),
            "studio, home by part of a name": Asked(f"{home}&q=job-1"),
            "studio, home by experiment": Asked(f"{home}&experiment=experiment-1"),
        }


@contextmanager
def both(options: argparse.Namespace) -> Iterator[tuple[State, State]]:
    """The larger and the smaller state."""
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        large = State(Path(folder) / "large", options.jobs, options.points)
        small = State(Path(folder) / "small", options.jobs // SHARE, options.points)
        yield large, small
        for state in (large, small):
            state.emulator.store.close()


def plans(state: State, loop: asyncio.AbstractEventLoop) -> None:
    """Print the statements that read or sort whole tables."""
    conn = state.emulator.store.reader()
    for name, asked in state.questions().items():
        found: list[str] = []
        conn.set_trace_callback(found.append)
        loop.run_until_complete(state.ask(asked))
        conn.set_trace_callback(None)
        for sql in dict.fromkeys(found):
            steps = [text for *_, text in conn.execute(f"EXPLAIN QUERY PLAN {sql}")] if sql.startswith("SELECT") else []
            if any(step.startswith(("SCAN j", "USE TEMP")) for step in steps):
                print(f"{name}\n  {sql}", *steps, sep="\n    ")


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--jobs", type=int, default=100_000)
    parser.add_argument("--points", type=int, default=100, help="of each job's metric")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--folder", help="where the states are written; by default the temporary folder")
    parser.add_argument("--plans", action="store_true", help="also show what reads or sorts whole tables")
    add_option(parser)
    options = parser.parse_args()
    rows, loop = [], asyncio.new_event_loop()
    print(f"{'CPU of a request, ms':34} {options.jobs // SHARE:>10,} {options.jobs:>10,}   jobs")
    with both(options) as (large, small):
        of_large = large.questions()
        for name, of_small in small.questions().items():
            for _ in range(3):  # imports, kept documents, pages of the file
                large.cost(loop, of_large[name])
                small.cost(loop, of_small)
            pairs = [(large.cost(loop, of_large[name]), small.cost(loop, of_small)) for _ in range(options.rounds)]
            ratio = statistics.median(one / other for one, other in pairs)
            one, other = (1000 * statistics.median(costs) for costs in zip(*pairs, strict=True))
            print(f"{name:34} {other:10.2f} {one:10.2f} {ratio:6.2f}x", flush=True)
            rows.append(Row(f"{name}, {options.jobs:,} jobs", "1 % of them", ratio, 2, 1.3, less=True))
        if options.plans:
            plans(large, loop)
    loop.close()
    write(rows, options.json)


if __name__ == "__main__":
    main()
