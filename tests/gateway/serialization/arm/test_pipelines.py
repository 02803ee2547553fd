"""Pipelines: the gateway's bodies are those of the official SDK, and what is read back makes the same body."""

from __future__ import annotations

import json
import warnings
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from gateway import from_arm, load_component, load_job, to_arm
from tests.gateway.serialization.arm.pipelines import (
    GATEWAY,
    SDK,
    built,
    gateway_pipeline,
    library,
    pipelines,
    sdk_pipeline,
)

COMPONENT = """
$schema: https://azuremlschemas.azureedge.net/latest/commandComponent.schema.json
name: fit
version: 3
display_name: Fit
type: command
tags: {a: b}
is_deterministic: false
inputs:
  data: {type: uri_folder, description: what to fit, optional: true}
  number: {type: number, default: 0.1, min: 0, max: 1}
  text: {type: string, enum: [x, "y"], optional: true}
  flag: {type: boolean, default: true}
outputs:
  model: {type: mlflow_model, mode: upload}
code: .
environment: azureml:env:1
command: python fit.py ${{inputs.number}} $[[${{inputs.text}}]]
resources: {instance_count: 2}
distribution: {type: mpi, process_count_per_instance: 2}
"""

#: Within the corpus, what differs on purpose; the reason beside it.
NOT_COMPARED = {
    "helloworld_pipeline_job_with_distribution_component.yml": "unknown fields of a distribution are mistakes here",
}


@pytest.fixture(scope="module")
def component_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("component") / "fit.yml"
    file.write_text(COMPONENT)
    return file


@pytest.mark.oracle
def test_bodies_of_pipelines_are_those_of_the_official_sdk(sdk: None, component_file: Path) -> None:
    import azure.ai.ml

    ours, theirs = library(GATEWAY), library(SDK)

    # The official SDK takes a tenth of a second for each.
    @settings(max_examples=40, suppress_health_check=list(HealthCheck))
    @given(pipelines)
    def check(described: Any) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            expected = sdk_pipeline(built(described, theirs, azure.ai.ml.load_component(component_file)))
        made = gateway_pipeline(built(described, ours, load_component(component_file)))
        assert json.loads(made) == json.loads(expected)
        assert list(_keys(json.loads(made))) == list(_keys(json.loads(expected)))

    check()


def test_what_is_read_back_makes_the_same_body(component_file: Path) -> None:
    ours = library(GATEWAY)

    @settings(max_examples=40, suppress_health_check=list(HealthCheck))
    @given(pipelines)
    def check(described: Any) -> None:
        body = to_arm(built(described, ours, load_component(component_file)))
        read = to_arm(from_arm({"name": "p", **body}))
        assert to_arm(from_arm({"name": "p", **read})) == read
        assert read["properties"]["jobs"].keys() == body["properties"]["jobs"].keys()
        for name, step in body["properties"]["jobs"].items():
            assert read["properties"]["jobs"][name]["inputs"] == step["inputs"]

    check()


@pytest.mark.oracle
def test_pipeline_files_of_the_official_tests_make_the_same_bodies(sdk: None, corpus: Path) -> None:
    import azure.ai.ml

    compared = 0
    for folder in ("pipeline_jobs", "dsl_pipeline"):
        for file in sorted((corpus / "ms_test_configs" / folder).rglob("*.y*ml")):
            text = file.read_text()
            if file.name in NOT_COMPARED or "jobs:" not in text or "type: pipeline" not in text.splitlines():
                continue
            try:
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    expected = sdk_pipeline(azure.ai.ml.load_job(file))
            except Exception:  # noqa: BLE001 - whatever it raises for a file that refers to what is not there
                continue
            made = gateway_pipeline(load_job(file))
            assert json.loads(made) == json.loads(expected), file.name
            assert list(_keys(json.loads(made))) == list(_keys(json.loads(expected))), file.name
            compared += 1
    assert compared >= 19


@pytest.mark.oracle
def test_fields_that_no_step_has_travel_as_with_the_official_sdk(sdk: None, tmp_path: Path) -> None:
    import azure.ai.ml

    file = tmp_path / "pipeline.yml"
    file.write_text(
        "type: pipeline\njobs:\n"
        "  fit: {type: command, component: azureml:fit:1, compute: azureml:cpu, condition: '${{parent.inputs.ok}}'}\n"
        "  tune:\n    type: sweep\n    trial: azureml:fit:1\n    compute: azureml:cpu\n    comput: [1, {a: {}, b: 2}]\n"
        "    sampling_algorithm: random\n    search_space: {x: {type: choice, values: [1, 2]}}\n"
        "    objective: {goal: maximize, primary_metric: a}\n    limits: {max_total_trials: 2}\n"
        "  night: {type: pipeline, component: azureml:night:1, bogus: {a: 1, b: {}}}\n"
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        expected = sdk_pipeline(azure.ai.ml.load_job(file))
    made = gateway_pipeline(load_job(file))
    assert json.loads(made) == json.loads(expected)
    load_job(file).dump(tmp_path / "dumped.yml")
    assert json.loads(gateway_pipeline(load_job(tmp_path / "dumped.yml"))) == json.loads(made)


def _keys(value: Any) -> Any:
    if isinstance(value, dict):
        for key, entry in value.items():
            yield key
            yield from _keys(entry)
    elif isinstance(value, list):
        for entry in value:
            yield from _keys(entry)
