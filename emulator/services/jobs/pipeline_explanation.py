"""Why a pipeline ended as it did: which step failed first and why, what was not run because of it, what was reused."""

from __future__ import annotations

import sqlite3
from typing import Any

from contracts.lifecycle import JobStatus
from emulator.services.jobs.pipeline_steps import StepState, step_states
from emulator.storage.jobs import Job

_SHOWN_LINES = 5


def pipeline_explanation(conn: sqlite3.Connection, pipeline: Job) -> dict[str, Any]:
    """The explanation of a pipeline: `lines` for people, and the record that they come from.

    Raises:
        ValueError: its component is not here any more.
    """
    steps = step_states(conn, pipeline)
    failed = sorted(
        (step for step in steps if step.run is not None and step.run.status is JobStatus.FAILED), key=_moment
    )
    lines = [f"Pipeline {pipeline.name} is {pipeline.status}: {_counted(steps)}."]
    for number, step in enumerate(failed):
        lines += _told(step, first=number == 0)
    lines += [f"Step {step.name} did not run: {step.why_not}." for step in steps if step.why_not]
    lines += [f"Step {step.name} was not run again: run {step.reused} stands for it." for step in steps if step.reused]
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


def _moment(step: StepState) -> float:
    return step.run.ended or 0.0 if step.run else 0.0


def _told(step: StepState, *, first: bool) -> list[str]:
    error = (step.run.error if step.run else None) or {}
    order = "failed first" if first else "failed too"
    lines = [f"Step {step.name} {order}: {error.get('message') or 'its run does not say why'}"]
    return lines + [f"    {line}" for line in (error.get("lastLines") or [])[-_SHOWN_LINES:]]


def _counted(steps: list[StepState]) -> str:
    counts: dict[str, int] = {}
    for step in steps:
        name = "reused" if step.reused else step.status.lower()
        counts[name] = counts.get(name, 0) + 1
    return ", ".join(f"{count} of {len(steps)} steps {name}" for name, count in counts.items()) or "it has no steps"
