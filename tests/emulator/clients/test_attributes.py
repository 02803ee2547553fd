"""What is read back from the emulator has the same public attributes through the gateway as through azure-ai-ml."""

from __future__ import annotations

import inspect
import os
from collections.abc import Callable, Iterator
from enum import Enum
from pathlib import Path, PurePath
from typing import Any

import pytest
from azure.ai.ml import Input, MLClient, Output, command, load_component
from azure.ai.ml.entities import (
    AmlCompute,
    AzureBlobDatastore,
    AzureDataLakeGen2Datastore,
    AzureFileDatastore,
    BuildContext,
    ComputeInstance,
    Data,
    Environment,
    Model,
)
from azure.ai.ml.sweep import BanditPolicy, Choice, Uniform
from azure.identity import DefaultAzureCredential

import gateway
from emulator.services.context import Emulator
from tests.emulator.clients.conftest import WORKSPACE

pytestmark = [pytest.mark.oracle, pytest.mark.filterwarnings("ignore")]

#: Attributes of the SDK's entities that the gateway has not, each with the reason.
LEFT_OUT: dict[str, str] = {
    **dict.fromkeys(
        ("Data.auto_delete_setting", "Model.auto_delete_setting", "Environment.auto_delete_setting"),
        "a preview that api-version 2025-12-01 has not",
    ),
    "CommandComponent.auto_delete_setting": "as above",
    "Component.auto_delete_setting": "as above",
    "Model.default_deployment_template": "of registries",
    "Model.allowed_deployment_templates": "of registries",
    "Environment.path": "is never set",
    **dict.fromkeys(
        ("AmlCompute.subnet", "AmlCompute.network_settings", "AmlCompute.ssh_settings", "AmlCompute.identity"),
        "such clusters are made elsewhere: the entity refuses them",
    ),
    **dict.fromkeys(
        (
            *("Workspace.network_acls", "Workspace.managed_network", "Workspace.provision_network_now"),
            *("Workspace.identity", "Workspace.customer_managed_key", "Workspace.serverless_compute"),
            "Workspace.print_as_yaml",
        ),
        "of making workspaces, which are only read",
    ),
    "Workspace.mlflow_tracking_uri": "azureml-mlflow rewrites it where it is installed",
    "SweepJob.studio_url": "the SDK adds the tenant",
    "Command.studio_url": "the SDK adds the tenant",
    "Command.kwargs": "of the inside of the SDK",
    "JobService.endpoint": "the SDK adds the tenant",
    "RestJobService.endpoint": "the SDK adds the tenant",
}
#: Reads entities that were made, by a client.
Reading = Callable[[Any], list[Any]]

#: Kinds of which the gateway has what it needs only, with the reason.
READ_ONLY = {"ComputeInstance": "compute instances are started and stopped here, and made elsewhere"}


@pytest.fixture
def clients(ml_client: Any, emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Any, Any]]:
    monkeypatch.setenv("SSL_CERT_FILE", os.environ["REQUESTS_CA_BUNDLE"])
    place = (WORKSPACE.subscription, WORKSPACE.resource_group, WORKSPACE.name)
    with gateway.MLClient(DefaultAzureCredential(), *place) as ours:
        yield ml_client, ours


def _public(entity: Any) -> dict[str, Any]:
    """The public attributes of an entity that are not methods, with their values."""
    names = {name for name in dir(entity) if not name.startswith("_")}
    found = {}
    for name in names:
        try:
            value = getattr(entity, name)
        except Exception as problem:  # noqa: BLE001 - a property of the SDK's that fails on what it read itself
            value = problem
        if not inspect.ismethod(value) and not inspect.isfunction(value) and not inspect.isbuiltin(value):
            found[name] = value
    return found


def _plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    return str(value) if isinstance(value, PurePath) else value


def differences(theirs: Any, ours: Any, path: str) -> Iterator[str]:
    """Where our entity has not what theirs has."""
    theirs, ours = _plain(theirs), _plain(ours)
    if theirs is None or (isinstance(theirs, dict) and not theirs and isinstance(ours, dict)):
        return  # where theirs knows nothing, ours may know more
    if type(theirs).__module__.startswith("azure") and not type(theirs).__name__.endswith("AttrDict"):
        yield from _entity_differences(theirs, ours, path)
    elif isinstance(theirs, str | int | float | bool | type(None)) or type(theirs).__module__ == "datetime":
        if ours != theirs or type(ours) is not type(theirs):
            yield f"{path}: {ours!r} is not {theirs!r}"
    elif isinstance(theirs, dict):
        if not isinstance(ours, dict) or ours.keys() != theirs.keys():
            yield f"{path}: {ours!r} has not the keys of {theirs!r}"
            return
        for key, value in theirs.items():
            yield from differences(value, ours[key], f"{path}[{key!r}]")
    elif isinstance(theirs, list | tuple):
        if not isinstance(ours, list | tuple) or len(ours) != len(theirs):
            yield f"{path}: {ours!r} is not {theirs!r}"
            return
        for place, (one, other) in enumerate(zip(theirs, ours, strict=True)):
            yield from differences(one, other, f"{path}[{place}]")
    else:
        yield f"{path}: {type(theirs)} is not compared"


def _entity_differences(theirs: Any, ours: Any, path: str) -> Iterator[str]:
    kind = type(theirs).__name__
    if type(ours).__name__ != kind and kind != "RestJobService":
        yield f"{path}: {type(ours).__name__} is not a {kind}"
    have = _public(ours)
    for name, value in _public(theirs).items():
        if f"{kind}.{name}" in LEFT_OUT or isinstance(value, Exception) or (kind in READ_ONLY and name not in have):
            continue
        if name not in have:
            yield f"{path}.{name}: missing; theirs is {value!r}"
        else:
            yield from differences(value, have[name], f"{path}.{name}")


def _data(client: Any, folder: Path) -> Reading:
    client.data.create_or_update(Data(name="d", path=str(folder), type="uri_folder", tags={"a": "b"}, description="x"))
    return lambda one: [one.data.get("d", "1"), next(iter(one.data.list()))]


def _model(client: Any, folder: Path) -> Reading:
    client.models.create_or_update(Model(name="m", path=str(folder), tags={"a": "b"}, properties={"p": "q"}))
    return lambda one: [one.models.get("m", "1"), next(iter(one.models.list()))]


def _environment(client: Any, folder: Path) -> Reading:
    conda = folder.parent / "conda.yml"
    conda.write_text("name: e\ndependencies: [python=3.11]\n")
    client.environments.create_or_update(Environment(name="e", image="img", conda_file=str(conda), description="x"))
    return lambda one: [one.environments.get("e", "1"), next(iter(one.environments.list()))]


def _environment_built(client: Any, folder: Path) -> Reading:
    (folder / "Dockerfile").write_text("FROM scratch\n")
    client.environments.create_or_update(Environment(name="built", build=BuildContext(path=str(folder))))
    return lambda one: [one.environments.get("built", "1")]


_COMPONENT = """
name: train
version: "3"
display_name: Train
description: A component
type: command
tags: {a: b}
inputs:
  lr: {type: number, default: 0.1, min: 0, max: 1}
  epochs: {type: integer, optional: true}
  data: {type: uri_folder}
  flag: {type: boolean, default: false}
  kind: {type: string, enum: [a, b], default: a}
outputs:
  model: {type: mlflow_model}
command: echo ${{inputs.lr}} ${{inputs.data}} ${{outputs.model}} $[[${{inputs.epochs}}]]
environment: {image: img}
resources: {instance_count: 2}
"""


def _component(client: Any, folder: Path) -> Reading:
    file = folder.parent / "component.yml"
    file.write_text(_COMPONENT)
    client.components.create_or_update(load_component(str(file)))
    return lambda one: [one.components.get("train", "3"), next(iter(one.components.list()))]


def _cluster(client: Any, folder: Path) -> Reading:
    made = AmlCompute(name="cpu-cluster", size="Standard_DS3_v2", min_instances=0, max_instances=3, tags={"a": "b"})
    client.compute.begin_create_or_update(made).result()
    return lambda one: [one.compute.get("cpu-cluster")]


def _instance(client: Any, folder: Path) -> Reading:
    client.compute.begin_create_or_update(ComputeInstance(name="mine", size="Standard_DS3_v2")).result()
    return lambda one: [one.compute.get("mine")]


def _datastores(client: Any, folder: Path) -> Reading:
    account = {"account_name": "account"}
    for made in (
        AzureBlobDatastore(name="blob", container_name="container", **account),
        AzureFileDatastore(name="file", file_share_name="share", **account),
        AzureDataLakeGen2Datastore(name="lake", filesystem="lake", **account),
    ):
        client.datastores.create_or_update(made)
    return lambda one: [one.datastores.get_default(), *(one.datastores.get(name) for name in ("blob", "file", "lake"))]


def _workspace(client: Any, folder: Path) -> Reading:
    return lambda one: [one.workspaces.get("workspace")]


def _command(client: Any, folder: Path) -> Any:
    return command(
        name="c",
        display_name="shown",
        description="what it is",
        tags={"a": "b"},
        command="echo ${{inputs.lr}} ${{inputs.data}} ${{outputs.out}}",
        inputs={"lr": 0.1, "data": Input(type="uri_file", path="https://example.com/x.csv")},
        outputs={"out": Output(type="uri_folder")},
        code=str(folder),
        environment="curated:1",
        environment_variables={"A": "1"},
        compute="cpu",
        experiment_name="exp",
        instance_count=2,
        shm_size="4g",
        timeout=600,
    )


def _command_job(client: Any, folder: Path) -> Reading:
    client.jobs.create_or_update(_command(client, folder))
    return lambda one: [one.jobs.get("c"), next(iter(one.jobs.list()))]


def _sweep_job(client: Any, folder: Path) -> Reading:
    trial = _command(client, folder)(lr=Uniform(0.0, 1.0))
    trial.command = "echo ${{search_space.lr}} ${{search_space.n}} ${{inputs.data}}"
    job = trial.sweep(sampling_algorithm="random", primary_metric="loss", goal="Minimize", compute="cpu")
    job.search_space = {"lr": Uniform(0.0, 1.0), "n": Choice([1, 2])}
    job.set_limits(max_total_trials=2, max_concurrent_trials=1, timeout=7200)
    job.early_termination = BanditPolicy(slack_factor=0.1, evaluation_interval=1)
    job.name, job.experiment_name = "s", "exp"
    client.jobs.create_or_update(job)
    return lambda one: [one.jobs.get("s")]


CASES: dict[str, Callable[[Any, Path], Reading]] = {
    "data": _data,
    "model": _model,
    "environment": _environment,
    "environment-built": _environment_built,
    "component": _component,
    "cluster": _cluster,
    "compute-instance": _instance,
    "datastores": _datastores,
    "workspace": _workspace,
    "command-job": _command_job,
    "sweep-job": _sweep_job,
}


@pytest.mark.parametrize("case", CASES)
def test_the_gateway_reads_what_the_official_client_reads(
    clients: tuple[MLClient, gateway.MLClient], code: Path, case: str
) -> None:
    theirs, ours = clients
    read = CASES[case](theirs, code)
    assert list(differences(read(theirs), read(ours), case)) == []
