"""The graph of a pipeline job: steps of types that run, bindings that lead somewhere, no cycle. Linear in its size.

Source: the official client checks the graph before it submits (`_customized_validate`), so that no refusal by the
service was seen; these are emulator-defined. An input of the pipeline that is not given is not in its body (the client
leaves it out), so that a binding to one is refused only where a step cannot do without it: when it starts.
"""

from __future__ import annotations

from contracts.diagnostics.suggestions import Suggestions
from contracts.job_types import JOB_TYPES, JobType, served_types, step_type
from contracts.pipelines.bindings import Binding, PipelineOutput, StepOutput, UnknownBinding, is_name
from contracts.pipelines.graph import find_cycle, input_bindings, output_binding, steps_of
from contracts.rules.finding import Node

_SETTINGS = (
    *("default_compute", "default_datastore", "continue_on_step_failure", "continue_run_on_failed_optional_input"),
    *("force_rerun", "on_init", "on_finalize", "_source"),
)
#: How many steps of a cycle a message names.
_SHOWN = 10


def check_pipeline(properties: Node) -> None:
    """The steps of a pipeline job, each for itself and all together."""
    jobs = properties["jobs"]
    if not jobs.mapping and properties["componentId"].text is None:
        jobs.error("NoSteps", "The pipeline has no steps.", "Give it jobs, or the id of a pipeline component.")
    suggestions = Suggestions()
    for _, node in jobs:
        _check_step(node, jobs, properties["outputs"], suggestions)
    _check_first_and_last(properties["settings"], jobs)
    _check_settings(properties["settings"], suggestions)
    _check_shared_paths(jobs)
    if cycle := find_cycle(steps_of(jobs.mapping)):
        shown = cycle if len(cycle) <= _SHOWN else [*cycle[: _SHOWN - 1], f"... ({len(cycle) - 1} steps)", cycle[-1]]
        jobs[cycle[0]].error(
            "Cycle",
            f"The steps need each other in a circle: {' <- '.join(shown)}.",
            "Have one of them read something else.",
        )


def _component(node: Node, job_type: JobType) -> Node:
    for key in job_type.component:
        node = node[key]
    return node


def _check_input(given: Node, binding: Binding, jobs: Node, suggestions: Suggestions) -> None:
    match binding:
        case StepOutput(step) if step not in jobs.mapping:
            near = suggestions.closest(step, jobs.mapping)
            remedy = f"Did you mean {near}?" if near else f"The steps are {', '.join(list(jobs.mapping)[:20])}."
            given.error("UnknownStep", f"There is no step {step}.", remedy)
        case UnknownBinding() if is_name(binding):
            given.warning(
                "UnknownBinding",
                f"What {binding} becomes is not documented; here the step gets the text as it is.",
                "Give the pipeline an input for it.",
            )
        case PipelineOutput() | UnknownBinding():
            given.error(
                "UnknownBinding",
                f"{binding} is not an input of the pipeline or an output of a step.",
                "Bind it to ${{parent.inputs.NAME}} or ${{parent.jobs.STEP.outputs.NAME}}.",
            )


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
        for binding in input_bindings(given.value):
            _check_input(given, binding, jobs, suggestions)
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


def _check_settings(settings: Node, suggestions: Suggestions) -> None:
    """Settings of any name are accepted, as by the official client; one that is not known has no effect."""
    for key, value in settings:
        if key not in _SETTINGS:
            near = suggestions.closest(key, _SETTINGS)
            remedy = f"Did you mean {near}?" if near else "Leave it out."
            value.warning("UnknownSetting", f"{key} is not a setting of a pipeline, and has no effect.", remedy)


def _check_first_and_last(settings: Node, jobs: Node) -> None:
    """`on_init` and `on_finalize` name steps without data from others or for others. Source: the official client."""
    names = {key: settings[key].text for key in ("on_init", "on_finalize") if settings[key].text is not None}
    if not names:
        return
    if names.get("on_init") == names.get("on_finalize"):
        settings["on_init"].error(
            "SameStep",
            f"Invalid on_init job {names['on_init']}, it should be different from on_finalize.",
            "Name another step.",
        )
    if jobs.mapping and not jobs.mapping.keys() - set(names.values()):
        jobs.error("NoSteps", "No other job except for on_init/on_finalize job.", "Add a step between them.")
    steps = {step.name: step.producers for step in steps_of(jobs.mapping)}
    for key, name in names.items():
        label = key.capitalize()
        if name not in steps:
            settings[key].error(
                "UnknownStep", f"{label} job name {name} not exists in jobs.", "Name one of the steps, or leave it out."
            )
        elif steps[name] or any(name in producers for producers in steps.values()):
            settings[key].error(
                "ConnectedStep",
                f"{label} job should not have connection to other execution node.",
                "Have it read from and write to a datastore's path of its own.",
            )


def _check_shared_paths(jobs: Node) -> None:
    """Two steps that write to one path overwrite each other's files; the service was not seen to refuse it."""
    writers: dict[str, str] = {}
    for step, node in jobs:
        for _, output in node["outputs"]:
            path = (output["uri"].text or "").rstrip("/")
            if not path or "${{" in path:
                continue
            other = writers.setdefault(path, step)
            if other != step:
                output["uri"].warning(
                    "SharedPath",
                    f"Steps {other} and {step} both write to {path}: each overwrites what the other has written.",
                    "Give each a path of its own, or put ${{name}} into it, which is the run of the step.",
                )
