"""What is wrong with a pipeline beyond its body: what its steps' components declare decides.

Source: the official client's `_customized_validate`; it checks these before it submits, so that the service was not
seen to refuse them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from contracts.diagnostics.suggestions import Suggestions
from contracts.pipelines.bindings import PipelineInput as ParentInput
from contracts.pipelines.bindings import StepOutput, bindings_within, parse_binding
from contracts.rules import Finding, Severity
from contracts.rules.bindings import LOST_INPUTS_REMEDY, lost_inputs
from gateway.builders.node import Node
from gateway.builders.pipeline import Pipeline
from gateway.builders.pipeline_job import PipelineJob
from gateway.builders.sweep import Sweep
from gateway.entities.command_component import CommandComponent
from gateway.entities.pipeline_component import PipelineComponent
from gateway.serialization.local_paths import code_folder_finding
from gateway.serialization.yaml.step import closest_field


def check_steps(job: PipelineJob) -> list[Finding]:
    """Inputs without a value, steps without a compute, sweeps that lose their inputs, bindings and code to nothing."""
    component = job.component
    if not isinstance(component, PipelineComponent):
        return []
    findings = list(_pipeline_inputs(job, component))
    has_compute = job.compute is not None or job.settings.default_compute is not None
    for path, step, pipeline in _steps(component, "$.properties.jobs"):
        known = {*pipeline.inputs, *(job.inputs if pipeline is component else ())}
        findings += _bindings(path, step, pipeline, known)
        findings += _inputs(path, step)
        findings += _unknown_ports(path, step)
        findings += _undeclared_fields(path, step)
        findings += _lost_inputs(path, step)
        findings += _code(path, step)
        if not has_compute and step.compute is None and not isinstance(step, Pipeline):
            findings.append(
                _error(
                    "ComputeNotSet",
                    f"{path}.computeId",
                    "Compute not set",
                    "Give the step a compute, or the pipeline settings.default_compute.",
                )
            )
    return findings


def _steps(component: PipelineComponent, path: str) -> Iterator[tuple[str, Node, PipelineComponent]]:
    for name, step in component.jobs.items():
        yield f"{path}.{name}", step, component
        if isinstance(step._component, PipelineComponent):
            yield from _steps(step._component, f"{path}.{name}.jobs")


def _pipeline_inputs(job: PipelineJob, component: PipelineComponent) -> Iterator[Finding]:
    steps = component.jobs.values()
    yield from _optional_to_required(component)
    needed = {name for step in steps for name in _needed_inputs(step)}
    used = {name for step in steps for port in step.inputs.values() for name in _parents(port)}
    for name, declared in component.inputs.items():
        wanted = name in needed or (declared.optional is False and name in used)
        if wanted and name not in job.inputs and declared.default is None and declared.optional is not True:
            yield _error(
                "RequiredInput",
                f"$.properties.inputs.{name}",
                f"Required input {name!r} for pipeline {job.name or job.display_name!r} not provided.",
                f"Give the pipeline a value for {name}.",
            )


def _optional_to_required(component: PipelineComponent) -> Iterator[Finding]:
    """Inputs that the pipeline can do without, for inputs of steps that cannot."""
    bound: dict[str, list[str]] = {}
    for step in component.jobs.values():
        for name, port in step.inputs.items():
            whole = parse_binding(_text(port.data))
            required = not isinstance(step._component, str) and getattr(port.meta, "optional", None) is not True
            if required and isinstance(whole, ParentInput):
                bound.setdefault(whole.name, []).append(f"{step.name}.inputs.{name}")
    for name, declared in component.inputs.items():
        if declared.optional is True and name in bound:
            yield _error(
                "OptionalInput",
                f"$.properties.inputs.{name}",
                f"Pipeline optional Input binding to required inputs: {bound[name]}",
                f"Have the pipeline require {name}, or make the inputs of the steps optional.",
            )


def _needed_inputs(step: Node) -> Iterator[str]:
    """The inputs of the pipeline that a step cannot do without."""
    for port in step.inputs.values():
        if getattr(port.meta, "optional", None) is not True:
            yield from _parents(port)


def _parents(port: Any) -> list[str]:
    """The inputs of the pipeline that an input of a step is bound to."""
    return [binding.name for binding in bindings_within(_text(port.data)) if isinstance(binding, ParentInput)]


def _text(data: Any) -> Any:
    """What an input is bound to, as text; every other value as it is."""
    binding = getattr(data, "binding", None)
    return binding if binding is not None else getattr(data, "path", data)


def _bindings(path: str, step: Node, pipeline: PipelineComponent, inputs: Collection[str]) -> Iterator[Finding]:
    """Bindings to inputs of the pipeline and outputs of steps that do not exist."""
    suggestions = Suggestions()
    for name, port in step.inputs.items():
        place = f"{path}.inputs.{name}"
        for binding in bindings_within(_text(port.data)):
            match binding:
                case ParentInput(parent) if parent not in inputs:
                    near = suggestions.closest(parent, inputs)
                    remedy = f"Did you mean {near}?" if near else f"Add {parent} to the inputs of the pipeline."
                    yield _error("UnknownBinding", place, f"The pipeline has no input {parent}.", remedy)
                case StepOutput(producer, str(output)) if producer in pipeline.jobs:
                    other = pipeline.jobs[producer]
                    known = other._component
                    if not isinstance(known, str) and output not in known.outputs and output not in other.outputs:
                        near = suggestions.closest(output, known.outputs)
                        its = f"Its outputs are {', '.join(known.outputs) or 'none'}."
                        remedy = f"Did you mean {near}?" if near else its
                        yield _error("UnknownOutput", place, f"Step {producer} has no output {output}.", remedy)
                case _:
                    pass


def _inputs(path: str, step: Node) -> Iterator[Finding]:
    component = step._component
    if isinstance(component, str):
        return
    space = (step.search_space or {}) if isinstance(step, Sweep) else {}
    for name, declared in component.inputs.items():
        value = step.inputs[name].data
        if value is None and declared.optional is not True and declared.default is None and name not in space:
            yield _error(
                "RequiredInput",
                f"{path}.inputs.{name}",
                f"Required input {name!r} for component {step.name!r} not provided.",
                f"Give the step a value for {name}, or make it optional in the component.",
            )


def _unknown_ports(path: str, step: Node) -> Iterator[Finding]:
    """Inputs and outputs that the component does not declare: the official client leaves them out without a word."""
    component = step._component
    if isinstance(component, str) or (isinstance(step, Sweep) and not component.inputs):
        return  # a trial in place, which has neither; see `_lost_inputs`
    for kind, given, declared in (
        ("input", step._job_inputs, component.inputs),
        ("output", step._job_outputs, component.outputs),
    ):
        for name in given.keys() - declared.keys():
            near = Suggestions().closest(name, declared)
            its = f"Its {kind}s are {', '.join(declared) or 'none'}."
            yield Finding(
                f"Unknown{kind.capitalize()}",
                Severity.WARNING,
                f"{path}.{kind}s.{name}",
                f"The component of {step.name} has no {kind} {name}, so that it has no effect.",
                f"Did you mean {near}?" if near else its,
            )


def _undeclared_fields(path: str, step: Node) -> Iterator[Finding]:
    """Source: measured with azure-ai-ml 1.35.2, which sends them; what the service does is not recorded."""
    for name in step._undeclared_fields:
        near = closest_field(step, name)
        remedy = f"Did you mean {near}?" if near else "Remove it."
        message = f"No step has a field {name}; it is sent, and not known to do anything."
        yield Finding("UnknownField", Severity.WARNING, f"{path}.{name}", message, remedy)


def _lost_inputs(path: str, step: Node) -> Iterator[Finding]:
    """The official client sends a trial that is written in place without its inputs and outputs."""
    component = step._component
    if not isinstance(step, Sweep) or not isinstance(component, CommandComponent):
        return
    known = component.inputs.keys() | component.outputs.keys() | (step.search_space or {}).keys()
    if wrong := lost_inputs(component.command or "", known):
        yield _error("TrialWithoutInterface", f"{path}.trial.command", wrong, LOST_INPUTS_REMEDY)


def _code(path: str, step: Node) -> Iterator[Finding]:
    component = step._component
    if not isinstance(component, CommandComponent):  # a registered one has its code already
        return
    if found := code_folder_finding(f"{path}.code", component.base_path, component.code, "component"):
        yield found


def _error(code: str, path: str, message: str, remedy: str) -> Finding:
    return Finding(code, Severity.ERROR, path, message, remedy)
