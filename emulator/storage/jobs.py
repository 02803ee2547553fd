"""Jobs: sweeps, commands, pipelines; trials of sweeps and steps of pipelines are jobs with a parent."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NewType

import orjson

from contracts.lifecycle import JobStatus
from contracts.local_choices import SIMULATED, LocalChoices
from contracts.resource_id import WorkspaceId
from emulator.clock import optional_seconds, to_micros, to_seconds
from emulator.job_types import parts_of, registered
from emulator.storage import changes, events, experiments, labels, workspaces

#: A job's row id: ascending with creation and never given twice.
JobId = NewType("JobId", int)

_NO_CHOICES = LocalChoices()


@dataclass(frozen=True, slots=True)
class NewJob:
    """What it takes to store a job.

    Parameters:
        workspace, name: unique together.
        type: `Sweep`, `Command` or `Pipeline`.
        experiment: name of the experiment, made when it is new.
        body: `properties` of the ARM body as accepted.
        created: seconds since the epoch.
        created_by: display name of the caller.
        display_name, description, tags, properties, archived: those of the body, which may change later.
        parent, trial: for a trial: its sweep and its index there; for a step: its pipeline and its place there. A run
            that code began below another has no index.
        parameters: for a trial: the values that were sampled.
        choices: of the submitting command.
        seed: of the sampling, when the body has none.
        statuses: those it goes through as it is made; each becomes an event.
    """

    workspace: WorkspaceId
    name: str
    type: str
    experiment: str
    body: Mapping[str, Any]
    created: float
    created_by: str
    display_name: str | None = None
    description: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
    properties: Mapping[str, str] = field(default_factory=dict)
    archived: bool = False
    parent: JobId | None = None
    trial: int | None = None
    parameters: Mapping[str, Any] | None = None
    choices: LocalChoices = _NO_CHOICES
    seed: int | None = None
    statuses: Sequence[JobStatus] = (JobStatus.NOT_STARTED,)

    @property
    def status(self) -> JobStatus:
        """The one it has when it is stored."""
        return self.statuses[-1]


@dataclass(frozen=True, slots=True)
class Job:
    """A stored job: the fields of `NewJob`, and what became of it. Tags and properties: `labels.of`.

    Parameters:
        experiment_id, experiment: guid and name.
        started: when it first was Running.
        ended: when it was over.
        error: `{"code", "message", ...}` of a failed job.
        revision: counts what changed in its ARM document.
    """

    id: JobId
    workspace: WorkspaceId
    name: str
    parent: JobId | None
    trial: int | None
    type: str
    status: JobStatus
    experiment_id: str
    experiment: str
    display_name: str | None
    description: str | None
    body: Mapping[str, Any]
    parameters: Mapping[str, Any] | None
    archived: bool
    created: float
    created_by: str
    modified: float
    started: float | None
    ended: float | None
    choices: LocalChoices
    seed: int | None
    error: Mapping[str, Any] | None
    revision: int

    @property
    def runs_here(self) -> bool:
        """Whether the emulator runs it.

        False for a run that a client began through MLflow: it has no command, and its client says when it ends. False
        too for a job that was left to its client's machine: it stays NotStarted, which no other job does.
        """
        if self.parent is None and self.status is JobStatus.NOT_STARTED:
            return False
        return self.has_children or self.body.get("command") is not None

    @property
    def has_trials(self) -> bool:
        """Whether it runs nothing itself, but through trials."""
        return parts_of(self.type).has_trials

    @property
    def has_steps(self) -> bool:
        """Whether it runs nothing itself, but through steps."""
        return parts_of(self.type).has_steps

    @property
    def has_children(self) -> bool:
        """Whether it runs nothing itself, but through jobs of its own."""
        return parts_of(self.type).has_children

    @property
    def is_trial(self) -> bool:
        """Whether it is a trial of a sweep."""
        return self.trial is not None and self.parameters is not None

    @property
    def is_step(self) -> bool:
        """Whether it is a step of a pipeline; a child that has parameters is a trial."""
        return self.trial is not None and self.parameters is None


_SELECT = (
    "SELECT j.id, w.subscription, w.resource_group, w.name, j.name, j.parent, j.trial, j.type, j.status, "
    "j.experiment, e.name, j.display_name, j.description, j.body, j.parameters, j.archived, j.created, j.created_by, "
    "j.modified, j.started, j.ended, j.choices, j.seed, j.error, j.revision "
    "FROM jobs j JOIN workspaces w ON w.guid = j.workspace JOIN experiments e ON e.id = j.experiment "
)


def create(conn: sqlite3.Connection, new: NewJob) -> JobId:
    """Store a job with its first events.

    Raises:
        sqlite3.IntegrityError: the workspace has a job of that name.
        IllegalTransition: it cannot go through such statuses.
    """
    return created(conn, new).id


def created(conn: sqlite3.Connection, new: NewJob) -> Job:
    """As `create`; the job as it is stored, without reading it again."""
    guid = workspaces.guid_of(new.workspace)
    experiment = experiments.id_of(conn, guid, new.experiment)
    if experiment is None:
        workspaces.ensure(conn, new.workspace, new.created)
        experiment = experiments.ensure(conn, guid, new.experiment, new.created)
    at = to_micros(new.created)
    started = at if JobStatus.RUNNING in new.statuses else None
    row_id = conn.execute(
        "INSERT INTO jobs (workspace, name, parent, trial, type, status, experiment, display_name, description, body, "
        "parameters, archived, created, created_by, modified, started, choices, seed) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            guid, new.name, new.parent, new.trial, new.type, new.status, experiment,
            new.display_name, new.description, _text(new.body), _text(new.parameters), new.archived,
            at, new.created_by, at, started, _text(new.choices.given), new.seed,
        ),
    ).lastrowid  # fmt: skip
    job = JobId(row_id or 0)
    events.begin(conn, job, new.name, new.statuses, new.created)
    labels.insert(conn, job, "tag", new.tags)
    labels.insert(conn, job, "property", new.properties)
    if new.parent is not None:  # what is below a simulated job is simulated
        labels.inherit(conn, job, new.parent, "property", SIMULATED)
    return Job(
        id=job,
        workspace=new.workspace,
        name=new.name,
        parent=new.parent,
        trial=new.trial,
        type=new.type,
        status=new.status,
        experiment_id=experiment,
        experiment=new.experiment,
        display_name=new.display_name,
        description=new.description,
        body=new.body,
        parameters=new.parameters,
        archived=new.archived,
        created=to_seconds(at),
        created_by=new.created_by,
        modified=to_seconds(at),
        started=optional_seconds(started),
        ended=None,
        choices=new.choices,
        seed=new.seed,
        error=None,
        revision=0,
    )


def get(conn: sqlite3.Connection, job: JobId) -> Job:
    """The job with that row id.

    Raises:
        LookupError: there is none (any more).
    """
    row = conn.execute(_SELECT + "WHERE j.id = ?", (job,)).fetchone()
    if row is None:
        raise LookupError(f"no job has the row id {job}")
    return _read(row)


def find(conn: sqlite3.Connection, workspace: WorkspaceId, name: str) -> Job | None:
    """The job of that name in a workspace."""
    key = (workspaces.guid_of(workspace), name)
    row = conn.execute(_SELECT + "WHERE j.workspace = ? AND j.name = ?", key).fetchone()
    return _read(row) if row else None


def name_of(conn: sqlite3.Connection, job: JobId) -> str:
    """The name of the job with that row id, which must exist."""
    (name,) = conn.execute("SELECT name FROM jobs WHERE id = ?", (job,)).fetchone()
    return str(name)


def root_of(conn: sqlite3.Connection, job: JobId) -> str:
    """The name of the job at the top, above a job or run; its own where nothing is above it."""
    sql = (
        "WITH RECURSIVE above (parent, name) AS (SELECT parent, name FROM jobs WHERE id = ? UNION ALL "
        "SELECT j.parent, j.name FROM jobs j JOIN above ON j.id = above.parent) "
        "SELECT name FROM above WHERE parent IS NULL"
    )
    (name,) = conn.execute(sql, (job,)).fetchone()
    return str(name)


def children(conn: sqlite3.Connection, parent: JobId) -> list[Job]:
    """The trials of a sweep, by index; the steps of a pipeline, as its body has them."""
    sql = _SELECT + "WHERE j.parent = ? AND j.trial IS NOT NULL ORDER BY j.trial"
    return [_read(row) for row in conn.execute(sql, (parent,))]


def nested(conn: sqlite3.Connection, parent: JobId) -> list[Job]:
    """The runs that code began below a run, through MLflow, oldest first."""
    sql = _SELECT + "WHERE j.parent = ? AND j.trial IS NULL ORDER BY j.id"
    return [_read(row) for row in conn.execute(sql, (parent,))]


def below(conn: sqlite3.Connection, parent: JobId) -> list[str]:
    """The names of all jobs and runs below a job, at any depth."""
    sql = (
        "WITH RECURSIVE below (id, name) AS (SELECT id, name FROM jobs WHERE parent = ? UNION ALL "
        "SELECT j.id, j.name FROM jobs j JOIN below ON j.parent = below.id) SELECT name FROM below"
    )
    return [name for (name,) in conn.execute(sql, (parent,))]


def recent(conn: sqlite3.Connection, workspace: WorkspaceId, limit: int = 200) -> list[Job]:
    """The latest jobs of a workspace that are not archived, newest first; trials left out."""
    sql = _SELECT + "WHERE j.workspace = ? AND j.parent IS NULL AND j.archived = 0 ORDER BY j.id DESC LIMIT ?"
    return [_read(row) for row in conn.execute(sql, (workspaces.guid_of(workspace), limit))]


def running_on(conn: sqlite3.Connection, workspace: WorkspaceId, compute: str) -> list[Job]:
    """The command jobs and trials that hold a node of a compute now, oldest first."""
    sql = _SELECT + (
        "WHERE j.workspace = ? AND j.type NOT IN (SELECT value FROM json_each(?)) "
        "AND j.status IN ('Running', 'Finalizing', 'NotResponding') "
        # What the index of open jobs says, in its words: else it is of no use here.
        "AND j.status NOT IN ('Completed', 'Failed', 'Canceled') ORDER BY j.id"
    )
    found = [_read(row) for row in conn.execute(sql, (workspaces.guid_of(workspace), _with_children()))]
    wanted = compute.lower()
    return [job for job in found if str(job.body.get("computeId") or "").rsplit("/", 1)[-1].lower() == wanted]


def unfinished(conn: sqlite3.Connection) -> list[JobId]:
    """All jobs that have not ended, oldest first: what a starting emulator continues.

    Left out are runs without a command, which a client began and will end itself.
    """
    rows = conn.execute(
        "SELECT id FROM jobs WHERE status NOT IN ('Completed', 'Failed', 'Canceled') "
        "AND (type IN (SELECT value FROM json_each(?)) OR json_extract(body, '$.command') IS NOT NULL) ORDER BY id",
        (_with_children(),),
    )
    return [JobId(row_id) for (row_id,) in rows]


def id_of(conn: sqlite3.Connection, workspace: str, name: str) -> JobId | None:
    """The row id of the job of that name; the cheapest question about a job.

    Parameters:
        workspace: guid of the workspace.
    """
    row = conn.execute("SELECT id FROM jobs WHERE workspace = ? AND name = ?", (workspace, name)).fetchone()
    return JobId(row[0]) if row else None


def has_ended(conn: sqlite3.Connection, workspace: str, name: str, *, before: float) -> bool:
    """Whether a job is over since some moment, or gone.

    Parameters:
        workspace: guid of the workspace.
        before: the moment, in seconds since the epoch.
    """
    row = conn.execute("SELECT ended FROM jobs WHERE workspace = ? AND name = ?", (workspace, name)).fetchone()
    return row is None or (row[0] is not None and row[0] <= to_micros(before))


def update(
    conn: sqlite3.Connection,
    job: JobId,
    at: float,
    *,
    display_name: str | None = None,
    description: str | None = None,
    archived: bool | None = None,
) -> None:
    """Change what may change on a job; None leaves it as it is."""
    conn.execute(
        "UPDATE jobs SET display_name = coalesce(?, display_name), description = coalesce(?, description), "
        "archived = coalesce(?, archived), modified = ? WHERE id = ?",
        (display_name, description, archived, to_micros(at), job),
    )
    changes.touch(conn, job)


def set_error(conn: sqlite3.Connection, job: JobId, error: Mapping[str, Any]) -> None:
    """Say why a job failed: `{"code": "UserError", "message": "...", ...}`."""
    conn.execute("UPDATE jobs SET error = ? WHERE id = ?", (_text(error), job))
    changes.touch(conn, job)


def delete(conn: sqlite3.Connection, job: JobId) -> None:
    """Remove a job with all below it, events and metrics included."""
    conn.execute("DELETE FROM jobs WHERE id = ?", (job,))


def _with_children() -> str:
    """The types of jobs that run nothing themselves, as a JSON list."""
    return orjson.dumps([kind.name for kind in registered() if parts_of(kind.name).has_children]).decode()


def _text(document: Mapping[str, Any] | None) -> str | None:
    return None if document is None else orjson.dumps(document).decode()


def _read(row: tuple[Any, ...]) -> Job:
    (
        row_id, subscription, group, workspace, name, parent, trial, type_, status,
        experiment_id, experiment, display_name, description, body, parameters, archived, created, created_by,
        modified, started, ended, choices, seed, error, revision,
    ) = row  # fmt: skip
    return Job(
        id=JobId(row_id),
        workspace=WorkspaceId(subscription, group, workspace),
        name=name,
        parent=parent,
        trial=trial,
        type=type_,
        status=JobStatus(status),
        experiment_id=experiment_id,
        experiment=experiment,
        display_name=display_name,
        description=description,
        body=orjson.loads(body),
        parameters=None if parameters is None else orjson.loads(parameters),
        archived=bool(archived),
        created=to_seconds(created),
        created_by=created_by,
        modified=to_seconds(modified),
        started=optional_seconds(started),
        ended=optional_seconds(ended),
        choices=LocalChoices(**orjson.loads(choices)) if choices != "{}" else _NO_CHOICES,
        seed=seed,
        error=None if error is None else orjson.loads(error),
        revision=revision,
    )
