"""From a stored pipeline to a running one: begun, or gone on with. `emulator.job_types` names this."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from functools import cache

from contracts.lifecycle import JobStatus
from contracts.pipelines.graph import ORDER, in_order
from emulator.engine.pipeline.inputs import StepRefused
from emulator.engine.pipeline.machine import PipelineMachine
from emulator.engine.pipeline.run_labels import goes_on
from emulator.runner.pipelines.definition import PipelineDefinition, definition_of
from emulator.runner.pipelines.pipeline_run import PipelineRun
from emulator.runner.run_context import RunContext
from emulator.storage import jobs
from emulator.storage.jobs import Job
from emulator.trials.components import component_id, find_component
from emulator.trials.resolved_job import ResolvedJob


def start_pipeline(
    context: RunContext, conn: sqlite3.Connection, job: Job, resolved: ResolvedJob, now: float
) -> PipelineRun:
    """Begin a stored pipeline, or let it go on; see `emulator.runner.start_job`."""
    definition = definition_of(conn, job)
    run = PipelineRun(context, definition, machine_of(conn, definition), resolved)
    children = jobs.children(conn, job.id)
    if children or job.started is not None:
        run.resume(children, now)
    else:
        run.start(now)
    if job.status is JobStatus.CANCEL_REQUESTED:
        run.cancel(now)
    return run


def machine_of(conn: sqlite3.Connection, definition: PipelineDefinition) -> PipelineMachine:
    """The state machine of a pipeline, not yet started.

    Raises:
        ValueError: a step needs one that does not exist.
    """
    first, last = (definition.settings.get(name) for name in ("on_init", "on_finalize"))
    return PipelineMachine(
        in_order(definition.steps, first, last),
        is_optional=_optional_inputs(conn, definition, last),
        continue_on_step_failure=goes_on(definition.settings),
    )


def _optional_inputs(
    conn: sqlite3.Connection, definition: PipelineDefinition, last: str | None
) -> Callable[[str, str], bool]:
    """Whether a step can do without an input; one whose component is not here fails when it starts.

    Parameters:
        last: the step that runs after all others, also when they have failed (documented: the official client).
    """

    @cache
    def optional(component: str | None) -> frozenset[str]:
        try:
            found = find_component(conn, component) if component else None
        except StepRefused:
            found = None
        ports = found.interface.inputs.items() if found else ()
        return frozenset(name for name, port in ports if port.optional)

    def is_optional(step: str, name: str) -> bool:
        return step == last if name == ORDER else name in optional(component_id(definition.nodes[step]))

    return is_optional
