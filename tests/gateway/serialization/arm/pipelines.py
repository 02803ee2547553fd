"""Random pipelines, built by the same function in the gateway and in the official SDK."""

import json
from dataclasses import dataclass
from importlib import import_module
from types import SimpleNamespace
from typing import Any

from hypothesis import strategies as st

from tests.gateway.serialization.arm.descriptions import GATEWAY, SDK, build
from tests.gateway.serialization.arm.strategies import flat_distributions, policies, sampling_algorithms, string_maps

words = st.text("abcdefghij_0123456789", min_size=1, max_size=8)
numbers = st.one_of(st.integers(-99, 99), st.floats(allow_nan=False, allow_infinity=False, width=32))
modes = st.sampled_from(["upload", "rw_mount", "direct"])


@dataclass(frozen=True)
class Step:
    """A step of a random pipeline.

    Parameters:
        kind: `command`, `sweep` or `nested`.
        reads: which earlier step's output it reads, counted back; None for the pipeline's input.
        settings: what is set on it.
    """

    kind: str
    reads: int | None
    settings: dict[str, Any]


step_settings = st.fixed_dictionaries(
    {},
    optional={
        "number": numbers,
        "text": st.one_of(words, st.just("")),
        "bound_number": st.booleans(),
        "input_mode": st.sampled_from(["download", "ro_mount", "direct"]),
        "output_mode": modes,
        "output_name": words,
        "output_path": st.just("azureml://datastores/x/paths/${{name}}/"),
        "compute": st.sampled_from(["cpu", "gpu", "serverless"]),
        "display_name": words,
        "tags": string_maps,
        "properties": string_maps,
        "comment": words,
        "timeout": st.integers(1, 9999),
        "variables": string_maps,
        "instance_count": st.integers(1, 4),
        "shm_size": st.just("2g"),
        "identity": st.sampled_from(["UserIdentityConfiguration", "AmlTokenConfiguration"]),
        "job_tier": st.sampled_from(["Spot", "Standard"]),
        "name": st.sampled_from(["first", "second", "third"]),
        "space": flat_distributions,
        "algorithm": sampling_algorithms,
        # The official SDK has no form for a policy given by name in a step.
        "policy": policies.filter(lambda policy: not isinstance(policy, str)),
        "trials": st.integers(1, 9),
        "publish": st.booleans(),
        "variable": st.booleans(),
        "extra": words,
    },
)
steps = st.builds(
    Step,
    st.sampled_from(["command", "command", "sweep", "nested"]),
    st.one_of(st.none(), st.integers(1, 3)),
    step_settings,
)
settings = st.fixed_dictionaries(
    {},
    optional={
        "default_compute": words,
        "default_datastore": words,
        "continue_on_step_failure": st.booleans(),
        "force_rerun": st.booleans(),
        "compute": words,
        "description": words,
        "display_name": words,
        "experiment_name": words,
        "tags": string_maps,
    },
)
pipelines = st.tuples(st.lists(steps, min_size=1, max_size=8), settings, st.one_of(st.none(), numbers))


def library(names: tuple[str, ...]) -> SimpleNamespace:
    """The public names of a library that pipelines need."""
    root, entities = import_module(names[-1] if names is GATEWAY else "azure.ai.ml"), import_module(names[1])
    dsl = import_module(f"{root.__name__}.dsl")
    return SimpleNamespace(
        modules=names, command=root.command, Input=root.Input, Output=root.Output, dsl=dsl, entities=entities
    )


def built(described: tuple[list[Step], dict[str, Any], Any], lib: SimpleNamespace, component: Any) -> Any:
    """The pipeline job of a description.

    Parameters:
        lib: whose classes it is made of, see `library`.
        component: a command component of that library, with inputs `data`, `number`, `text` and an output `model`.
    """
    described_steps, options, number = described
    base = lib.command(
        name="prepare",
        command="echo ${{inputs.number}} ${{inputs.text}} > ${{outputs.model}}",
        environment="azureml:base:1",
        inputs={"data": lib.Input(type="uri_folder"), "number": 3, "text": "t"},
        outputs={"model": lib.Output(type="uri_folder", mode="upload")},
        environment_variables={"A": "b"},
    )

    @lib.dsl.pipeline(default_compute="inside")  # type: ignore[untyped-decorator]
    def nested(data: lib.Input(type="uri_folder"), number: float = 0.5, text: str = "x") -> Any:  # type: ignore[name-defined]
        inner = component(data=data, number=number)
        return {"model": inner.outputs.model}

    @lib.dsl.pipeline(**options)  # type: ignore[untyped-decorator]
    def outer(data, number=1.5, text="fixed"):  # type: ignore[no-untyped-def]
        made: list[Any] = []
        outputs = {}
        for place, step in enumerate(described_steps):
            source = made[-step.reads].outputs.model if step.reads and step.reads <= len(made) else data
            made.append(_step(step, source, number, lib, base if place % 2 else component, nested))
            if step.settings.get("publish"):
                outputs[f"out{place}"] = made[-1].outputs.model
        last = made[-1]  # noqa: F841 - its name is that of a step
        return outputs

    values: dict[str, Any] = {"data": lib.Input(type="uri_folder", path="azureml:data:1", mode="ro_mount")}
    return outer(**values) if number is None else outer(**values, number=number)


def _step(step: Step, source: Any, number: Any, lib: SimpleNamespace, component: Any, nested: Any) -> Any:
    given = step.settings
    inputs = {"data": source}
    inputs |= {key: given[key] for key in ("number", "text") if key in given}
    if given.get("bound_number"):
        inputs["number"] = number
    if step.kind == "nested":
        return _common(nested(**inputs), given, lib)
    if step.kind == "command":
        made = _common(component(**inputs), given, lib)
        if "timeout" in given:
            made.limits = lib.entities.CommandJobLimits(timeout=given["timeout"])
        if "variables" in given:
            made.environment_variables = given["variables"]
        if "identity" in given:
            made.identity = getattr(lib.entities, given["identity"])()
        if "extra" in given:
            made.extra_setting = given["extra"]
        return _resources(made, given, lib)
    inputs["number"] = build(given["space"], lib.modules) if "space" in given else inputs.get("number", 2)
    made = component(**inputs).sweep(
        primary_metric="loss",
        goal="Minimize",
        sampling_algorithm=build(given.get("algorithm", "random"), lib.modules),
        early_termination_policy=build(given.get("policy"), lib.modules),
        max_total_trials=given.get("trials"),
        timeout=given.get("timeout"),
    )
    return _resources(_common(made, given, lib), given, lib)


def _resources(made: Any, given: dict[str, Any], lib: SimpleNamespace) -> Any:
    chosen = {key: given[key] for key in ("instance_count", "shm_size") if key in given}
    if chosen:
        made.resources = lib.entities.JobResourceConfiguration(**chosen)
    if "job_tier" in given:
        made.queue_settings = lib.entities.QueueSettings(job_tier=given["job_tier"])
    return made


def _common(made: Any, given: dict[str, Any], lib: SimpleNamespace) -> Any:
    for key in ("compute", "display_name", "tags", "properties", "comment"):
        if key in given:
            setattr(made, key, given[key])
    if "input_mode" in given:
        made.inputs.data.mode = given["input_mode"]
    if "output_mode" in given:
        made.outputs.model.mode = given["output_mode"]
    if "output_path" in given:
        made.outputs.model.path = given["output_path"]
    if "output_name" in given:
        made.outputs.model.name = given["output_name"]
        made.outputs.model.version = "1"
    return made


def gateway_pipeline(job: Any) -> bytes:
    """The body of one of the gateway's pipelines."""
    from gateway import to_arm_json

    return to_arm_json(job)


def sdk_pipeline(job: Any) -> bytes:
    """The body of one of the official SDK's pipelines, its components called as the gateway calls unregistered ones."""
    from azure.ai.ml._restclient.arm_ml_service._utils.model_base import SdkJSONEncoder

    _name_components(job.jobs)
    return json.dumps(job._to_rest_object(), cls=SdkJSONEncoder, exclude_readonly=True).encode()


def _name_components(jobs: dict[str, Any]) -> None:
    from azure.ai.ml.entities import Environment

    for step in jobs.values():
        component = step._component
        if isinstance(component, str):
            continue
        if hasattr(component, "jobs"):
            _name_components(component.jobs)
        environment = getattr(component, "environment", None)
        if isinstance(environment, Environment):
            component.environment = f"{environment.name}:{environment.version}"
        step._component = f"azureml_anonymous:{component._get_anonymous_hash()}"


__all__ = ["GATEWAY", "SDK", "built", "gateway_pipeline", "library", "pipelines", "sdk_pipeline"]
