"""The record of a job as one JSON document: exported from one emulator and imported into another."""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Iterator
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer

from contracts.lifecycle import JobStatus
from emulator.job_types import parts_of
from emulator.storage import decisions, events, jobs, labels, metrics
from emulator.storage.jobs import Job

#: JSON has no NaN.
Value = Annotated[
    float,
    BeforeValidator(lambda given: math.nan if given is None else given, json_schema_input_type=float | None),
    PlainSerializer(lambda value: None if math.isnan(value) else value),
]


#: Seconds since the epoch, up to the year 9999, which dates can show; numbers that SQLite can hold.
Moment = Annotated[float, Field(ge=0, le=253_402_300_799)]
#: A client may give a value any time that the store can hold, in microseconds.
Stamp = Annotated[float, Field(ge=-9e12, le=9e12)]
Whole = Annotated[int, Field(ge=-(2**63), lt=2**63)]


def _served(job_type: str) -> str:
    parts_of(job_type)
    return job_type


class Entry(BaseModel):
    """Part of a record."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Move(Entry):
    """A status that a job went into, and when (seconds since the epoch)."""

    status: JobStatus
    at: Moment
    cause: str = ""
    attempt: Whole = 1


class Logged(NamedTuple):
    """A value of a metric, when it was logged (seconds since the epoch), and its step."""

    value: Value
    at: Stamp
    step: Whole


class Decided(Entry):
    """A decision of a sweep, and when (seconds since the epoch)."""

    at: Moment
    kind: str
    document: dict[str, Any]


class JobRecord(Entry):
    """A job, or a trial of one.

    Parameters:
        body: `properties` of its ARM body.
        created: seconds since the epoch.
        trial, parameters: for a trial: its index and values; a step has a place, and no parameters.
        error: why it failed.
        moves: all statuses it had, in order.
        metrics: by name, in the order in which they were logged.
        trials: of a sweep; of a pipeline, its steps.
    """

    name: Annotated[str, Field(min_length=1, max_length=255)]
    type: Annotated[str, AfterValidator(_served)]
    experiment: str
    body: dict[str, Any]
    created: Moment
    created_by: str
    display_name: str | None = None
    description: str | None = None
    archived: bool = False
    tags: dict[str, str] = {}
    properties: dict[str, str] = {}
    trial: Annotated[int, Field(ge=0, lt=2**63)] | None = None
    parameters: dict[str, Any] | None = None
    seed: Whole | None = None
    error: dict[str, Any] | None = None
    moves: Annotated[list[Move], Field(min_length=1)]
    metrics: dict[str, list[Logged]] = {}
    decisions: list[Decided] = []
    trials: list[JobRecord] = []


class JobDocument(Entry):
    """What is written to a file.

    Parameters:
        format: of this document.
        job: the record.
    """

    format: Literal[1] = 1
    job: JobRecord


def document_of(conn: sqlite3.Connection, job: Job) -> dict[str, Any]:
    """All of a job as JSON; its files are not in it."""
    return JobDocument(job=_record(conn, job)).model_dump(mode="json", exclude_defaults=True) | {"format": 1}


def _record(conn: sqlite3.Connection, job: Job) -> JobRecord:
    return JobRecord(
        name=job.name,
        type=job.type,
        experiment=job.experiment,
        body=dict(job.body),
        created=job.created,
        created_by=job.created_by,
        display_name=job.display_name,
        description=job.description,
        archived=job.archived,
        tags=labels.of(conn, job.id, "tag"),
        properties=labels.of(conn, job.id, "property"),
        trial=job.trial,
        parameters=None if job.parameters is None else dict(job.parameters),
        seed=job.seed,
        error=None if job.error is None else dict(job.error),
        moves=[
            Move(status=event.status, at=event.at, cause=event.cause, attempt=event.attempt)
            for event in events.history(conn, job.id)
        ],
        metrics=dict(_metrics(conn, job)),
        decisions=[
            Decided(at=one.at, kind=one.kind, document=dict(one.document)) for one in decisions.history(conn, job.id)
        ],
        trials=[_record(conn, child) for child in jobs.children(conn, job.id)],
    )


def _metrics(conn: sqlite3.Connection, job: Job) -> Iterator[tuple[str, list[Logged]]]:
    for series in metrics.of(conn, job.id):
        points = metrics.history(conn, job.id, series.key)
        yield series.key, [Logged(point.value, point.at, point.step) for _, point in points]
