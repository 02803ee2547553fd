"""Hypothesis strategies of job descriptions: every class and every argument of sweep and command jobs."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from tests.gateway.serialization.arm.descriptions import Made

BUILD_CONTEXT = str(Path(__file__).parents[4] / "examples" / "quadratic")
NAMES = ("alpha", "beta", "lr", "n_estimators", "_x1", "momentum")

texts = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=8)
words = st.text("abcdefghij-_0123456789", min_size=1, max_size=10)
names = st.sampled_from(NAMES)
numbers = st.one_of(st.integers(-1000, 1000), st.floats(allow_nan=False, allow_infinity=False, width=32))
scalars = st.one_of(numbers, texts, st.booleans())
json_values = st.recursive(
    st.one_of(scalars, st.none()),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(words, inner, max_size=3)),
    max_leaves=6,
)
string_maps = st.dictionaries(words, texts, max_size=3)


def made(name: str, /, **arguments: st.SearchStrategy[Any]) -> st.SearchStrategy[Made]:
    """A call of `name` with some of its arguments."""
    return st.fixed_dictionaries({}, optional=arguments).map(lambda given: Made(name, given))


def with_required(name: str, required: dict[str, Any], /, **optional: Any) -> st.SearchStrategy[Made]:
    """A call of `name` with all of the required arguments and some of the others."""
    return st.fixed_dictionaries(required, optional=optional).map(lambda given: Made(name, given))


flat_distributions = st.one_of(
    made("Uniform", min_value=numbers, max_value=numbers),
    made("LogUniform", min_value=numbers, max_value=numbers),
    made("QUniform", min_value=numbers, max_value=numbers, q=numbers),
    made("QLogUniform", min_value=numbers, max_value=numbers, q=numbers),
    made("Normal", mu=numbers, sigma=numbers),
    made("LogNormal", mu=numbers, sigma=numbers),
    made("QNormal", mu=numbers, sigma=numbers, q=numbers),
    made("QLogNormal", mu=numbers, sigma=numbers, q=numbers),
    made("Randint", upper=st.integers(0, 1000)),
)
choices = st.deferred(
    lambda: made(
        "Choice",
        values=st.lists(
            st.one_of(json_values, st.dictionaries(words, st.one_of(distributions, json_values), max_size=3)),
            max_size=4,
        ),
    )
)
distributions: st.SearchStrategy[Made] = st.one_of(flat_distributions, choices)
search_spaces = st.dictionaries(names, distributions, max_size=4)

sampling_algorithms = st.one_of(
    st.sampled_from(["random", "Random", "grid", "GRID", "bayesian"]),
    made(
        "RandomSamplingAlgorithm",
        rule=st.sampled_from(["random", "sobol"]),
        seed=st.integers(0, 9),
        logbase=st.one_of(numbers, st.just("e")),
    ),
    made("GridSamplingAlgorithm"),
    made("BayesianSamplingAlgorithm"),
)
intervals = {"delay_evaluation": st.integers(0, 9), "evaluation_interval": st.integers(0, 9)}
policies = st.one_of(
    st.sampled_from(["bandit", "Bandit"]),
    made(
        "BanditPolicy",
        **intervals,
        slack_amount=st.one_of(st.just(0), numbers),
        slack_factor=st.one_of(st.just(0.0), numbers, st.just(Decimal("0.25"))),
    ),
    made("MedianStoppingPolicy", **intervals),
    made("TruncationSelectionPolicy", **intervals, truncation_percentage=st.integers(0, 100)),
)
objectives = with_required("Objective", {"goal": st.sampled_from(["minimize", "Maximize", "UP"])}, primary_metric=texts)
seconds = st.one_of(st.integers(0, 200), st.integers(0, 10**7))
sweep_limits = made(
    "SweepJobLimits",
    max_concurrent_trials=st.integers(0, 99),
    max_total_trials=st.integers(0, 9999),
    timeout=seconds,
    trial_timeout=seconds,
)
command_limits = made("CommandJobLimits", timeout=st.one_of(seconds, st.just("${{parent.inputs.t}}")))
identities = st.one_of(
    made("ManagedIdentityConfiguration", client_id=words, object_id=words, resource_id=words, principal_id=words),
    made("UserIdentityConfiguration"),
    made("AmlTokenConfiguration"),
)
tiers = st.sampled_from(["spot", "Basic", "STANDARD", "premium", "Null"])
priorities = st.sampled_from(["low", "Medium", "HIGH"])
queue_settings = made("QueueSettings", job_tier=tiers, priority=priorities)
compute_properties = st.dictionaries(
    st.one_of(words, st.sampled_from(["AISuperComputer", "singularity", "ITP", "target_selector", "_hidden"])),
    json_values,
    max_size=3,
)
resource_arguments = {
    "locations": st.lists(words, max_size=2),
    "instance_count": st.integers(0, 9),
    "instance_type": st.one_of(words, st.lists(words, max_size=2)),
    "properties": compute_properties,
    "docker_args": st.one_of(texts, st.lists(words, max_size=2)),
    "shm_size": st.sampled_from(["2g", "512m"]),
    "max_instance_count": st.integers(1, 9),
}
resources = made("JobResourceConfiguration", **resource_arguments)
nodes = made("ResourceConfiguration", instance_count=st.integers(0, 9), instance_type=words)
resource_dicts = st.fixed_dictionaries({}, optional=resource_arguments)
spreads = st.one_of(
    made("MpiDistribution", process_count_per_instance=st.integers(1, 9)),
    made("PyTorchDistribution", process_count_per_instance=st.integers(1, 9)),
    made("TensorFlowDistribution", parameter_server_count=st.integers(0, 9), worker_count=st.integers(0, 9)),
    made(
        "RayDistribution",
        port=st.integers(1, 9999),
        address=words,
        include_dashboard=st.booleans(),
        dashboard_port=st.integers(0, 9999),
        head_node_additional_args=texts,
        worker_node_additional_args=texts,
    ),
    st.sampled_from(
        [
            {"type": "mpi", "process_count_per_instance": 2},
            {"type": "PyTorch"},
            {"type": "tensorflow", "worker_count": 3},
            {"type": "ray", "include_dashboard": True},
        ]
    ),
)
service_arguments = {
    "endpoint": words,
    "nodes": st.just("all"),
    "status": words,
    "port": st.integers(1, 9999),
    "properties": string_maps,
}
services = st.dictionaries(
    words,
    st.one_of(
        made(
            "JobService",
            **service_arguments,
            type=st.sampled_from(["ssh", "jupyter_lab", "tensor_board", "vs_code", "Studio"]),
        ),
        made("SshJobService", **service_arguments, ssh_public_keys=texts),
        made("TensorBoardJobService", **service_arguments, log_dir=texts),
        made("JupyterLabJobService", **service_arguments),
        made("VsCodeJobService", **service_arguments),
    ),
    max_size=2,
)
asset_types = st.sampled_from(["uri_file", "uri_folder", "mltable", "mlflow_model", "custom_model", "triton_model"])
paths = st.sampled_from(
    [
        "./data",
        "https://example.com/a.csv",
        "azureml:iris:1",
        "azureml://datastores/d/paths/p/",
        "${{parent.inputs.x}}",
        "",
    ]
)
input_modes = st.sampled_from(["mount", "ro_mount", "rw_mount", "download", "direct", "eval_mount", "EVAL_DOWNLOAD"])
input_arguments = {
    "type": asset_types,
    "path": paths,
    "mode": input_modes,
    "path_on_compute": words,
    "optional": st.booleans(),
    "description": texts,
    "datastore": words,
}


def _lower_mode_of_bindings(options: dict[str, Any]) -> dict[str, Any]:
    """The official SDK crashes on the upper-case mode of an input whose path is a binding."""
    if "mode" in options and options.get("path", "").startswith("${{"):
        return {**options, "mode": options["mode"].lower()}
    return options


input_options = st.fixed_dictionaries({}, optional=input_arguments).map(_lower_mode_of_bindings)
data_inputs = input_options.map(lambda options: Made("Input", options))
inputs = st.dictionaries(names, st.one_of(data_inputs, scalars, input_options), max_size=3)
output_arguments = {
    "type": asset_types,
    "path": paths,
    "mode": st.sampled_from(["mount", "rw_mount", "upload", "DIRECT"]),
    "description": texts,
    "path_on_compute": words,
    "early_available": st.booleans(),
}
named = st.fixed_dictionaries({"name": words}, optional={"version": words})
output_options = st.builds(
    lambda options, name: {**options, **name},
    st.fixed_dictionaries({}, optional=output_arguments),
    st.one_of(st.just({}), named),
)
data_outputs = output_options.map(lambda options: Made("Output", options))
outputs = st.dictionaries(names, st.one_of(data_outputs, st.none(), output_options), max_size=3)
commands = st.one_of(
    st.sampled_from(
        [
            "python train.py",
            "echo {outputs.o} {search_space.lr} {{inputs.x}}",
            "run [--x ${{inputs.missing}}] ${{search_space.lr}}",
            "${{outputs.o}}",
            "",
        ]
    ),
    texts,
)
conda_files = st.just({"channels": ["conda-forge"], "dependencies": ["python=3.11", {"pip": ["mlflow"]}]})
environments = st.one_of(
    st.sampled_from(
        ["azureml:sklearn:1", "sklearn@latest", "azureml://registries/azureml/environments/e/versions/1", "e:1"]
    ),
    with_required("Environment", {"image": words}, conda_file=conda_files, description=texts),
    with_required("Environment", {"image": words, "name": words, "version": words}, tags=string_maps),
    with_required(
        "Environment",
        {"build": with_required("BuildContext", {"path": st.just(BUILD_CONTEXT)}, dockerfile_path=words)},
        os_type=st.just("linux"),
    ),
)
variables = st.dictionaries(words, st.one_of(texts, st.integers()), max_size=3)
job_arguments = {
    "name": words,
    "display_name": texts,
    "description": texts,
    "tags": st.dictionaries(words, st.one_of(texts, st.integers(), st.none()), max_size=3),
    "properties": st.dictionaries(st.one_of(words, st.just("_azureml.ComputeTargetType")), texts, max_size=3),
    "experiment_name": texts,
    "compute": st.one_of(words, st.just("azureml:cpu"), st.just("local")),
}
trial_arguments = {
    "code": st.sampled_from(["./src", "azureml:code:1", "https://github.com/x/y"]),
    "environment_variables": variables,
    "distribution": spreads,
    "resources": st.one_of(resources, nodes, resource_dicts),
    "queue_settings": queue_settings,
}
command_jobs = with_required(
    "CommandJob",
    {"command": commands, "environment": environments},
    **job_arguments,
    **trial_arguments,
    inputs=inputs,
    outputs=outputs,
    limits=command_limits,
    identity=identities,
    services=services,
    parent_job_name=words,
)
trial_jobs = with_required(
    "CommandJob",
    {"command": commands},
    environment=environments,
    **job_arguments,
    **trial_arguments,
    inputs=inputs,
    outputs=outputs,
    limits=made("CommandJobLimits", timeout=seconds),
)
trial_components = with_required(
    "CommandComponent",
    {"command": commands, "environment": environments},
    name=words,
    **{**trial_arguments, "queue_settings": st.nothing()},
)
parameterized_commands = with_required(
    "ParameterizedCommand", {"command": commands}, environment=environments, **trial_arguments
)
sweep_jobs = with_required(
    "SweepJob",
    {"trial": st.one_of(trial_jobs, parameterized_commands), "search_space": search_spaces},
    **job_arguments,
    sampling_algorithm=sampling_algorithms,
    objective=st.one_of(objectives, st.just({"goal": "Maximize", "primary_metric": "m"})),
    early_termination=policies,
    limits=sweep_limits,
    inputs=inputs,
    outputs=outputs,
    identity=identities,
    queue_settings=queue_settings,
    resources=st.one_of(resources, resource_dicts),
)

builder_commands = st.one_of(
    st.just("python train.py --lr ${{inputs.lr}} --old {inputs.lr}"), st.just("echo ${{inputs.lr}}")
)
builder_inputs = st.builds(
    lambda lr, others: {"lr": lr, **others},
    st.one_of(st.floats(0, 1), flat_distributions),
    st.dictionaries(st.sampled_from(["alpha", "beta", "data"]), st.one_of(data_inputs, scalars), max_size=2),
)
builder_arguments = {
    **job_arguments,
    "code": trial_arguments["code"],
    "environment_variables": variables,
    "distribution": spreads,
    "outputs": outputs,
    "instance_count": st.integers(1, 9),
    "instance_type": words,
    "locations": st.lists(words, max_size=2),
    "docker_args": st.one_of(texts, st.lists(words, max_size=2)),
    "shm_size": st.just("2g"),
    "timeout": seconds,
    "identity": identities,
    "is_deterministic": st.booleans(),
    "services": services,
    "job_tier": tiers,
    "priority": priorities,
    "parent_job_name": words,
    "resources": resources,
}
swept_values = st.one_of(distributions, st.floats(0, 1))
sweep_steps = st.fixed_dictionaries(
    {"primary_metric": words, "goal": st.sampled_from(["minimize", "Maximize"])},
    optional={
        "sampling_algorithm": sampling_algorithms,
        "compute": words,
        "max_concurrent_trials": st.integers(1, 9),
        "max_total_trials": st.integers(1, 99),
        "timeout": seconds,
        "trial_timeout": seconds,
        "early_termination_policy": policies,
        "search_space": st.dictionaries(st.sampled_from(["lr", "extra"]), distributions, max_size=2),
        "identity": identities,
        "queue_settings": queue_settings,
        "job_tier": tiers,
        "priority": priorities,
    },
)


@st.composite
def called_commands(draw: st.DrawFn, *, swept: bool) -> Made:
    """`command(...)`, then called with other inputs or not, then swept or not."""
    arguments = draw(
        st.fixed_dictionaries(
            {"command": builder_commands, "environment": environments, "inputs": builder_inputs},
            optional=builder_arguments,
        )
    )
    steps: list[tuple[str, dict[str, Any]]] = []
    if swept:
        arguments["inputs"]["lr"] = draw(swept_values if draw(st.booleans()) else st.floats(0, 1))
        if isinstance(arguments["inputs"]["lr"], Made) and arguments["inputs"]["lr"].name == "Choice":
            arguments["inputs"]["lr"] = 0.5
        if draw(st.booleans()):
            steps.append(("__call__", {"lr": draw(swept_values)}))
        steps.append(("sweep", draw(sweep_steps)))
    else:
        arguments["inputs"]["lr"] = draw(st.floats(0, 1))
        if draw(st.booleans()):
            steps.append(("__call__", draw(st.sampled_from([{}, {"lr": 3}, {"LR": 0.5}]))))
    return Made("command", arguments, tuple(steps))


jobs = st.one_of(sweep_jobs, command_jobs, called_commands(swept=True), called_commands(swept=False))
