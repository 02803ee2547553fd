"""Pipeline jobs on the control plane: what is answered, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from emulator.services.jobs.pipelines import computes_of
from tests.emulator.api.arm.conftest import Client

WORKSPACE = "/subscriptions/s/resourceGroups/g/providers/Microsoft.MachineLearningServices/workspaces/w"
SPEC = {
    "command": "true",
    "environment": "azureml:e:1",
    "type": "command",
    "inputs": {"i": {"type": "uri_folder"}},
    "outputs": {"o": {"type": "uri_folder"}},
}


@pytest.fixture
def component(client: Client) -> str:
    answer = client.arm("PUT", "/components/c/versions/1", json={"properties": {"componentSpec": SPEC}})
    assert answer.status_code == 201
    return str(answer.json()["id"])


def node(component: str, **parts: Any) -> dict[str, Any]:
    return {"type": "command", "componentId": component, "_source": "YAML.COMPONENT", **parts}


def reads(step: str, output: str = "o") -> dict[str, Any]:
    return {"i": {"value": f"${{{{parent.jobs.{step}.outputs.{output}}}}}", "job_input_type": "literal"}}


def put(client: Client, jobs: dict[str, Any], name: str = "p", **properties: Any) -> Any:
    body = {"properties": {"jobType": "Pipeline", "jobs": jobs, **properties}}
    return client.arm("PUT", f"/jobs/{name}", json=body)


def message(answer: Any) -> str:
    assert answer.status_code == 400, answer.text
    return str(answer.json()["error"]["message"])


def test_a_pipeline_is_answered_as_recorded(client: Client, component: str) -> None:
    answer = put(
        client,
        {"a": node(component)},
        inputs={
            "lr": {"jobInputType": "literal", "value": "0.5"},
            "raw": {"jobInputType": "uri_folder", "uri": "azureml://datastores/workspaceblobstore/paths/raw/"},
        },
        outputs={"best": {"jobOutputType": "uri_folder"}},
        settings={"default_compute": "cpu", "_source": "YAML.JOB", "force_rerun": True},
    )
    assert answer.status_code == 201
    shown = answer.json()["properties"]
    assert (shown["status"], shown["jobType"], shown["displayName"]) == ("Preparing", "Pipeline", "p")
    assert shown["jobs"] == {"a": node(component)}
    assert shown["inputs"]["raw"]["mode"] == "ReadOnlyMount"
    assert shown["inputs"]["lr"] == {"description": None, "jobInputType": "literal", "value": "0.5"}
    assert shown["outputs"]["best"] == {
        "description": None, "uri": None, "assetName": None, "assetVersion": None, "mode": "ReadWriteMount",
        "jobOutputType": "uri_folder",
    }  # fmt: skip
    nulls = ("computeId", "componentId", "identity", "notificationSetting", "secretsConfiguration", "sourceJobId")
    assert [shown[key] for key in nulls] == [None] * len(nulls)
    labels = shown["properties"]
    assert labels["azureml.parameters"] == '{"lr":"0.5"}'
    assert labels["azureml.continue_on_step_failure"] == "True"
    assert labels["azureml.enforceRerun"] == "True"
    assert labels["azureml.defaultComputeName"] == "cpu"
    assert labels["azureml.pipelineComponent"] == "pipelinerun"
    assert put(client, {"a": node(component)}, inputs=shown["inputs"], outputs=shown["outputs"],
               settings=shown["settings"]).status_code == 200  # fmt: skip


def test_a_missing_component_is_refused_as_recorded(client: Client, component: str) -> None:
    gone = component.replace("/c/versions/1", "/gone/versions/9")
    answer = put(client, {"a": node(gone)})
    assert answer.status_code == 404
    error = answer.json()["error"]
    assert (error["code"], error["message"]) == (
        "NotFound",
        f"key: {gone}, Message: Not found component gone (version: 9).",
    )
    assert client.arm("GET", "/jobs/p").status_code == 404


def test_a_cycle_is_refused_with_its_steps(client: Client, component: str) -> None:
    jobs = {"a": node(component, inputs=reads("b")), "b": node(component, inputs=reads("a"))}
    assert "need each other in a circle: a <- b <- a" in message(put(client, jobs))


def test_a_step_that_does_not_exist_is_refused_with_the_nearest(client: Client, component: str) -> None:
    jobs = {"prepare": node(component), "b": node(component, inputs=reads("prepar"))}
    assert "There is no step prepar. Did you mean prepare?" in message(put(client, jobs))


def test_an_output_that_the_component_does_not_have_is_refused(client: Client, component: str) -> None:
    jobs = {"a": node(component), "b": node(component, inputs=reads("a", "nope"))}
    assert "bound to the output nope of step a, which has only o" in message(put(client, jobs))


@pytest.mark.parametrize("kind", ["parallel", "spark", "automl", "import", "data_transfer", "if_else", "do_while"])
def test_a_type_of_step_that_is_not_run_is_refused_by_its_name(client: Client, component: str, kind: str) -> None:
    assert f"Steps of type {kind} are not run here." in message(put(client, {"a": {"type": kind}}))


def test_a_component_is_made_from_a_pipeline_job_and_is_a_step_of_another(client: Client, component: str) -> None:
    inputs = {
        "lr": {"jobInputType": "literal", "value": "0.5"},
        "n": {"jobInputType": "literal", "value": "3"},
        "raw": {"jobInputType": "uri_folder", "uri": "azureml://datastores/workspaceblobstore/paths/raw/"},
    }
    job = put(client, {"a": node(component)}, inputs=inputs, outputs={"best": {"jobOutputType": "mlflow_model"}}).json()
    spec = {"type": "pipeline", "name": "made", "version": "1", "jobs": {}, "sourceJobId": job["id"]}
    made = client.arm("PUT", "/components/made/versions/1", json={"properties": {"componentSpec": spec}})
    assert made.status_code == 201
    shown = made.json()["properties"]["componentSpec"]
    assert {name: port["type"] for name, port in shown["inputs"].items()} == {
        "lr": "number", "n": "integer", "raw": "uri_folder",
    }  # fmt: skip
    assert shown["inputs"]["lr"]["default"] == "0.5"
    assert shown["outputs"] == {"best": {"type": "mlflow_model"}}
    step = {"m": {"type": "pipeline", "componentId": made.json()["id"]}}
    wrong = {"a": node(component, inputs=reads("m", "worst")), **step}
    assert "which has only best" in message(put(client, wrong, name="q"))
    assert put(client, {"a": node(component, inputs=reads("m", "best")), **step}, name="q").status_code == 201


@pytest.mark.parametrize(("source", "status"), [("nowhere", 404), ("c", 400)])
def test_a_component_is_not_made_from_another_job(
    client: Client, command: dict[str, Any], source: str, status: int
) -> None:
    client.arm("PUT", "/jobs/c", json=command)
    spec = {"type": "pipeline", "sourceJobId": source}
    answer = client.arm("PUT", "/components/made/versions/1", json={"properties": {"componentSpec": spec}})
    assert answer.status_code == status


def test_a_pipeline_without_steps_is_refused(client: Client) -> None:
    assert "The pipeline has no steps." in message(put(client, {}))


def test_a_thousand_steps_are_taken(client: Client, component: str) -> None:
    jobs = {f"s{n}": node(component, inputs=reads(f"s{n - 1}") if n else {}) for n in range(1000)}
    assert put(client, jobs).status_code == 201


def test_a_sweep_whose_trial_lost_its_inputs_is_refused_with_what_to_do(client: Client) -> None:
    spec = {"type": "command", "environment": "azureml:e:1", "command": "fit ${{inputs.data}} ${{inputs.lr}}"}
    made = client.arm("PUT", "/components/bare/versions/1", json={"properties": {"componentSpec": spec}})
    sweep = {
        "type": "sweep",
        "trial": {"componentId": made.json()["id"]},
        "search_space": {"lr": {"type": "uniform", "min_value": 0, "max_value": 1}},
        "objective": {"goal": "minimize", "primary_metric": "loss"},
        "sampling_algorithm": "random",
        "limits": {"max_total_trials": 2},
    }
    told = message(put(client, {"s": sweep}))
    assert told.startswith("Step s: The trial's command uses data, which its component does not declare")
    assert "write trial: ./component.yml" in told
    assert client.arm("GET", "/jobs/p").status_code == 404


def test_the_name_of_the_pipeline_may_be_bound(client: Client, component: str) -> None:
    jobs = {"a": node(component, inputs={"i": {"value": "${{parent.name}}", "job_input_type": "literal"}})}
    assert put(client, jobs).status_code == 201


@pytest.mark.parametrize(
    ("compute", "expected"),
    [
        ("azureml:serverless", []),
        (f"{WORKSPACE}/computes/serverless", []),
        ("${{parent.inputs.target}}", []),
        ("cpu", ["cpu", "cpu"]),
    ],
)
def test_serverless_and_a_compute_that_an_input_names_are_not_looked_up(compute: str, expected: list[str]) -> None:
    body = {"settings": {"default_compute": compute}, "jobs": {"a": {"computeId": compute}}}
    assert [one for one in computes_of(body) if one] == expected
