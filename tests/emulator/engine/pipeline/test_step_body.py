"""The job that a step becomes."""

from __future__ import annotations

from typing import Any

import pytest

from contracts.arm.jobs import CommandJob, SweepJob
from emulator.engine.pipeline.inputs import StepRefused
from emulator.engine.pipeline.interface import interface_of
from emulator.engine.pipeline.step_body import (
    asset_id,
    command_body,
    duration,
    is_deterministic,
    step_outputs,
    sweep_body,
    wire_distribution,
)

SPEC = {
    "command": "python t.py --lr ${{inputs.lr}} --n ${{inputs.n}} --out ${{outputs.model}}",
    "environment": "azureml:/subscriptions/s/environments/e/versions/1",
    "code": "azureml:/subscriptions/s/codes/c/versions/1",
    "resources": {"instance_count": "2", "instance_type": "STANDARD_D2"},
    "inputs": {"lr": {"type": "number"}, "n": {"type": "integer", "default": "3"}},
    "outputs": {"model": {"type": "mlflow_model", "mode": "upload"}},
}
SWEEP = {
    "type": "sweep",
    "limits": {"max_concurrent_trials": 2, "max_total_trials": 4, "timeout": 600, "trial_timeout": 300},
    "sampling_algorithm": {"type": "random", "seed": 3, "rule": "sobol"},
    "objective": {"goal": "maximize", "primary_metric": "acc"},
    "search_space": {"lr": {"type": "uniform", "min_value": 0.1, "max_value": 0.9}},
    "early_termination": {"policy_type": "Bandit", "evaluation_interval": 1, "slack_factor": 0.1},
    "queue_settings": {"job_tier": "standard"},
}


def test_a_command_step_is_a_command_job() -> None:
    node = {
        "limits": {"timeout": "PT1M"},
        "environment_variables": {"A": 1},
        "distribution": {"distribution_type": "PyTorch"},
    }
    body = command_body(node, SPEC, inputs={"lr": {"jobInputType": "literal", "value": "1"}}, outputs={}, compute="c")
    job = CommandJob.model_validate(body)
    assert (job.environment_id, job.code_id) == (
        "/subscriptions/s/environments/e/versions/1",
        "/subscriptions/s/codes/c/versions/1",
    )
    assert body["resources"] == {"instanceCount": 2, "instanceType": "STANDARD_D2"}
    assert body["limits"]["timeout"] == "PT1M"
    assert body["environmentVariables"] == {"A": "1"}
    assert body["distribution"] == {"distributionType": "PyTorch"}


def test_resources_of_the_step_go_before_those_of_the_component() -> None:
    body = command_body({"resources": {"instance_count": 4}}, SPEC, inputs={}, outputs={}, compute=None)
    assert body["resources"] == {"instanceCount": 4}


def test_a_sweep_step_is_a_sweep_job_in_the_form_of_job_bodies() -> None:
    inputs = {"lr": {"jobInputType": "literal", "value": "1"}, "n": {"jobInputType": "literal", "value": "3"}}
    body = sweep_body(SWEEP, SPEC, inputs=inputs, outputs={}, compute="c")
    job = SweepJob.model_validate(body)
    assert body["searchSpace"] == {"lr": ["uniform", [0.1, 0.9]]}
    assert body["samplingAlgorithm"] == {"samplingAlgorithmType": "Random", "seed": 3, "rule": "sobol"}
    assert body["objective"] == {"goal": "Maximize", "primaryMetric": "acc"}
    assert (job.limits.timeout, job.limits.trial_timeout) == ("PT600S", "PT300S") if job.limits else False
    assert body["earlyTermination"]["policyType"] == "Bandit"
    assert list(body["inputs"]) == ["n"]


def test_swept_names_are_read_from_the_search_space() -> None:
    body = sweep_body(SWEEP, SPEC, inputs={}, outputs={}, compute=None)
    assert body["trial"]["command"] == (
        "python t.py --lr ${{search_space.lr}} --n ${{inputs.n}} --out ${{outputs.model}}"
    )


@pytest.mark.parametrize(
    ("entry", "wire"),
    [
        ({"type": "choice", "values": [1, "a"]}, ["choice", [[1, "a"]]]),
        ({"type": "randint", "upper": 50}, ["randint", [50]]),
        ({"type": "qlognormal", "mu": 5, "sigma": 1, "q": 5}, ["qlognormal", [5, 1, 5]]),
        (
            {"type": "choice", "values": [{"k": {"type": "uniform", "min_value": 0, "max_value": 1}}]},
            ["choice", [[{"k": ["uniform", [0, 1]]}]]],
        ),
    ],
)
def test_distributions_of_job_files_in_the_form_of_bodies(entry: dict[str, Any], wire: list[Any]) -> None:
    assert wire_distribution("x", entry) == wire


@pytest.mark.parametrize("entry", [3, {}, {"type": "gauss"}, {"type": "uniform", "min_value": 0}])
def test_what_is_not_a_distribution_is_refused_by_name(entry: Any) -> None:
    with pytest.raises(StepRefused, match=r"search_space\.x"):
        wire_distribution("x", entry)


def test_an_output_goes_where_the_step_else_the_pipeline_else_the_component_says() -> None:
    interface = interface_of({"outputs": {"a": {"type": "uri_folder", "mode": "upload"}, "b": {"type": "uri_file"}}})
    found = step_outputs(
        {"a": {"value": "${{parent.outputs.best}}", "type": "literal", "name": "n", "version": "1"}},
        interface,
        parent={"best": {"jobOutputType": "uri_folder", "uri": "azureml://x/${{name}}/"}},
        bound_to={"a": "best"},
    )
    assert found == {
        "a": {
            "jobOutputType": "uri_folder",
            "uri": "azureml://x/${{name}}/",
            "mode": "Upload",
            "assetName": "n",
            "assetVersion": "1",
        },
        "b": {"jobOutputType": "uri_file"},
    }


@pytest.mark.parametrize(
    ("reference", "found"),
    [("azureml:/subscriptions/x", "/subscriptions/x"), ("azureml:env:1", "azureml:env:1"), ("", None), (None, None)],
)
def test_arm_ids_lose_their_prefix(reference: str | None, found: str | None) -> None:
    assert asset_id(reference) == found


def test_seconds_become_durations() -> None:
    assert [duration(600), duration("1.5"), duration("PT1M")] == ["PT600S", "PT2S", "PT1M"]


def test_a_component_is_deterministic_unless_it_says_no() -> None:
    assert [is_deterministic(spec) for spec in ({}, {"is_deterministic": "True"}, {"is_deterministic": "False"})] == [
        True,
        True,
        False,
    ]
