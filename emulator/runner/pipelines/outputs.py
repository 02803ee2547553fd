"""The outputs of a pipeline that has completed, registered under the names that its body gives them."""

from __future__ import annotations

import sqlite3

from emulator.runner.pipelines.definition import PipelineDefinition
from emulator.runner.pipelines.step_outputs import Written, written
from emulator.storage import jobs
from emulator.trials.output_assets import register_named


def pipeline_outputs(conn: sqlite3.Connection, definition: PipelineDefinition) -> dict[str, Written]:
    """Those that were written, by name."""
    children = {definition.name_of(child): child for child in jobs.children(conn, definition.job.id)}
    found = {}
    for output, (step, name) in definition.writers.items():
        if step in children and (one := written(conn, children[step], name)):
            found[output] = one
    return found


def register_pipeline_outputs(conn: sqlite3.Connection, definition: PipelineDefinition, at: float) -> None:
    """Register what the pipeline's own outputs name; a step's own name for it is registered with the step.

    Parameters:
        at: when, in seconds since the epoch.
    """
    for name, one in pipeline_outputs(conn, definition).items():
        given = definition.outputs.get(name) or {}
        if given.get("assetName"):
            kind = {"jobOutputType": one.kind, **{key: value for key, value in given.items() if value is not None}}
            register_named(conn, one.writer, one.name, kind, at)
