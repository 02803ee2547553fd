"""The job that a step becomes: a component, and what the step sets on it, as the body of a command or sweep job. Pure.

A step is a job like any other: everything behind this (environment, folder, search, lifecycle) is that of its type.
Source of the forms of nodes: recorded bodies and the official SDK's `_to_rest_object` (components and settings of steps
are in snake_case, search spaces and objectives as job files have them, early termination in REST form but snake_case).
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Mapping
from dataclasses import fields
from typing import Any

from contracts.arm.distributions import DISTRIBUTIONS, Choice
from contracts.job_types import COMMAND, PIPELINE, SWEEP
from emulator.engine.pipeline.inputs import StepRefused, wire_mode
from emulator.engine.pipeline.interface import LITERAL_TYPES, Interface, is_true

_INPUT = re.compile(r"\$\{\{ {0,8}inputs\.([\w.-]{1,256}) {0,8}\}\}")
_NONE: Mapping[str, Any] = {}
_SECONDS = {"timeout": "timeout", "trial_timeout": "trialTimeout"}
_COUNTS = {"max_concurrent_trials": "maxConcurrentTrials", "max_total_trials": "maxTotalTrials"}


def command_body(
    node: Mapping[str, Any],
    spec: Mapping[str, Any],
    *,
    inputs: Mapping[str, Any],
    outputs: Mapping[str, Any],
    compute: str | None,
    settings: Mapping[str, Any] = _NONE,
) -> dict[str, Any]:
    """The `properties` of the command job that a step becomes.

    Parameters:
        node: `jobs.<step>`.
        spec: `componentSpec` of its component.
        inputs, outputs: as `step_inputs` and `step_outputs` give them.
        compute: where it runs: its own, else the default of the pipeline.
        settings: of the pipeline around it; only a nested pipeline inherits any.
    """
    limits = node.get("limits") or {}
    variables = {**(spec.get("environment_variables") or {}), **(node.get("environment_variables") or {})}
    body = {
        "jobType": COMMAND.name,
        "command": str(spec.get("command") or ""),
        "environmentId": asset_id(spec.get("environment")),
        "codeId": asset_id(spec.get("code")),
        "computeId": compute,
        "inputs": dict(inputs),
        "outputs": dict(outputs),
        "distribution": camel(node.get("distribution") or spec.get("distribution")),
        "resources": camel(node.get("resources") or spec.get("resources")),
        "environmentVariables": {str(key): str(value) for key, value in variables.items()} or None,
        "identity": node.get("identity"),
        "queueSettings": camel(node.get("queue_settings")),
        "limits": {"jobLimitsType": COMMAND.name, "timeout": duration(limits["timeout"])}
        if limits.get("timeout")
        else None,
    }
    return {key: value for key, value in body.items() if value is not None}


def sweep_body(
    node: Mapping[str, Any],
    spec: Mapping[str, Any],
    *,
    inputs: Mapping[str, Any],
    outputs: Mapping[str, Any],
    compute: str | None,
    settings: Mapping[str, Any] = _NONE,
) -> dict[str, Any]:
    """The `properties` of the sweep job that a step becomes; parameters as in `command_body`.

    Swept names that the command reads as `${{inputs.x}}` become `${{search_space.x}}`, as the official SDK's `_to_job`
    has it; the search space wins over an input of the same name.
    """
    space = {name: wire_distribution(name, entry) for name, entry in (node.get("search_space") or {}).items()}
    # The limits of the node are those of the sweep, not of its trials.
    trial = command_body({**node, "limits": None}, spec, inputs={}, outputs={}, compute=None)
    trial = {key: value for key, value in trial.items() if key in _OF_A_TRIAL}
    trial["command"] = _swept(trial["command"], space.keys())
    objective, limits = node.get("objective") or {}, node.get("limits") or {}
    body = {
        "jobType": SWEEP.name,
        "searchSpace": space,
        "samplingAlgorithm": _sampling(node.get("sampling_algorithm")),
        "objective": {
            "goal": str(objective.get("goal", "")).capitalize(),
            "primaryMetric": objective.get("primary_metric"),
        },
        "trial": trial,
        "limits": {
            "jobLimitsType": SWEEP.name,
            **{wire: int(limits[key]) for key, wire in _COUNTS.items() if limits.get(key) is not None},
            **{wire: duration(limits[key]) for key, wire in _SECONDS.items() if limits.get(key) is not None},
        },
        "earlyTermination": camel(node.get("early_termination")),
        "computeId": compute,
        "inputs": {name: value for name, value in inputs.items() if name not in space},
        "outputs": dict(outputs),
        "resources": camel(node.get("resources")),
        "identity": node.get("identity"),
        "queueSettings": camel(node.get("queue_settings")),
    }
    return {key: value for key, value in body.items() if value is not None}


def pipeline_body(
    node: Mapping[str, Any],
    spec: Mapping[str, Any],
    *,
    inputs: Mapping[str, Any],
    outputs: Mapping[str, Any],
    compute: str | None,
    settings: Mapping[str, Any] = _NONE,
) -> dict[str, Any]:
    """The `properties` of the pipeline job that a nested pipeline becomes; parameters as in `command_body`.

    The settings of the pipeline around it hold in it too; a component's own are ignored (the official client says so).
    """
    own = node.get("settings") if isinstance(node.get("settings"), Mapping) else {}
    around = {key: settings[key] for key in _INHERITED if settings.get(key) is not None}
    default = {"default_compute": compute} if compute else {}
    return {
        "jobType": PIPELINE.name,
        "inputs": dict(inputs),
        "outputs": dict(outputs),
        "jobs": dict(spec.get("jobs") or {}),
        "settings": {**around, **default, **{key: value for key, value in (own or {}).items() if value is not None}},
    }


_INHERITED = ("default_compute", "default_datastore", "continue_on_step_failure", "force_rerun")


#: The fields of a trial that stand in `trial`, not beside it.
_OF_A_TRIAL = frozenset({"command", "environmentId", "codeId", "distribution", "resources", "environmentVariables"})


def step_outputs(
    given: Mapping[str, Any], interface: Interface, *, parent: Mapping[str, Any], bound_to: Mapping[str, str]
) -> dict[str, dict[str, Any]]:
    """The `outputs` of the job that a step becomes.

    A binding to an output of the pipeline does not change where the output goes (recorded), but a path, a mode or a
    name that stands there holds for the step too.

    Parameters:
        given: `jobs.<step>.outputs`.
        interface: of its component.
        parent: `properties.outputs` of the pipeline.
        bound_to: for each bound output of the step the name of the pipeline's.
    """
    found: dict[str, dict[str, Any]] = {}
    for name, port in interface.outputs.items():
        own = given.get(name)
        own = own if isinstance(own, Mapping) else {}
        around = parent.get(bound_to.get(name, ""))
        around = around if isinstance(around, Mapping) else {}
        own_type = own.get("job_output_type") or around.get("jobOutputType") or port.type
        if own_type.lower() in LITERAL_TYPES:
            own_type = "uri_file"  # the command may write a file there all the same; no job has a literal output
        path = own.get("uri") or around.get("uri") or port.path
        mode = wire_mode(own.get("mode") or around.get("mode") or port.mode)
        output = {
            "jobOutputType": own_type,
            "uri": path,
            "mode": mode,
            "assetName": own.get("asset_name") or own.get("name"),
            "assetVersion": own.get("asset_version") or own.get("version"),
        }
        found[name] = {key: value for key, value in output.items() if value is not None}
    return found


def asset_id(reference: Any) -> str | None:
    """An id without the prefix `azureml:` that components write before ARM ids; None where there is none."""
    if not isinstance(reference, str) or not reference:
        return None
    inner = reference.removeprefix("azureml:")
    return inner if inner.startswith("/") else reference


def camel(value: Any) -> Any:
    """Settings of a step as a job's body spells them: keys in camelCase; texts of components that are numbers or
    booleans become such."""
    if isinstance(value, Mapping):
        return {_camel_key(str(key)): _scalar(str(key), camel(inner)) for key, inner in value.items()}
    return value


def _camel_key(key: str) -> str:
    first, *rest = key.split("_")
    return first + "".join(word.capitalize() for word in rest)


_NUMBERS = re.compile(r"-?\d{1,18}(\.\d{1,18})?\Z")
_TEXTS = frozenset({"instance_type", "docker_args", "shm_size", "locations", "job_tier", "priority"})


def _scalar(key: str, value: Any) -> Any:
    if key in _TEXTS or not isinstance(value, str) or not _NUMBERS.match(value):
        return value
    return float(value) if "." in value else int(value)


def duration(seconds: Any) -> str:
    """Seconds as an ISO-8601 duration; durations stay as they are."""
    text = str(seconds)
    return text if text.upper().startswith("P") else f"PT{math.ceil(float(text))}S"


def wire_distribution(name: str, entry: Any) -> list[Any]:
    """A hyperparameter as a job file has it, in the form of job bodies.

    Example:
        >>> wire_distribution("lr", {"type": "uniform", "min_value": 0.1, "max_value": 0.9})
        ['uniform', [0.1, 0.9]]

    Raises:
        StepRefused: an unknown distribution, or an argument is missing.
    """
    if not isinstance(entry, Mapping) or not isinstance(kind := entry.get("type"), str):
        raise StepRefused(f"search_space.{name} is not a distribution: give its type and its arguments.")
    cls = DISTRIBUTIONS.get(kind.lower())
    if cls is None:
        raise StepRefused(f"search_space.{name}: unknown type {kind!r}; known are {', '.join(DISTRIBUTIONS)}.")
    if cls is Choice:
        values = entry.get("values") or []
        return [cls.kind, [[_choice(name, value) for value in values]]]
    missing = [field.name for field in fields(cls) if field.name not in entry]
    if missing:
        raise StepRefused(f"search_space.{name}: {kind} needs {', '.join(missing)}.")
    return [cls.kind, [entry[field.name] for field in fields(cls)]]


def _choice(name: str, value: Any) -> Any:
    """A value of a choice; one that is an object is a conditional space, which may hold distributions."""
    if not isinstance(value, Mapping):
        return value
    return {
        key: wire_distribution(f"{name}.{key}", inner) if isinstance(inner, Mapping) and "type" in inner else inner
        for key, inner in value.items()
    }


def _sampling(algorithm: Any) -> dict[str, Any]:
    given = dict(algorithm) if isinstance(algorithm, Mapping) else {"type": algorithm or "random"}
    kind = str(given.pop("type", "random")).capitalize()
    return {"samplingAlgorithmType": kind, **{key: value for key, value in given.items() if value is not None}}


def _swept(command: str, names: Collection[str]) -> str:
    return _INPUT.sub(lambda found: f"${{{{search_space.{found[1]}}}}}" if found[1] in names else found[0], command)


def is_deterministic(spec: Mapping[str, Any]) -> bool:
    """Whether a component may be reused: `is_deterministic`, true where it is left out."""
    return is_true(spec.get("is_deterministic", True))
