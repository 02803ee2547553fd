"""Entities of azure-ai-ml that are handed to the gateway: translated, or refused with a sentence that says why."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import pytest

from gateway import command, entities
from gateway.exceptions import ValidationException
from gateway.operations.official.entities import operations_of, taken, taken_job
from gateway.serialization.arm import to_arm
from gateway.sweep import Choice

pytestmark = [pytest.mark.oracle, pytest.mark.usefixtures("sdk")]


def _sweep(package: str, folder: Path, environment: Any) -> Any:
    import importlib

    module, sweep = importlib.import_module(package), importlib.import_module(f"{package}.sweep")
    trial = module.command(
        code=str(folder),
        command="python train.py --lr ${{inputs.lr}} --data ${{inputs.data}}",
        environment=environment,
        inputs={"lr": 0.1, "data": module.Input(type="uri_file", path="azureml:d:1")},
        outputs={"model": module.Output(type="uri_folder")},
        environment_variables={"A": "b"},
        compute="cpu",
        instance_count=2,
        shm_size="4g",
    )
    made = trial(lr=sweep.Choice([0.1, 0.2]), data=module.Input(type="uri_file", path="azureml:d:1")).sweep(
        sampling_algorithm="grid",
        primary_metric="score",
        goal="Maximize",
        max_total_trials=2,
        early_termination_policy=sweep.BanditPolicy(slack_factor=0.1, evaluation_interval=2),
    )
    made.name, made.experiment_name, made.tags = "s", "e", {"a": "b"}
    return made


def test_a_sweep_becomes_the_body_that_the_official_client_sends(tmp_path: Path) -> None:
    official = _sweep("azure.ai.ml", tmp_path, "e:1")
    rest = official._to_job()._to_rest_object()
    theirs = rest.as_dict() if hasattr(rest, "as_dict") else rest.serialize()
    ours = taken_job(official)
    assert (ours.name, ours.base_path) == ("s", str(official.base_path))
    assert to_arm(ours)["properties"] == theirs["properties"]


def test_a_command_becomes_the_body_that_the_official_client_sends(tmp_path: Path) -> None:
    import azure.ai.ml as official

    given = official.command(code=str(tmp_path), command="true", environment="e:1", compute="cpu", name="c")
    rest = given._to_job()._to_rest_object()
    theirs = rest.as_dict() if hasattr(rest, "as_dict") else rest.serialize()
    assert to_arm(taken_job(given))["properties"] == theirs["properties"]


@pytest.mark.parametrize("kind", ["command", "sweep"])
def test_an_environment_within_an_official_job_comes_along(tmp_path: Path, kind: str) -> None:
    import azure.ai.ml as official
    from azure.ai.ml.entities import Environment

    environment = Environment(image="python:3.11", conda_file={"dependencies": ["numpy"]})
    if kind == "sweep":
        ours = taken_job(_sweep("azure.ai.ml", tmp_path, environment)).trial.environment
    else:
        ours = taken_job(official.command(command="true", environment=environment)).environment
    assert ours == entities.Environment(image="python:3.11", conda_file={"dependencies": ["numpy"]})
    assert isinstance(ours, entities.Environment)


@pytest.mark.parametrize(
    ("kind", "values", "operations"),
    [
        ("Environment", {"name": "e", "version": "1", "image": "i", "tags": {"a": "b"}}, "environments"),
        ("Data", {"name": "d", "version": "1", "path": "https://x/y", "type": "uri_file"}, "data"),
        (
            "Model",
            {"name": "m", "version": "1", "path": "azureml://jobs/j/outputs/o", "type": "mlflow_model"},
            "models",
        ),
        ("AzureBlobDatastore", {"name": "b", "account_name": "a", "container_name": "c"}, "datastores"),
    ],
)
def test_an_official_asset_becomes_ours(kind: str, values: dict[str, Any], operations: str) -> None:
    import azure.ai.ml.entities as official

    given = getattr(official, kind)(**values)
    assert operations_of(given) == operations
    ours = taken(given, kind, f"{operations}.create_or_update")
    assert type(ours) is getattr(entities, kind)
    assert {field: getattr(ours, field) for field in values} == values


def test_an_official_cluster_becomes_ours() -> None:
    from azure.ai.ml.entities import AmlCompute

    ours = taken(AmlCompute(name="cpu", size="S", max_instances=3, tier="low_priority"), "AmlCompute", "x")
    assert (ours.name, ours.size, ours.max_instances, ours.tier) == ("cpu", "S", 3, "low_priority")


def test_what_has_no_counterpart_is_refused_by_name() -> None:
    from azure.ai.ml.entities import ManagedOnlineEndpoint

    with pytest.raises(ValidationException, match=r"client\.create_or_update takes a job.*ManagedOnlineEndpoint"):
        operations_of(ManagedOnlineEndpoint(name="x"))
    with pytest.raises(ValidationException, match=r"ManagedOnlineEndpoint of azure\.ai\.ml.*MLClient of azure\.ai\.ml"):
        taken_job(ManagedOnlineEndpoint(name="x"))


def _mixed(part: str) -> Any:
    import azure.ai.ml as official
    from azure.ai.ml import entities as parts
    from azure.ai.ml import sweep

    def base(**more: Any) -> Any:
        return command(**{"command": "echo ${{inputs.lr}}", "environment": "e:1", "inputs": {"lr": 0.1}, **more})

    def swept(lr: Any = None, **more: Any) -> Any:
        common = {"sampling_algorithm": "grid", "primary_metric": "x", "goal": "minimize"}
        return base()(lr=lr or Choice([1])).sweep(**{**common, **more})

    def with_limits() -> Any:
        made = swept()
        made.limits = sweep.SweepJobLimits(max_total_trials=2)
        return made

    return {
        "Environment": lambda: base(environment=parts.Environment(image="i")),
        "Input": lambda: base(inputs={"d": official.Input(type="uri_file", path="azureml:d:1")}),
        "Output": lambda: base(outputs={"d": official.Output(type="uri_file")}),
        "Choice": lambda: swept(lr=sweep.Choice([1, 2])),
        "BanditPolicy": lambda: swept(early_termination_policy=sweep.BanditPolicy(slack_factor=0.1)),
        "RandomSamplingAlgorithm": lambda: swept(sampling_algorithm=sweep.RandomSamplingAlgorithm()),
        "SweepJobLimits": with_limits,
        "PyTorchDistribution": lambda: base(distribution=official.PyTorchDistribution()),
        "SshJobService": lambda: base(services={"x": parts.SshJobService(ssh_public_keys="k")}),
    }[part]()


_PARTS = """Environment Input Output Choice BanditPolicy RandomSamplingAlgorithm SweepJobLimits PyTorchDistribution
SshJobService"""


@pytest.mark.parametrize("part", _PARTS.split())
def test_a_part_of_azure_ai_ml_in_a_job_of_ours_is_named_and_never_lost(part: str) -> None:
    with pytest.raises(ValidationException, match=rf"a {part} of azure\.ai\.ml \(import {part} from gateway"):
        to_arm(_mixed(part))


@pytest.mark.parametrize("given", ["sweep.yml", None, {"type": "sweep"}, Choice([1])])
def test_what_is_not_a_job_is_named(given: object) -> None:
    with pytest.raises(ValidationException, match=r"takes a job, as command\(\.\.\.\)") as refused:
        taken_job(given)
    assert ("gateway.load_job('sweep.yml')" in str(refused.value)) == (given == "sweep.yml")


def test_an_entity_of_another_kind_is_named() -> None:
    with pytest.raises(ValidationException, match=r"models\.create_or_update takes a gateway\.entities\.Model"):
        taken(entities.Data(name="d", path="p"), "Model", "models.create_or_update")


def _pipeline(package: str, folder: Path, environment: Any) -> Any:
    """Steps of all types, one of them nested, one component twice."""
    import importlib

    module, dsl = importlib.import_module(package), importlib.import_module(f"{package}.dsl")
    sweep = importlib.import_module(f"{package}.sweep")
    (folder / "fit.yml").write_text(
        "name: fit\nversion: '1'\ntype: command\ncommand: fit ${{inputs.lr}} ${{inputs.data}} ${{outputs.model}}\n"
        "environment: azureml:e:1\nresources: {instance_count: 2}\ninputs:\n  lr: {type: number, default: 0.5}\n"
        "  data: {type: uri_folder, mode: download}\noutputs: {model: {type: uri_folder}}\n"
    )
    fit = module.load_component(folder / "fit.yml")
    prepare = module.command(
        name="prepare",
        code=str(folder),
        command="prepare ${{inputs.raw}} > ${{outputs.clean}}",
        environment=environment,
        inputs={"raw": module.Input(type="uri_folder")},
        outputs={"clean": module.Output(type="uri_folder", mode="upload")},
    )

    def inner(raw: Any, lr: Any = 0.25) -> Any:
        cleaned = prepare(raw=raw)
        fitted = fit(data=cleaned.outputs.clean, lr=lr)
        return {"model": fitted.outputs.model}

    inner.__annotations__ = {"raw": module.Input(type="uri_folder"), "lr": float}
    inner_pipeline = dsl.pipeline(name="inner")(inner)

    def outer(raw: Any) -> Any:
        nested = inner_pipeline(raw=raw)
        nested.outputs.model.name = "m"
        searched = fit(data=raw, lr=sweep.Choice([0.1, 0.2])).sweep(primary_metric="loss", goal="minimize")
        searched.set_limits(max_total_trials=2)
        last = fit(data=searched.outputs.model)
        last.compute = "gpu"
        return {"model": last.outputs.model}

    outer.__annotations__ = {"raw": module.Input(type="uri_folder")}
    decorate = dsl.pipeline(default_compute="cpu", continue_on_step_failure=False, tags={"a": "b"})
    made = decorate(outer)(raw=module.Input(type="uri_folder", path="azureml:raw:1"))
    made.name, made.experiment_name = "p", "e"
    return made


def test_a_pipeline_becomes_what_the_same_function_makes_of_ours(tmp_path: Path) -> None:
    from azure.ai.ml.entities import Environment

    with warnings.catch_warnings(action="ignore"):
        official = _pipeline("azure.ai.ml", tmp_path, Environment(image="i"))
        translated = taken_job(official)
    own = _pipeline("gateway", tmp_path, entities.Environment(image="i"))
    assert to_arm(translated) == to_arm(own)
    assert translated.name == "p"
    assert translated.jobs["searched"]._component is not None
    assert str(translated.jobs["nested"].component.jobs["cleaned"].component.base_path) == str(
        official.jobs["nested"].component.jobs["cleaned"].component.base_path
    )
