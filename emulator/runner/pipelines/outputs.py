"""Where the outputs of steps and of their pipeline are, and the registration of the latter.

Those of a step are its own, its best trial's, those of a step in it, or of the run that it reuses.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Mapping
from typing import Any, NamedTuple

from contracts.lifecycle import JobStatus
from emulator.runner.pipelines.definition import PipelineDefinition, definition_of
from emulator.runner.reuse import REUSED
from emulator.storage import jobs, labels
from emulator.storage.jobs import Job
from emulator.trials.output_assets import artifacts_uri, best_trial, output_uri, register_named


class Written(NamedTuple):
    """An output that was written.

    Parameters:
        writer: the run that wrote it.
        name: of the output there.
        output: its entry in the body of that run.
    """

    writer: Job
    name: str
    output: Mapping[str, Any]

    @property
    def uri(self) -> str:
        """Where it is."""
        return artifacts_uri(self.writer) if self._is_all_artifacts else output_uri(self.writer, self.name)

    @property
    def kind(self) -> str:
        """Its type, such as `uri_folder`."""
        return str(self.output.get("jobOutputType") or "uri_folder")

    @property
    def _is_all_artifacts(self) -> bool:
        """Whether it is all that the run uploads by itself: `outputs/`, `logs/` (inferred from published samples)."""
        if self.name != _ARTIFACTS or self.output.get("uri") or self.output.get("assetName"):
            return False
        return not _NAMES_ARTIFACTS.search(str(self.writer.body.get("command") or ""))

    def value(self, conn: sqlite3.Connection) -> str | None:
        """The value of an output of a literal type, which its run writes into a property; None where it did not.

        Source: the message that the service was seen to give where it is missing.
        """
        try:
            found = json.loads(labels.of(conn, self.writer.id, "property").get(_CONTROL, ""))[self.name]
        except (ValueError, LookupError, TypeError):
            return None
        return str(found)


#: An output of that name which the command does not name.
_ARTIFACTS = "artifacts"
_NAMES_ARTIFACTS = re.compile(r"\$\{\{ {0,8}outputs\.artifacts {0,8}\}\}")
_CONTROL = "azureml.pipeline.control"


def written(conn: sqlite3.Connection, child: Job, output: str | None) -> Written | None:
    """An output of a step that has ended; None where it was not written.

    Parameters:
        child: the run of the step.
        output: name of the output; None for the only one.
    """
    if child.status is not JobStatus.COMPLETED:
        return None
    if reused := labels.of(conn, child.id, "property").get(REUSED):
        original = jobs.find(conn, child.workspace, reused)
        return written(conn, original, output) if original else None
    if child.has_steps:
        return _of_pipeline(conn, child, output)
    writer = child
    if child.has_trials:
        found = best_trial(conn, child)
        if found is None or found.status is not JobStatus.COMPLETED:
            return None
        writer = found
    outputs = writer.body.get("outputs") or {}
    name = _only(outputs) if output is None else output
    return Written(writer, name, outputs[name] or {}) if name is not None and name in outputs else None


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


def _of_pipeline(conn: sqlite3.Connection, pipeline: Job, output: str | None) -> Written | None:
    definition = definition_of(conn, pipeline)
    name = _only(definition.outputs) if output is None else output
    step, inner = definition.writers.get(name or "", ("", ""))
    for child in jobs.children(conn, pipeline.id) if step else ():
        if definition.name_of(child) == step:
            return written(conn, child, inner)
    return None


def _only(outputs: Mapping[str, Any]) -> str | None:
    named = [name for name in outputs if name != "default"]
    return named[0] if len(named) == 1 else None
