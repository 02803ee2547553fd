"""The graph of a pipeline job: steps of types that run, bindings that lead somewhere, no cycle. Linear in its size.

Source: the official client checks the graph before it submits (`_customized_validate`), so that no refusal by the
service was seen; these are emulator-defined. An input of the pipeline that is not given is not in its body (the client
leaves it out), so that a binding to one is refused only where a step cannot do without it: when it starts.
"""

from __future__ import annotations

from contracts.diagnostics.suggestions import Suggestions
from contracts.job_types import JOB_TYPES, JobType, served_types, step_type
from contracts.pipelines.bindings import PipelineOutput, StepOutput, UnknownBinding
from contracts.pipelines.graph import find_cycle, input_binding, output_binding, steps_of
from contracts.rules.finding import Node


def check_pipeline(properties: Node) -> None:
    """The steps of a pipeline job, each for itself and all together."""
    jobs = properties["jobs"]
    if not jobs.mapping and properties["componentId"].text is None:
        jobs.error("NoSteps", "The pipeline has no steps.", "Give it jobs, or the id of a pipeline component.")
    suggestions = Suggestions()
    for _, node in jobs:
        _check_step(node, jobs, properties["outputs"], suggestions)
    if cycle := find_cycle(steps_of(jobs.mapping)):
        jobs[cycle[0]].error(
            "Cycle",
            f"The steps need each other in a circle: {' <- '.join(cycle)}.",
            "Have one of them read something else.",
        )


def _component(node: Node, job_type: JobType) -> Node:
    for key in job_type.component:
        node = node[key]
    return node


def _check_step(node: Node, jobs: Node, outputs: Node, suggestions: Suggestions) -> None:
    kind = node["type"].text
    job_type = step_type(kind)
    if job_type is None:
        known = next((one for one in JOB_TYPES.values() if one.yaml_name == kind), None)
        names = ", ".join(one.yaml_name for one in served_types())
        instead = f"{known.refusal}." if known and known.refusal else f"Use one of {names}."
        node["type"].error("UnservedStep", f"Steps of type {kind} are not run here.", instead[0].upper() + instead[1:])
        return
    component = _component(node, job_type)
    if component.text is None:
        component.error("Missing", "The step has no component.", "Give the ARM id of one.")
    for _, given in node["inputs"]:
        match input_binding(given.value):
            case StepOutput(step) if step not in jobs.mapping:
                near = suggestions.closest(step, jobs.mapping)
                remedy = f"Did you mean {near}?" if near else f"The steps are {', '.join(list(jobs.mapping)[:20])}."
                given.error("UnknownStep", f"There is no step {step}.", remedy)
            case PipelineOutput() | UnknownBinding() as other:
                given.error(
                    "UnknownBinding",
                    f"{other} is not an input of the pipeline or an output of a step.",
                    "Bind it to ${{parent.inputs.NAME}} or ${{parent.jobs.STEP.outputs.NAME}}.",
                )
    for _, given in node["outputs"]:
        match output_binding(given.value):
            case PipelineOutput(name) if name not in outputs.mapping:
                given.error("UnknownOutput", f"The pipeline has no output {name}.", "Add it to the pipeline's outputs.")
            case None | PipelineOutput():
                pass
            case wrong:
                given.error(
                    "UnknownBinding",
                    f"{wrong} is not an output of the pipeline.",
                    "Bind it to ${{parent.outputs.NAME}}, or leave the binding out.",
                )
