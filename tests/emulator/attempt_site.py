"""An emulator with one running job, whose first attempt is offered to workers, and the calls that a worker sends."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx

from contracts.lifecycle import JobStatus
from contracts.resource_id import WorkspaceId
from emulator.app import app_of
from emulator.clock import Clock, VirtualClock
from emulator.executors.base import Exit
from emulator.executors.leases import Leases
from emulator.executors.offers import Offer, OfferedFile, OfferedOutput
from emulator.runner.transitions import requeue
from emulator.services.context import Emulator
from emulator.storage import attempts, events, jobs
from emulator.storage.attempts import AttemptRow, attempt_id
from emulator.storage.jobs import JobId, NewJob

WORKSPACE = WorkspaceId("sub", "group", "space")
CODE = b"print('one')\n"
HELD = {"worker": "tcp://10.0.0.7:1", "host": "node7", "pid": 41, "python": "3.11.4"}


class Told:
    """A listener that remembers."""

    def __init__(self) -> None:
        self.events: list[Any] = []

    def leased(self, worker: str, host: str) -> None:
        self.events.append(("leased", worker, host))

    def ended(self, ending: Exit) -> None:
        self.events.append(ending)

    def lost(self, why: str) -> None:
        self.events.append(("lost", why))


class Site:
    """An emulator with one running command job, whose first attempt is offered."""

    def __init__(
        self, emulator: Emulator, folder: Path, ask: Callable[..., httpx.Response], clock: Clock | None = None
    ) -> None:
        self.clock = VirtualClock(1_000_000.0)
        self._folder, self._ask = folder, ask
        own = clock or self.clock
        leases = Leases(emulator.store, emulator.place, own, emulator.tokens, emulator.settings)
        self.emulator = replace(emulator, leases=leases, clock=own)
        self.app = app_of(self.emulator)
        self.job = self.run("train")
        self.artifacts = emulator.place.run_artifacts(WORKSPACE, "train")
        self.told = Told()
        self.token = self.offer(1)

    def run(self, name: str) -> JobId:
        """A stored job that runs."""

        def store(conn: sqlite3.Connection) -> JobId:
            body = {"jobType": "Command", "command": "true", "environmentId": "env:1"}
            new = NewJob(WORKSPACE, name, "Command", "exp", body, created=1.0, created_by="me")
            job = jobs.create(conn, new)
            for status in (JobStatus.STARTING, JobStatus.QUEUED, JobStatus.RUNNING):
                events.move(conn, job, status, 2.0)
            return job

        return self.emulator.store.write(store).result()

    def offer(self, number: int) -> str:
        """Offer an attempt; its token."""
        row = AttemptRow(self.job, number, "reach", "")
        self.emulator.store.write(lambda conn: attempts.keep(conn, row)).result()
        code = self._folder / "train.py"
        code.write_bytes(CODE)
        (self.artifacts / "user_logs").mkdir(parents=True, exist_ok=True)
        offer = Offer(
            command=["python", "train.py"],
            environment={"A": "{{folder}}"},
            folder="train-1",
            log=self.artifacts / "user_logs" / "std_log.txt",
            files=[OfferedFile("train.py", code, hashlib.sha256(CODE).hexdigest(), len(CODE), 0o644)],
            outputs=[OfferedOutput("outputs", "default", self._folder / "collected")],
            resources={"cpu": 1},
        )
        return self.emulator.leases.offer(attempt_id(self.job, number), "train", offer, self.told)

    def supersede(self) -> None:
        """The run goes on to its second attempt."""
        self.emulator.store.write(lambda conn: requeue(conn, self.job, 3.0, "its node was preempted", 2)).result()

    def send(self, method: str, path: str, *, number: int = 1, token: str | None = None, **options: Any) -> Any:
        headers = {"Authorization": f"Bearer {self.token if token is None else token}"}
        url = f"/_amlet/attempts/{self.job}-{number}/{path}"
        return self._ask(self.app, method, url, headers=headers, **options)

    def lease(self, **changed: Any) -> Any:
        return self.send("POST", "lease", json=HELD | changed)

    def log(self, offset: int, data: bytes, name: str = "user_logs/std_log.txt") -> Any:
        return self.send("PUT", f"logs/{name}?offset={offset}", content=data)

    def output(self, path: str, data: bytes, *, offset: int = 0, size: int | None = None, of: bytes = b"") -> Any:
        digest = hashlib.sha256(of or data).hexdigest()
        total = len(of or data) if size is None else size
        return self.send("PUT", f"outputs/{path}?offset={offset}&size={total}&sha256={digest}", content=data)

    def end(self, **report: Any) -> Any:
        body = {"exit_code": 0, "signal": None, "reason": "exited", "message": ""} | report
        return self.send("POST", "end", json=body)

    @property
    def row(self) -> AttemptRow:
        found = attempts.find(self.emulator.store.reader(), self.job, 1)
        assert found is not None
        return found

    @property
    def collected(self) -> Path:
        return self._folder / "collected"


def code_of(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


def every_call(site: Site) -> list[httpx.Response]:
    return [
        site.lease(),
        site.send("POST", "heartbeat", json={"log_offset": 0, "children": 1}),
        site.send("GET", f"files/{hashlib.sha256(CODE).hexdigest()}"),
        site.log(0, b"late\n"),
        site.output("outputs/model", b"late"),
        site.end(exit_code=1),
    ]
