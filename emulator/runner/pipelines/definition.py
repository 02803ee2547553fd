"""A stored pipeline as its graph: steps with their components, inputs with their defaults."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from contracts.pipelines.bindings import PipelineOutput
from contracts.pipelines.graph import Step, output_binding, steps_of
from emulator.engine.pipeline.inputs import StepRefused
from emulator.storage import jobs
from emulator.storage.jobs import Job
from emulator.trials.components import Component, component_id, find_component

#: What a step names as its compute to have none of the workspace's.
SERVERLESS = ("serverless", "azureml:serverless")


@dataclass(frozen=True)
class PipelineDefinition:
    """What a pipeline shall do.

    Parameters:
        job: as stored.
        nodes: its steps by name, as in `jobs` of its body or of its component.
        inputs: those of its body, and the defaults of its component.
        outputs: those of its body.
        settings: of its body.
    """

    job: Job
    nodes: Mapping[str, Mapping[str, Any]]
    inputs: Mapping[str, Any]
    outputs: Mapping[str, Any]
    settings: Mapping[str, Any]

    @cached_property
    def steps(self) -> list[Step]:
        """Its graph."""
        return steps_of(self.nodes)

    @cached_property
    def place(self) -> Mapping[str, int]:
        """Each step's number, by its name."""
        return {name: number for number, name in enumerate(self.nodes)}

    @cached_property
    def writers(self) -> Mapping[str, tuple[str, str]]:
        """For each output that a step is bound to: the step, and the name of the output there."""
        found = {}
        for step, node in self.nodes.items():
            for name, given in (node.get("outputs") or {}).items():
                match output_binding(given):
                    case PipelineOutput(output):
                        found[output] = (step, name)
        return found

    def name_of(self, child: Job) -> str:
        """The step that a child of this pipeline is."""
        return self._names[child.trial or 0]

    @cached_property
    def _names(self) -> tuple[str, ...]:
        return tuple(self.nodes)

    def compute_of(self, step: str) -> str | None:
        """Where a step runs: its own compute, else the default, else that of the whole pipeline; None: serverless."""
        node = self.nodes[step]
        found = node.get("computeId") or self.settings.get("default_compute") or self.job.body.get("computeId")
        return None if found is None or found in SERVERLESS else str(found)


def definition_of(conn: sqlite3.Connection, job: Job) -> PipelineDefinition:
    """The definition of a stored pipeline.

    Raises:
        StepRefused: it is a pipeline component that is not here.
    """
    body = job.body
    nodes, inputs = body.get("jobs") or {}, dict(body.get("inputs") or {})
    if not nodes and body.get("componentId"):
        component = component_of(conn, body)
        nodes = component.spec.get("jobs") or {}
        for name, port in component.interface.inputs.items():
            if name not in inputs and port.default is not None:
                inputs[name] = {"jobInputType": "literal", "value": port.default}
    return PipelineDefinition(job, nodes, inputs, body.get("outputs") or {}, body.get("settings") or {})


def component_of(conn: sqlite3.Connection, node: Mapping[str, Any]) -> Component:
    """The component of a step.

    Raises:
        StepRefused: there is none.
    """
    reference = component_id(node)
    found = find_component(conn, reference) if reference else None
    if found is None:
        raise StepRefused(f"component {reference} is not on this emulator any more; register it again")
    return found


def step_path(conn: sqlite3.Connection, step: Job) -> str:
    """Where a step is: the names of its pipeline and of the steps around it, joined by `/`: `night/prepare`.

    Raises:
        StepRefused: a pipeline component is not here any more.
    """
    names = []
    while step.parent is not None:
        around = jobs.get(conn, step.parent)
        names.append(definition_of(conn, around).name_of(step))
        step = around
    return "/".join([step.name, *reversed(names)])
