"""Runs as MLflow knows them: every job is one, and one that was begun outside a job is a job of its own."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from typing import Any

from contracts.dataplane.mlflow import INVALID_PARAMETER_VALUE, RESOURCE_DOES_NOT_EXIST, job_status
from contracts.job_types import COMMAND
from contracts.lifecycle import ENDED, JobStatus
from contracts.resource_id import WorkspaceId
from emulator.identity.tokens import Caller
from emulator.services.context import Emulator
from emulator.services.fencing import check_attempt
from emulator.services.refusal import Refusal
from emulator.services.runs.bounds import check_experiments
from emulator.services.runs.experiments import experiment_of, resolved_id
from emulator.services.runs.filter import conditions_of, orders_of
from emulator.services.runs.run_data import MOST_PARAMS_OF_A_RUN, Batch, check_size, check_values, tag_of
from emulator.services.runs.view import RunView, metric
from emulator.storage import events, jobs, labels, metrics, runs
from emulator.storage.jobs import Job, JobId, NewJob
from emulator.storage.workspaces import guid_of

#: Property of a run that a trial's own code began: the trial. Its token is good for that run too.
CREATED_IN = "amlet.createdIn"

#: Tag by which MLflow's clients say below which run another one is.
PARENT_RUN = "mlflow.parentRunId"

_RUN_NAME = "mlflow.runName"
_DESCRIPTION = "mlflow.note.content"
_MOST_RESULTS = 50_000
_FEW = 128  # points, whose write takes about a millisecond
_VIEWS = {"ACTIVE_ONLY": False, "DELETED_ONLY": True, "ALL": None}


class RunService:
    """What can be done with runs. Source: MLflow's REST API, by the names of its calls.

    Parameters:
        emulator: keeps them.
    """

    def __init__(self, emulator: Emulator) -> None:
        self._emulator = emulator
        self._store = emulator.store

    async def create(
        self, workspace: WorkspaceId, caller: Caller | None, body: Mapping[str, Any], view: RunView
    ) -> dict[str, Any]:
        """runs/create: a run whose client says itself when it ends."""
        now = self._emulator.clock.now()
        tags = dict(tag_of(item) for item in body.get("tags") or [])
        name = str(self._emulator.ids.uuid("run"))
        shown, user, description = (tags.pop(key, None) for key in (_RUN_NAME, "mlflow.user", _DESCRIPTION))
        begun = _seconds(body, "start_time", now)
        in_run = caller.run if caller else None

        def begin(conn: sqlite3.Connection) -> Job:
            experiment = experiment_of(conn, workspace, str(body.get("experiment_id") or "0"), now)
            new = NewJob(
                workspace=workspace,
                name=name,
                type=COMMAND.name,
                experiment=experiment.name,
                # Without a command it is a run that its client ends; see `Job.runs_here`.
                body={"jobType": COMMAND.name, "command": None},
                created=begun,
                created_by=str(body.get("user_id") or user or self._emulator.settings.user_name),
                display_name=body.get("run_name") or shown or name,
                description=description,
                parent=_parent(conn, workspace, tags),
                tags=tags,
                properties={CREATED_IN: in_run} if in_run else {},
            )
            job = jobs.create(conn, new)
            events.move(conn, job, JobStatus.RUNNING, begun)
            return jobs.get(conn, job)

        job = await self._store.write_async(begin, is_small=True)
        return view.run(self._store.reader(), job)

    def get(self, workspace: WorkspaceId, run: str, view: RunView) -> dict[str, Any]:
        """runs/get.

        Raises:
            Refusal: RESOURCE_DOES_NOT_EXIST.
        """
        conn = self._store.reader()
        return view.run(conn, self.find(conn, workspace, run))

    async def update(
        self, workspace: WorkspaceId, caller: Caller | None, run: str, body: Mapping[str, Any], view: RunView
    ) -> dict[str, Any]:
        """runs/update: name and status. The status of a job that the emulator runs is what its process makes it."""
        at = _seconds(body, "end_time", self._emulator.clock.now())
        try:
            status = job_status(body["status"]) if body.get("status") else None
        except ValueError as problem:
            raise Refusal(400, INVALID_PARAMETER_VALUE, f"{problem}.") from None

        def change(conn: sqlite3.Connection) -> Job:
            job = self._writable(conn, workspace, caller, run)
            if body.get("run_name"):
                jobs.update(conn, job.id, at, display_name=str(body["run_name"]))
            if status is not None and not job.runs_here:
                _end_by_client(conn, job, status, at)
            return jobs.get(conn, job.id)

        return view.info(await self._store.write_async(change, is_small=True))

    async def log(self, workspace: WorkspaceId, caller: Caller | None, run: str, batch: Batch) -> None:
        """log-batch and its siblings: stored when this returns, all or nothing.

        Source: MLflow's REST API; recorded for the service's own limits ("What the tracking service refuses" of
        docs/fidelity.md).
        """
        now, is_limited = self._emulator.clock.now(), self._emulator.settings.tracking_limits == "azure"
        if is_limited:
            check_values(batch.metrics)

        merges = not batch.has_ids and self._emulator.settings.equal_metric_rows == "merge"

        def write(conn: sqlite3.Connection) -> tuple[JobId, Sequence[tuple[str, metrics.Point]]]:
            job = self._writable_id(conn, workspace, caller, run)
            if batch.params:
                _add_params(conn, job, run, batch.params, MOST_PARAMS_OF_A_RUN if is_limited else None)
            if batch.tags:
                _set_tags(conn, job, batch.tags, now)
            if batch.datasets:
                labels.insert(conn, job, "dataset", batch.datasets)
            new = metrics.unseen(conn, job, batch.metrics) if merges else batch.metrics
            if new:
                metrics.append(conn, job, new)
            return job, new

        job, new = await self._store.write_async(write, is_small=len(batch.metrics) <= _FEW)
        if new:
            # After the commit: a policy must not decide by a value that a crash would lose.
            self._emulator.job_runner.metrics_logged(job, [(key, point.value) for key, point in new])

    async def delete_tag(self, workspace: WorkspaceId, caller: Caller | None, run: str, key: str) -> None:
        """runs/delete-tag.

        Raises:
            Refusal: RESOURCE_DOES_NOT_EXIST: no such run, or no such tag.
        """

        def remove(conn: sqlite3.Connection) -> None:
            job = self._writable_id(conn, workspace, caller, run)
            if key not in labels.of(conn, job, "tag"):
                raise Refusal(404, RESOURCE_DOES_NOT_EXIST, f"No tag with name: {key} in run with id {run}")
            labels.remove(conn, job, "tag", [key])

        await self._store.write_async(remove)

    async def archive(self, workspace: WorkspaceId, caller: Caller | None, run: str, archived: bool) -> None:
        """runs/delete and runs/restore: MLflow's deleted run is an archived job."""
        at = self._emulator.clock.now()

        def change(conn: sqlite3.Connection) -> None:
            jobs.update(conn, self._writable_id(conn, workspace, caller, run), at, archived=archived)

        await self._store.write_async(change)

    def history(
        self, workspace: WorkspaceId, run: str, key: str, *, limit: int | None, after: int
    ) -> tuple[list[dict[str, Any]], int | None]:
        """metrics/get-history: a page of values, and the number to go on after while there are more."""
        conn = self._store.reader()
        size = min(limit or 25_000, 25_000)
        found = metrics.history(conn, self._id(conn, workspace, run), key, after=after, limit=size + 1)
        page = [metric(key, point) for _, point in found[:size]]
        return page, found[size - 1][0] if len(found) > size else None

    def search(
        self, workspace: WorkspaceId, body: Mapping[str, Any], view: RunView
    ) -> tuple[list[dict[str, Any]], int | None]:
        """runs/search: a page of runs, and the offset of the next one while there are more."""
        conn, guid = self._store.reader(), guid_of(workspace)
        limit = number_of(body, "max_results") or 1000
        if not 0 < limit <= _MOST_RESULTS:
            raise Refusal(400, INVALID_PARAMETER_VALUE, f"max_results={limit}: use 1 to {_MOST_RESULTS}.")
        offset = number_of(body, "page_token")
        check_experiments(body.get("experiment_ids") or [])
        wanted = runs.Search(
            guid,
            [resolved_id(conn, guid, str(one)) for one in body.get("experiment_ids") or []],
            _VIEWS.get(body.get("run_view_type") or "ACTIVE_ONLY", False),
            conditions_of(body.get("filter")),
            orders_of(body.get("order_by") or []),
        )
        # One more than the page holds: it tells whether there is another page.
        found = runs.search(conn, wanted, limit=limit + 1, offset=offset)
        page = [view.run(conn, jobs.get(conn, job)) for job in found[:limit]]
        return page, offset + limit if len(found) > limit else None

    def find(self, conn: sqlite3.Connection, workspace: WorkspaceId, run: str) -> Job:
        """The job of that name.

        Raises:
            Refusal: RESOURCE_DOES_NOT_EXIST.
        """
        job = jobs.find(conn, workspace, run)
        if job is None:
            raise _missing(run)
        return job

    def check_writable(self, workspace: WorkspaceId, caller: Caller | None, run: str) -> None:
        """Refuse a caller whose token is bound to another run, and a run that is not there."""
        self._writable_id(self._store.reader(), workspace, caller, run)

    def attempt_began(self, workspace: WorkspaceId, run: str) -> float:
        """When the last attempt began that started a run again, in seconds since the epoch; 0 for a run's first one.

        Raises:
            Refusal: RESOURCE_DOES_NOT_EXIST.
        """
        conn = self._store.reader()
        happened = events.history(conn, self._id(conn, workspace, run))
        again = [event.at for event in happened if event.attempt == happened[-1].attempt > 1]
        return again[0] if again else 0.0

    def check_token(self, conn: sqlite3.Connection, caller: Caller | None, job: JobId, run: str) -> None:
        """Refuse a trial's token for runs of other experiments, those that its code began and its parent excepted.

        A trial may log to the run of its sweep and to its siblings: documented only in that a job acts as its
        submitter. Nothing is taken any more from an attempt that does not count, whatever run it writes to.
        """
        if caller is None:
            return
        check_attempt(conn, caller)
        if caller.run in (None, run):
            return
        wanted = jobs.get(conn, job)
        own = jobs.find(conn, wanted.workspace, caller.run)
        near = own is not None and (own.experiment_id == wanted.experiment_id or own.parent == job)
        if not near and labels.of(conn, job, "property").get(CREATED_IN) != caller.run:
            raise Refusal(403, "PERMISSION_DENIED", f"The token of run {caller.run} cannot write to run {run}.")

    def _id(self, conn: sqlite3.Connection, workspace: WorkspaceId, run: str) -> JobId:
        job = jobs.id_of(conn, guid_of(workspace), run)
        if job is None:
            raise _missing(run)
        return job

    def _writable_id(self, conn: sqlite3.Connection, workspace: WorkspaceId, caller: Caller | None, run: str) -> JobId:
        job = self._id(conn, workspace, run)
        self.check_token(conn, caller, job, run)
        return job

    def _writable(self, conn: sqlite3.Connection, workspace: WorkspaceId, caller: Caller | None, run: str) -> Job:
        return jobs.get(conn, self._writable_id(conn, workspace, caller, run))


def number_of(body: Mapping[str, Any], name: str) -> int:
    """A count or page token in a body; 0 when it is not there.

    Raises:
        Refusal: INVALID_PARAMETER_VALUE: it is not a whole number.
    """
    text = str(body.get(name) or 0)
    if not text.isdecimal() or len(text) > 18:
        raise Refusal(400, INVALID_PARAMETER_VALUE, f"Invalid value {text!r:.80} for parameter '{name}'.")
    return int(text)


def _seconds(body: Mapping[str, Any], name: str, otherwise: float) -> float:
    value = body.get(name)
    if value is None or value == "":
        return otherwise
    try:
        return int(value) / 1000
    except (TypeError, ValueError):
        raise Refusal(400, INVALID_PARAMETER_VALUE, f"{name}={value!r} is not a time in milliseconds.") from None


def _parent(conn: sqlite3.Connection, workspace: WorkspaceId, tags: Mapping[str, str]) -> JobId | None:
    """The run below which a client begins a nested one; None for a run of its own."""
    name = tags.get(PARENT_RUN)
    return jobs.id_of(conn, guid_of(workspace), name) if name else None


def _end_by_client(conn: sqlite3.Connection, job: Job, status: JobStatus, at: float) -> None:
    if job.status in ENDED or status is job.status:
        return
    # The lifecycle has no way from Running to Completed but this.
    if status is JobStatus.COMPLETED:
        events.move(conn, job.id, JobStatus.FINALIZING, at)
    if status in ENDED:
        events.move(conn, job.id, status, at, "by its client")


def _add_params(
    conn: sqlite3.Connection, job: JobId, run: str, params: Mapping[str, str], most: int | None = None
) -> None:
    known = labels.of(conn, job, "param")
    if most is not None:
        check_size("Parameters", len(known.keys() | params.keys()), most)
    for key, value in params.items():
        if known.get(key, value) != value:
            raise Refusal(
                400,
                INVALID_PARAMETER_VALUE,
                f"Changing param values is not allowed. Param with key='{key}' was already logged with "
                f"value='{known[key]}' for run ID='{run}'. Attempted logging new value '{value}'.",
            )
    labels.merge(conn, job, "param", params)


def _set_tags(conn: sqlite3.Connection, job: JobId, tags: Mapping[str, str], at: float) -> None:
    rest = dict(tags)
    name, description = rest.pop(_RUN_NAME, None), rest.pop(_DESCRIPTION, None)
    if name is not None or description is not None:
        jobs.update(conn, job, at, display_name=name, description=description)
    labels.merge(conn, job, "tag", rest)


def _missing(run: str) -> Refusal:
    return Refusal(404, RESOURCE_DOES_NOT_EXIST, f"Run with id={run} not found")
