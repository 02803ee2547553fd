"""A page of a list of jobs: from the query of its address to its rows."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, get_args
from urllib.parse import urlencode

from starlette.datastructures import QueryParams

from contracts.job_types import served_types
from contracts.lifecycle import JobStatus
from contracts.local_choices import SIMULATED
from emulator.storage import job_list, jobs, labels, trials
from emulator.storage.job_list import JobQuery, Mark
from emulator.storage.jobs import Job
from emulator.studio.charts.trial_table import objective_of

_SIZE = 50
_STATUSES = frozenset(map(str, JobStatus))
_ARCHIVED: Mapping[str, bool | None] = {"": False, "only": True, "with": None}


@dataclass(frozen=True, slots=True)
class JobRow:
    """One row: a job, of a sweep also its metric, best value, and how many of its trials have ended."""

    job: Job
    metric: str
    best: float | None
    ended: int
    trials: int
    is_simulated: bool = False


@dataclass(frozen=True, slots=True)
class JobPage:
    """Rows, and the mark after which the next page begins, while there is one."""

    rows: list[JobRow]
    after: str | None


def query_of(asked: QueryParams, workspace: str, experiment: str | None) -> JobQuery:
    """What the query of an address asks for; what cannot be understood is left out.

    Parameters:
        asked: `q`, `status` (may be repeated), `type`, `tag` (`key` or `key=value`), `archived`, `sort`, `after`.
        workspace: guid.
        experiment: name.
    """
    key, separator, value = asked.get("tag", "").strip().partition("=")
    sort = asked.get("sort", "")
    after_key, mark, after_id = asked.get("after", "").rpartition("~")
    return JobQuery(
        workspace,
        text=asked.get("q", "").strip(),
        statuses=[status for status in asked.getlist("status") if status in _STATUSES],
        type=asked.get("type") if asked.get("type") in {known.name for known in served_types()} else None,
        experiment=experiment,
        tag=(key, value if separator else None) if key else None,
        archived=_ARCHIVED.get(asked.get("archived", ""), False),
        order=sort if sort in get_args(job_list.Order) else "newest",  # type: ignore[arg-type]
        after=Mark(int(after_id), after_key) if mark and after_id.isascii() and after_id.isdigit() else None,
    )


def page(conn: sqlite3.Connection, wanted: JobQuery) -> JobPage:
    """The rows of one page."""
    found = job_list.page(conn, wanted, _SIZE + 1)
    mark = found[_SIZE - 1][1] if len(found) > _SIZE else None
    after = f"{mark.key}~{mark.job}" if mark else None
    return JobPage([_row(conn, jobs.get(conn, job)) for job, _ in found[:_SIZE]], after)


def link(asked: QueryParams, **changes: Any) -> str:
    """The query of the same list with something else; None leaves a name out."""
    # Never the page key: links are passed on, and the session in the cookie does without it.
    kept = [(name, value) for name, value in asked.multi_items() if name not in changes and name != "key" and value]
    return "?" + urlencode([*kept, *((name, value) for name, value in changes.items() if value is not None)])


def _row(conn: sqlite3.Connection, job: Job) -> JobRow:
    properties = labels.of(conn, job.id, "property")
    is_simulated = SIMULATED in properties
    if not job.has_children:
        return JobRow(job, "", None, 0, 0, is_simulated)
    score = properties.get("score")
    counts = trials.counts(conn, job.id)
    ended = sum(count for status, count in counts.items() if status in ("Completed", "Failed", "Canceled"))
    limit = (job.body.get("limits") or {}).get("maxTotalTrials")
    total = sum(counts.values()) if job.ended is not None else max(int(limit or 0), sum(counts.values()))
    if job.has_steps:
        steps = max(len(job.body.get("jobs") or {}), total)
        return JobRow(job, "", None, ended, steps, is_simulated)
    return JobRow(job, objective_of(job)[0], float(score) if score else None, ended, total, is_simulated)
