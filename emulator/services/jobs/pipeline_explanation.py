"""Why a pipeline ended as it did: which step failed first and why, what was not run because of it, what was reused."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from typing import Any

from contracts.lifecycle import JobStatus
from emulator.services.jobs.pipeline_steps import StepState, step_states
from emulator.storage import jobs, labels, trials
from emulator.storage.jobs import Job

_SHOWN_LINES = 5


def pipeline_explanation(conn: sqlite3.Connection, pipeline: Job) -> dict[str, Any]:
    """The explanation of a pipeline: `lines` for people, and the record that they come from.

    Raises:
        ValueError: its component is not here any more.
    """
    steps = step_states(conn, pipeline)
    ended_badly = sorted((step for step in steps if _status(step) in _BAD), key=_moment)
    lines = [f"Pipeline {pipeline.name} is {pipeline.status}: {_counted(steps)}."]
    if pipeline.error and not ended_badly:
        lines += _message(pipeline).splitlines()
    for number, step in enumerate(ended_badly):
        lines += _told(conn, step, first=number == 0)
    lines += [f"Step {step.name} did not run: {step.why_not}." for step in steps if step.why_not]
    lines += [_reuse(conn, pipeline, step) for step in steps if step.reused]
    lines += [line for step in steps if not step.reused and (line := _best(conn, step))]
    return {
        "name": pipeline.name,
        "status": pipeline.status,
        "lines": lines,
        "steps": [
            {
                "name": step.name,
                "type": step.kind,
                "status": step.status,
                "run": step.run.name if step.run else None,
                "reused": step.reused,
                "whyNot": step.why_not or None,
                "error": dict(step.run.error) if step.run and step.run.error else None,
            }
            for step in steps
        ],
    }


_BAD = (JobStatus.FAILED, JobStatus.CANCELED)


def _status(step: StepState) -> JobStatus | None:
    return step.run.status if step.run else None


def _moment(step: StepState) -> float:
    return step.run.ended or 0.0 if step.run else 0.0


def _told(conn: sqlite3.Connection, step: StepState, *, first: bool) -> Iterator[str]:
    """Why a step failed, with the end of the log of what failed in it."""
    run = step.run
    if run is None:
        return
    if run.status is JobStatus.CANCELED:
        yield f"Step {step.name} was canceled{', before any other ended badly' if first else ''}."
        return
    order = "failed first" if first else "failed too"
    yield f"Step {step.name} {order}: {_message(run)}"
    if run.has_steps:
        yield from (f"    {line}" for line in pipeline_explanation(conn, run)["lines"][1:])
        return
    inner = _first_failed_trial(conn, run) if run.has_trials else run
    if inner is None:
        return
    if inner is not run:
        yield f"    Trial {inner.name} failed first: {_message(inner)}"
    yield from (f"    {line}" for line in ((inner.error or {}).get("lastLines") or [])[-_SHOWN_LINES:])


def _message(run: Job) -> str:
    return str((run.error or {}).get("message") or "its run does not say why")


def _first_failed_trial(conn: sqlite3.Connection, sweep: Job) -> Job | None:
    failed = [row for row in trials.rows(conn, sweep.id) if row.status is JobStatus.FAILED]
    first = min(failed, key=lambda row: row.ended or row.created, default=None)
    return jobs.find(conn, sweep.workspace, first.name) if first else None


def _reuse(conn: sqlite3.Connection, pipeline: Job, step: StepState) -> str:
    original = jobs.find(conn, pipeline.workspace, step.reused or "")
    around = jobs.name_of(conn, original.parent) if original and original.parent is not None else None
    of = f" of pipeline {around}" if around else ""
    return f"Step {step.name} was not run again: run {step.reused}{of} stands for it."


def _best(conn: sqlite3.Connection, step: StepState) -> str | None:
    """The best trial of a sweep step: its outputs are those of the step."""
    if step.run is None or not step.run.has_trials:
        return None
    best = labels.of(conn, step.run.id, "property").get("best_child_run_id")
    objective = step.run.body.get("objective") or {}
    if best is None:
        return f"Step {step.name} has no best trial: none logged {objective.get('primaryMetric')}."
    return f"Step {step.name} hands on what trial {best} wrote, the best by {objective.get('primaryMetric')}."


def _counted(steps: list[StepState]) -> str:
    counts: dict[str, int] = {}
    for step in steps:
        name = "reused" if step.reused else step.status.lower()
        counts[name] = counts.get(name, 0) + 1
    return ", ".join(f"{count} of {len(steps)} steps {name}" for name, count in counts.items()) or "it has no steps"
