"""Hypothesis strategies of job files as the mappings that they hold, odd but legal spellings included."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from gateway import to_arm
from gateway.exceptions import ValidationException

Strategy = st.SearchStrategy[Any]
WORKSPACE = "/subscriptions/s/resourceGroups/r/providers/Microsoft.MachineLearningServices/workspaces/w"

words = st.text("abcXYZ01_-", min_size=1, max_size=6)
texts = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=8)
names = st.sampled_from(["alpha", "lr", "n_estimators", "_x1"])
counts = st.one_of(st.integers(-5, 2000), st.sampled_from(["7", " 8 ", 2.7]))
numbers = st.one_of(st.integers(-1000, 1000), st.floats(-1e6, 1e6), st.sampled_from(["1", "0.5", "1e3"]))
plain = st.one_of(texts, st.integers(), st.booleans(), st.none(), st.floats(allow_nan=False))


def some(required: dict[str, Strategy] | None = None, /, **optional: Strategy) -> Strategy:
    """A mapping with all of the required fields and some of the others."""
    return st.fixed_dictionaries(required or {}, optional=optional)


def any_case(*spellings: str) -> Strategy:
    return st.sampled_from([form for word in spellings for form in (word, word.title(), word.upper())])


def kind(*spellings: str) -> dict[str, Strategy]:
    return {"type": st.sampled_from(spellings)}


flat_distributions = st.one_of(
    some({**kind("uniform", "Uniform", "loguniform"), "min_value": numbers, "max_value": numbers}),
    some({**kind("quniform", "QLogUniform"), "min_value": numbers, "max_value": numbers, "q": numbers}),
    some({**kind("normal", "LOGNORMAL"), "mu": numbers, "sigma": numbers}),
    some({**kind("qnormal", "qlognormal"), "mu": numbers, "sigma": numbers, "q": numbers}),
    some({**kind("randint"), "upper": counts}),
)
choices: Strategy = st.deferred(
    lambda: some(
        kind("choice"),
        values=st.lists(
            st.one_of(
                st.integers(),
                st.floats(-9, 9),
                texts,
                st.dictionaries(names, st.one_of(flat_distributions, choices, numbers, words), max_size=2),
            ),
            max_size=3,
        ),
    )
)
search_spaces = st.dictionaries(names, st.one_of(flat_distributions, choices), max_size=3)
sampling_algorithms = st.one_of(
    any_case("random", "grid", "bayesian"),
    some(kind("random", "Random"), seed=counts, rule=any_case("random", "sobol"), logbase=st.one_of(numbers, words)),
    some(kind("grid")),
    some(kind("bayesian")),
)
pace = {"evaluation_interval": st.none() | counts, "delay_evaluation": st.none() | counts}
policies = st.one_of(
    some(kind("bandit", "Bandit"), slack_factor=st.none() | numbers, slack_amount=st.none() | numbers, **pace),
    some(kind("median_stopping", "MedianStopping"), **pace),
    some({**kind("truncation_selection"), "truncation_percentage": counts}, **pace),
)
resources = some(
    instance_count=counts,
    instance_type=texts,
    locations=st.lists(words, max_size=2),
    max_instance_count=counts,
    shm_size=st.just("2g"),
    docker_args=texts,
    properties=st.dictionaries(words, plain, max_size=2),
)
distributions = st.one_of(
    some(kind("mpi", "PyTorch"), process_count_per_instance=counts),
    some(kind("tensorflow", "TensorFlow"), parameter_server_count=counts, worker_count=counts),
    some(
        kind("ray"),
        port=counts,
        address=texts,
        include_dashboard=st.sampled_from([True, False, "yes", "off", 1]),
        dashboard_port=counts,
        head_node_additional_args=texts,
        worker_node_additional_args=texts,
    ),
)
queue_settings = some(
    job_tier=any_case("spot", "basic", "standard", "premium", "null"), priority=any_case("low", "medium", "high")
)
identities = st.one_of(
    some(kind("managed", "managed_identity"), client_id=texts, object_id=texts),
    some(kind("aml_token", "AMLToken", "user_identity", "UserIdentity")),
)
paths = st.sampled_from(
    [
        "azureml:data:1",
        "azureml:data@latest",
        "azureml:data",
        "./local/data",
        "https://example.com/x.csv",
        "azureml://datastores/d/paths/a/b",
        "azureml://datastores/d/paths/a:b",
        f"{WORKSPACE}/data/d/versions/2",
        f"azureml:{WORKSPACE}/data/d/versions/2",
    ]
)
modes = any_case("download", "ro_mount", "direct")
inputs = st.one_of(
    st.one_of(st.integers(), st.floats(-9, 9), texts, st.booleans()),
    some({"value": st.one_of(st.integers(), st.floats(-9, 9), texts, st.booleans())}),
    some(path=paths, mode=modes, datastore=words),
    some(kind("uri_file", "uri_folder", "URI_FILE"), path=paths, mode=modes),
    some(kind("mltable"), path=paths, mode=any_case("eval_mount", "eval_download", "direct")),
    some(kind("custom_model", "mlflow_model", "triton_model"), path=paths, mode=modes),
)
output = {
    "type": st.sampled_from(["uri_file", "uri_folder", "mltable", "mlflow_model", "custom_model", "triton_model"]),
    "mode": any_case("mount", "upload", "rw_mount", "direct"),
    "path": paths,
}
outputs = st.one_of(st.none(), some(**output), some({"name": words}, version=st.sampled_from(["1", 2, 3.5]), **output))
services = some(
    type=st.sampled_from(["ssh", "SSH", "jupyter_lab", "vs_code", "tensor_board"]),
    port=counts,
    nodes=st.just("all"),
    properties=st.dictionaries(words, texts, max_size=2),
)
tags = st.dictionaries(words, st.none() | texts, max_size=2)
commands = st.sampled_from(
    ["python train.py", "python t.py {inputs.alpha} ${{search_space.lr}}", "echo ${{outputs.alpha}} [${{inputs._x1}}]"]
)
environments = st.sampled_from(
    ["azureml:env:1", "azureml:env@latest", "azureml:env", "azureml://registries/r/environments/e/versions/1"]
)
command_fields: dict[str, Strategy] = {
    "code": st.sampled_from(["src", "./src", "azureml:code:1", "https://example.com/x.git", "git+https://x.org/y"]),
    "environment_variables": st.dictionaries(words, plain, max_size=2),
    "resources": resources,
    "distribution": distributions,
    "queue_settings": queue_settings,
    "$schema": texts,
}
job_fields: dict[str, Strategy] = {
    "$schema": texts,
    "name": words,
    "display_name": texts,
    "experiment_name": texts,
    "description": texts,
    "tags": tags,
    "properties": tags,
    "compute": st.sampled_from(["azureml:cpu", "cpu", "local", "LOCAL", "azureml:/subscriptions/s/computes/c"]),
    "identity": identities,
    "services": st.dictionaries(names, services, max_size=2),
    "inputs": st.dictionaries(names, inputs, max_size=3),
    "outputs": st.dictionaries(names, outputs, max_size=2),
}
sweeps = some(
    {
        **kind("sweep"),
        "trial": some({"command": commands, "environment": environments}, **command_fields),
        "search_space": search_spaces,
        "objective": some({"goal": any_case("minimize", "maximize"), "primary_metric": texts}),
        "limits": some(
            {"max_total_trials": counts}, max_concurrent_trials=counts, timeout=counts, trial_timeout=counts
        ),
    },
    sampling_algorithm=sampling_algorithms,
    early_termination=policies,
    resources=resources,
    queue_settings=queue_settings,
    **job_fields,
)
command_jobs = some(
    {**kind("command"), "command": commands, "environment": environments},
    limits=some(timeout=counts),
    parent_job_name=words,
    **{**command_fields, **job_fields},
)
job_files = st.one_of(sweeps, command_jobs)


@st.composite
def spoiled_job_files(draw: st.DrawFn) -> Any:
    """A job file in which one value, wherever it is, is replaced by something arbitrary, or one key is misspelled."""
    content = draw(job_files)
    *parents, last = draw(st.sampled_from([place for place in _places(content) if place]))
    target = content
    for step in parents:
        target = target[step]
    if isinstance(last, str) and draw(st.booleans()):
        target[last + "s"] = target.pop(last)
    else:
        target[last] = draw(st.one_of(plain, st.lists(plain, max_size=2), st.dictionaries(words, plain, max_size=2)))
    return content


def body_or_refusal(job: Any) -> Any:
    """The properties of a job's body, or the sentence with which it is refused."""
    try:
        return to_arm(job)["properties"]
    except ValidationException as refused:
        return str(refused)


def _places(value: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [at] + [place for key, inner in members for place in _places(inner, (*at, key))]
