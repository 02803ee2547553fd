"""Puts a job that has ended, taken out of another emulator, into this one with its own times."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from pydantic import ValidationError

from contracts.lifecycle import ENDED, IllegalTransition
from contracts.resource_id import WorkspaceId
from emulator.job_types import parts_of
from emulator.services.jobs.check import checked
from emulator.services.jobs.record import JobRecord
from emulator.services.refusal import Refusal, user_error
from emulator.storage import decisions, events, jobs, metrics
from emulator.storage.jobs import JobId, NewJob
from emulator.storage.metrics import Point


def check(record: JobRecord, name: str, api_version: str) -> None:
    """Refuse what could not be a job here.

    Parameters:
        name: that it shall have.
        api_version: of the newest contract.

    Raises:
        Refusal: it has another name, has not ended, or is not a job.
    """
    if record.name != name:
        raise user_error(f"The record is of job {record.name}, not of {name}; put it there.", target="job.name")
    # By the same rules as a PUT: an exported file may have been edited.
    checked({"properties": record.body}, name, api_version)
    for one, where in _with_trials(record):
        if one.moves[-1].status not in ENDED:
            raise user_error(
                f"Job {one.name} has not ended, so it would run here; export it when it is over.", target=where
            )
    _check_children(record, "job")


def put(conn: sqlite3.Connection, workspace: WorkspaceId, record: JobRecord) -> JobId:
    """Store a job with its trials, or nothing at all.

    Raises:
        Refusal: there is a job of that name, or it went through statuses that no job can.
    """
    for one, _ in _with_trials(record):
        if jobs.find(conn, workspace, one.name) is not None:
            raise Refusal(409, "Conflict", f"There is a job {one.name} already; delete it first.")
    try:
        # The store's own constraints check what the record says of its children; the caller's transaction undoes a
        # part.
        job = _put_all(conn, workspace, record, None)
    except IllegalTransition as error:
        raise user_error(f"{error}.", target="job.moves") from None
    except sqlite3.IntegrityError as error:
        raise user_error(f"The trials contradict each other: {error}.", target="job.trials") from None
    return job


def _put_all(conn: sqlite3.Connection, workspace: WorkspaceId, record: JobRecord, parent: JobId | None) -> JobId:
    job = _put(conn, workspace, record, parent)
    for child in record.trials:
        _put_all(conn, workspace, child, job)
    return job


def _put(conn: sqlite3.Connection, workspace: WorkspaceId, record: JobRecord, parent: JobId | None) -> JobId:
    first, *rest = record.moves
    new = NewJob(
        workspace=workspace,
        name=record.name,
        type=record.type,
        experiment=record.experiment,
        body=record.body,
        created=record.created,
        created_by=record.created_by,
        display_name=record.display_name,
        description=record.description,
        tags=record.tags,
        properties=record.properties,
        archived=record.archived,
        parent=parent,
        trial=record.trial,
        parameters=record.parameters,
        seed=record.seed,
        statuses=(first.status,),
    )
    job = jobs.create(conn, new)
    for move in rest:
        events.move(conn, job, move.status, move.at, move.cause, move.attempt)
    if record.error is not None:
        jobs.set_error(conn, job, record.error)
    metrics.append(conn, job, _points(record))
    for decision in record.decisions:
        decisions.append(conn, job, decision.at, decision.kind, decision.document)
    return job


def _points(record: JobRecord) -> Iterator[tuple[str, Point]]:
    for key, logged in record.metrics.items():
        yield from ((key, Point(one.value, one.at, one.step)) for one in logged)


def _with_trials(record: JobRecord) -> Iterator[tuple[JobRecord, str]]:
    yield from _below(record, "job")


def _below(record: JobRecord, where: str) -> Iterator[tuple[JobRecord, str]]:
    yield record, where
    for place, child in enumerate(record.trials):
        yield from _below(child, f"{where}.trials[{place}]")


def _check_children(record: JobRecord, where: str) -> None:
    for place, child in enumerate(record.trials):
        inner = f"{where}.trials[{place}]"
        if parts_of(record.type).has_steps:
            _check_step(child, record, inner)
            _check_children(child, inner)
        else:
            _check_trial(child, record, inner)


def _check_step(step: JobRecord, pipeline: JobRecord, where: str) -> None:
    if step.trial is None or step.parameters is not None:
        raise user_error(f"{step.name} is not a step of {pipeline.name}.", target=where)
    _check_body(step, where)


def _check_trial(trial: JobRecord, sweep: JobRecord, where: str) -> None:
    is_trial = parts_of(sweep.type).has_trials and not parts_of(trial.type).has_children
    if not is_trial or trial.trials or trial.trial is None:
        raise user_error(f"{trial.name} is not a trial of a sweep.", target=where)
    if trial.name != f"{sweep.name}_{trial.trial}":
        raise user_error(f"Trial {trial.trial} of {sweep.name} cannot be called {trial.name}.", target=where)
    _check_body(trial, where)


def _check_body(child: JobRecord, where: str) -> None:
    try:
        parts_of(child.type).body(child.body)
    except ValidationError as error:
        raise user_error(f"{error.errors()[0]['msg']}.", target=f"{where}.body") from None
