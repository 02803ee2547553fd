"""The emulator's one client of a dask.distributed cluster: brings attempts to workers with capacity, in their order.

What Dask does not do well is not asked of it: a running task is never cancelled (that would only make the scheduler
forget it), no task is repeated by Dask, none is stolen by another worker, no result is fetched. Sources: its docs
`worker-state` and `resilience`; issues dask/distributed 2617, 3681, 4446.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from typing import Any

from emulator.executors.cluster_workers import (
    THREADS,
    Needs,
    Occupation,
    Worker,
    capacity,
    place,
    why_never,
    workers_of,
)
from emulator.executors.dask_scheduler import ADAPTIVE, SchedulerAddress, is_adaptive
from emulator.executors.remote_attempt import RemoteAttempt
from emulator.executors.supervisor_program import supervisor_program

_LOOK = 1.0  # seconds between looks at the workers while something waits or runs
_FRESH = 1.0  # seconds for which what was seen of the workers is good
_RESCALED = 60.0  # seconds between looks at whether something scales the workers
_CONNECT = 10.0  # seconds that one try to connect may take
_LAST_CALL = 5.0  # seconds that `close` waits for the client to end
_TRIES = 10  # how often an attempt is sent to a worker that goes before it has leased it

_log = logging.getLogger(__name__)

#: What an attempt's task is told, by its id; see `emulator.executors.supervisor.main`.
TaskOf = Callable[[RemoteAttempt], Mapping[str, Any]]


@dataclass(slots=True)
class _Sent:
    """An attempt that was sent to a worker.

    Parameters:
        attempt: which.
        worker: address of the worker.
        future: of its task; None where an earlier process of the emulator sent it.
    """

    attempt: RemoteAttempt
    worker: str
    future: Any = None


@dataclass(slots=True)
class _Waiting:
    attempt: RemoteAttempt
    tries: int = field(default=0)


class DaskCluster:
    """See `emulator.executors.remote_attempt.Launches`.

    Parameters:
        scheduler: how it is reached.
        task_of: makes what a task is told.
        prefix: begins the keys of the tasks; another emulator has another.
        changed: is told, by another thread, that workers have come or gone.
    """

    def __init__(
        self,
        scheduler: SchedulerAddress,
        task_of: TaskOf,
        prefix: str,
        changed: Callable[[], None] = lambda: None,
    ) -> None:
        self.address, self._scheduler = scheduler.address, scheduler
        self._task_of, self._prefix, self._changed = task_of, prefix, changed
        self._workers: list[Worker] = []
        self._seen = 0.0
        self._scaled_seen, self._is_scaled = -_RESCALED, False
        self._waiting: dict[str, _Waiting] = {}
        self._sent: dict[str, _Sent] = {}
        self._launches = 0
        self._tasks: set[asyncio.Task[None]] = set()
        self._equipped: set[str] = set()  # workers that have unpacked the supervisor
        self._client: Any = None
        self._trouble = ""
        self._closing = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._wake = asyncio.Event()
        self._wake.set()  # the workers are looked at before anything is to be sent
        self._thread = threading.Thread(target=self._run, name="dask", daemon=True)
        self._thread.start()

    def capacity(self, needs: Needs) -> int:
        """How many attempts the workers can run at a time; at least 1, so that one can say what it waits for.

        Parameters:
            needs: what each takes.
        """
        return max(1, capacity(self._workers, needs))

    def add(self, attempt: RemoteAttempt) -> None:
        """See `Launches`."""
        self._soon(lambda: self._add(attempt))

    def occupy(self, attempt: RemoteAttempt, worker: str) -> None:
        """See `Launches`."""
        self._soon(lambda: self._occupy(attempt, worker))

    def remove(self, attempt: str) -> None:
        """See `Launches`."""
        self._soon(lambda: self._remove(attempt))

    def close(self) -> None:
        """Let go of the cluster; tasks that run go on."""
        self._closing.set()
        self._soon(self._wake.set)
        self._thread.join(_LAST_CALL)

    def _soon(self, do: Callable[[], object]) -> None:
        with contextlib.suppress(RuntimeError):  # closed
            self._loop.call_soon_threadsafe(do)

    def _add(self, attempt: RemoteAttempt) -> None:
        self._waiting.setdefault(attempt.id, _Waiting(attempt))
        self._wake.set()

    def _occupy(self, attempt: RemoteAttempt, worker: str) -> None:
        if attempt.id not in self._sent:
            self._sent[attempt.id] = _Sent(attempt, worker)
            self._wake.set()
        self._equipped.add(worker)

    def _remove(self, attempt: str) -> None:
        self._waiting.pop(attempt, None)
        sent = self._sent.get(attempt)
        if sent and (sent.future is None or sent.future.done()):
            del self._sent[attempt]  # else it takes up its worker until its task is over
            self._wake.set()

    def _run(self) -> None:
        try:
            self._loop.run_until_complete(self._serve())
        except Exception:  # noqa: BLE001 - the emulator goes on; what waits for the cluster is told so by its log
            _log.exception("the client of the Dask cluster failed")
        finally:
            self._loop.close()

    async def _serve(self) -> None:
        while not self._closing.is_set():
            busy = bool(self._waiting or self._sent)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), _LOOK if busy else None)
            self._wake.clear()
            if self._closing.is_set():
                break
            try:
                await self._look()
                self._say("")
                self._check_sent()
                self._dispatch()
            except Exception as error:  # noqa: BLE001 - whatever Dask raises: what waits is told, and it is tried again
                await self._disconnect()
                self._say(f"the Dask cluster at {self.address} cannot be used: {error or type(error).__name__}")
                self._check_sent()
        await self._disconnect()

    async def _look(self) -> None:
        """See which workers there are, unless that is known."""
        now = self._loop.time()
        if self._client is not None and self._client.status != "running":
            await self._disconnect()
        if self._client is None:
            self._client = await self._connect()
        elif now - self._seen < _FRESH:
            return
        # Not `scheduler_info()`, which stops at five workers or shows none, depending on the version.
        identity = await asyncio.wait_for(self._client.scheduler.identity(n_workers=-1), _CONNECT)
        before, self._workers, self._seen = self._workers, workers_of(identity), now
        if before != self._workers:
            self._equipped &= {worker.address for worker in self._workers}
            self._changed()
        if now - self._scaled_seen > _RESCALED:
            self._scaled_seen = now
            await self._look_for_scaling()

    async def _connect(self) -> Any:
        import dask
        import distributed

        if trouble := self._scheduler.trouble:
            raise OSError(trouble)
        made: Any = distributed.Client
        # Dask keeps the last thousand messages of a connection, each with a whole supervisor.
        dask.config.set({"distributed.admin.low-level-log-length": 0})
        options = {"asynchronous": True, "timeout": _CONNECT, "set_as_default": False, "name": "amlet"}
        return await asyncio.wait_for(made(**self._scheduler.options, **options), _CONNECT)

    async def _look_for_scaling(self) -> None:
        before, self._is_scaled = self._is_scaled, await asyncio.wait_for(is_adaptive(self._client), _CONNECT)
        if self._is_scaled and not before:
            _log.warning("%s", ADAPTIVE.format(address=self.address))

    async def _disconnect(self) -> None:
        client, self._client, self._workers = self._client, None, []
        if client is not None:
            with contextlib.suppress(OSError, TimeoutError, RuntimeError):
                await asyncio.wait_for(client.close(timeout=1), 2)

    def _say(self, trouble: str) -> None:
        if trouble and trouble != self._trouble:
            _log.warning("%s", trouble)
        self._trouble = trouble
        if trouble:
            for waiting in self._waiting.values():
                waiting.attempt.waits(trouble)

    def _check_sent(self) -> None:
        """Hear of tasks that are over; send what was lost before a worker had leased it again."""
        present = {worker.address for worker in self._workers}
        for key, sent in list(self._sent.items()):
            status = sent.future.status if sent.future is not None else "pending"
            if status == "pending" and (self._client is None or sent.worker in present):
                continue
            del self._sent[key]
            if status == "pending" and sent.future is not None:
                self._drop(sent.future)
            if status in ("finished", "error"):
                error = sent.future._state.exception if status == "error" else None
                if type(error) is LookupError:
                    continue  # another task runs it
                if type(error) is FileNotFoundError and sent.worker in self._equipped:
                    self._equipped.discard(sent.worker)  # its folder was cleaned up: it gets the supervisor again
                    self._again(sent)
                    continue
                # Dask's word for a worker that went before the task was done: the attempt may be sent again. By name,
                # as a start does not import distributed.
                if type(error).__name__ != "KilledWorker":
                    sent.attempt.task_ended(None if error is None else str(error))
                    continue
            self._again(sent)

    def _drop(self, future: Any) -> None:
        """Have the scheduler forget a task whose worker is gone: nothing of it runs that would go on unseen."""

        async def cancel() -> None:
            with contextlib.suppress(OSError, TimeoutError, RuntimeError):
                await asyncio.wait_for(future.cancel(), _CONNECT)

        if self._client is not None:
            self._spawn(cancel())

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = self._loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _watch(self, future: Any) -> None:
        """As `future.add_done_callback`, without another thread."""
        await future._state.wait()
        self._wake.set()

    def _again(self, sent: _Sent) -> None:
        """Its worker, or the scheduler that knew of it, is gone."""
        if not sent.attempt.is_waiting:
            return  # its lease decides
        waiting = self._waiting.setdefault(sent.attempt.id, _Waiting(sent.attempt))
        waiting.tries += 1
        if waiting.tries >= _TRIES:
            del self._waiting[sent.attempt.id]
            sent.attempt.task_ended(f"{_TRIES} workers were gone before one of them had begun it")

    def _dispatch(self) -> None:
        if self._client is None:
            return
        for key, waiting in list(self._waiting.items()):
            needs = waiting.attempt.needs
            occupied = [Occupation(sent.worker, sent.attempt.needs) for sent in self._sent.values()]
            worker = place(self._workers, occupied, needs)
            if worker is None:
                if why := why_never(self._workers, needs):
                    waiting.attempt.waits(why)
                    continue  # others need not wait for what does not come
                return
            future = self._submit(waiting.attempt, worker)
            del self._waiting[key]
            self._sent[key] = _Sent(waiting.attempt, worker.address, future)

    def _submit(self, attempt: RemoteAttempt, worker: Worker) -> Any:
        import distributed

        program = supervisor_program()
        task = {
            **self._task_of(attempt),
            "worker": worker.address,
            "program": b"" if worker.address in self._equipped else program.archive,
            "digest": program.digest,
        }
        self._launches += 1
        # Never repeated, moved or taken for another task by Dask: only leases decide which attempt counts. So each try
        # has a key of its own, too; to a key that it knows Dask gives the earlier task's result.
        future = self._client.submit(
            exec,
            program.start,
            {"task": task, "__name__": "amlet_boot"},
            key=f"{self._prefix}-{attempt.id.replace('/', '-')}-{self._launches}",
            pure=False,
            retries=0,
            workers=[worker.address],
            allow_other_workers=False,
            resources={name: amount for name, amount in attempt.needs.items() if name != THREADS and amount},
        )
        keep: Any = distributed.fire_and_forget
        # Else the scheduler cancels the task when this client goes, and a restart of the emulator would end every
        # trial.
        keep(future)
        self._spawn(self._watch(future))
        return future
