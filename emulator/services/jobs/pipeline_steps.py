"""The steps of a pipeline as people ask for them: each with its run, or with why it has none."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from contracts.job_types import COMMAND
from contracts.lifecycle import ENDED, JobStatus
from emulator.engine.pipeline.machine import NotRun
from emulator.runner.pipelines.definition import PipelineDefinition, definition_of
from emulator.runner.pipelines.start import machine_of
from emulator.runner.reuse import REUSED
from emulator.storage import jobs, labels
from emulator.storage.jobs import Job


@dataclass(frozen=True, slots=True)
class StepState:
    """A step.

    Parameters:
        name: its key in `jobs`.
        kind: the type of its job, as in job files.
        producers: the steps that it reads from.
        run: its job; None while it has none.
        reused: the run that stands for it, if one does.
        why_not: why it has no run and never will; empty otherwise.
    """

    name: str
    kind: str
    producers: tuple[str, ...]
    run: Job | None = None
    reused: str | None = None
    why_not: str = ""

    @property
    def status(self) -> str:
        """Its status, for people: that of its run, `Not run`, or `Waiting`."""
        return str(self.run.status) if self.run else "Not run" if self.why_not else "Waiting"


def step_states(conn: sqlite3.Connection, pipeline: Job) -> list[StepState]:
    """The steps of a pipeline, in the order of its body.

    Raises:
        ValueError: its component is not here any more.
    """
    definition = definition_of(conn, pipeline)
    runs = {definition.name_of(child): child for child in jobs.children(conn, pipeline.id)}
    reasons = _reasons(conn, definition, runs)
    return [
        StepState(
            step.name,
            str(definition.nodes[step.name].get("type") or COMMAND.yaml_name),
            tuple(dict.fromkeys(need.step for need in step.needs)),
            runs.get(step.name),
            labels.of(conn, runs[step.name].id, "property").get(REUSED) if step.name in runs else None,
            "" if step.name in runs else reasons.get(step.name, ""),
        )
        for step in definition.steps
    ]


def _reasons(conn: sqlite3.Connection, definition: PipelineDefinition, runs: dict[str, Job]) -> dict[str, str]:
    """Why steps will never run, from the history of those that did."""
    machine = machine_of(conn, definition)
    machine.start()
    for child in sorted(runs.values(), key=lambda one: (one.ended or 0.0, one.id)):
        name = definition.name_of(child)
        if child.status in ENDED and name in machine.active:
            machine.step_ended(name, child.status)
    found = {one.name: f"{one.why}: {one.because_of}" if one.because_of else str(one.why) for one in machine.skipped}
    if definition.job.status not in ENDED:
        return found
    canceled = definition.job.status is JobStatus.CANCELED
    why = NotRun.PIPELINE_CANCELED if canceled else NotRun.PIPELINE_REFUSED
    return {**dict.fromkeys((name for name in definition.nodes if name not in runs), str(why)), **found}
