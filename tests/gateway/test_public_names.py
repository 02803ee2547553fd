"""The public names, and signatures equal to the official SDK's."""

from __future__ import annotations

import ast
import importlib
import inspect
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

import gateway
import gateway.aio
import gateway.sweep
from gateway import entities

NAMES = [
    "BanditPolicy",
    "BayesianSamplingAlgorithm",
    "Choice",
    "GridSamplingAlgorithm",
    "LogNormal",
    "LogUniform",
    "MedianStoppingPolicy",
    "Normal",
    "Objective",
    "QLogNormal",
    "QLogUniform",
    "QNormal",
    "QUniform",
    "Randint",
    "RandomSamplingAlgorithm",
    "SamplingAlgorithm",
    "SweepJob",
    "SweepJobLimits",
    "TruncationSelectionPolicy",
    "Uniform",
]
AROUND = {
    "azure.ai.ml": """
        MLClient Input Output MpiDistribution PyTorchDistribution RayDistribution TensorFlowDistribution command
        load_component load_data load_datastore load_environment load_job load_model
        AmlTokenConfiguration ManagedIdentityConfiguration UserIdentityConfiguration
    """,
    "azure.ai.ml.entities": """
        AmlCompute AmlTokenConfiguration Asset AzureBlobDatastore AzureDataLakeGen2Datastore AzureFileDatastore
        BuildContext Command CommandComponent Compute Model CommandJob CommandJobLimits Data Environment
        Job JobResourceConfiguration JobService JupyterLabJobService ManagedIdentityConfiguration ParameterizedCommand
        QueueSettings Resource ResourceConfiguration SshJobService SystemData TensorBoardJobService
        UserIdentityConfiguration VsCodeJobService
    """,
    "azure.ai.ml.constants": "AssetTypes DistributionType InputOutputModes InputTypes JobType ListViewType",
    "azure.ai.ml.exceptions": """
        AssetException ComponentException EmptyDirectoryError ErrorCategory ErrorTarget JobException JobParsingError
        MlException UnexpectedKeywordError UserErrorException ValidationErrorType ValidationException
    """,
}
#: Ours say more than the official signatures, which hide these in **kwargs or have them for pipelines only.
UNPINNED = {
    "MLClient",
    "load_job",
    "load_component",
    "load_data",
    "load_datastore",
    "load_environment",
    "load_model",
    "SystemData",
    "Resource",
    "Asset",
    "ParameterizedCommand",
}


def shape(callable_: object) -> list[tuple[str, object, object]]:
    """Names, kinds and defaults of the parameters."""
    parameters = inspect.signature(callable_).parameters.values()  # type: ignore[arg-type]
    return [(parameter.name, parameter.kind, parameter.default) for parameter in parameters]


def test_the_twenty_classes_are_what_gateway_sweep_exports() -> None:
    assert sorted(gateway.sweep.__all__) == NAMES


@pytest.mark.parametrize("package", [gateway, entities])
def test_every_lazy_name_can_be_imported(package: object) -> None:
    for name in dir(package):
        assert getattr(package, name).__name__ == name
    with pytest.raises(AttributeError, match="no attribute 'nope'"):
        package.nope  # type: ignore[attr-defined] # noqa: B018


@pytest.mark.oracle
@pytest.mark.usefixtures("sdk")
@pytest.mark.parametrize("name", NAMES)
def test_a_sweep_class_has_the_official_signature_and_members(name: str) -> None:
    official = getattr(importlib.import_module("azure.ai.ml.sweep"), name)
    ours = getattr(gateway.sweep, name)
    assert shape(ours) == shape(official)
    for member, value in inspect.getmembers(official):
        if member.startswith("_") or name == "SamplingAlgorithm":
            continue
        assert hasattr(ours, member), f"{name}.{member}"
        if inspect.isfunction(value):
            assert shape(getattr(ours, member)) == shape(value), f"{name}.{member}"


@pytest.mark.oracle
@pytest.mark.usefixtures("sdk")
@pytest.mark.parametrize("path", AROUND)
def test_the_names_around_have_the_official_paths_and_signatures(path: str) -> None:
    official = importlib.import_module(path)
    ours_at = importlib.import_module(path.replace("azure.ai.ml", "gateway"))
    for name in AROUND[path].split():
        ours, theirs = getattr(ours_at, name), getattr(official, name)
        if inspect.isclass(theirs) and not path.endswith(("constants", "exceptions")) and name not in UNPINNED:
            assert shape(ours) == shape(theirs), name


@pytest.mark.oracle
@pytest.mark.usefixtures("sdk")
def test_command_and_sweep_take_the_official_arguments() -> None:
    import azure.ai.ml
    from azure.ai.ml.entities import Command

    assert shape(gateway.command) == shape(azure.ai.ml.command)
    for method in ("sweep", "set_resources", "set_limits", "set_queue_settings", "__call__"):
        assert shape(getattr(entities.Command, method)) == shape(getattr(Command, method)), method


def test_the_stub_of_the_entities_names_what_the_module_has() -> None:
    stub = ast.parse(Path(entities.__file__ or "").with_suffix(".pyi").read_text())
    named = {alias.name: node.module for node in stub.body if isinstance(node, ast.ImportFrom) for alias in node.names}
    assert named == {name: module for module, names in entities._MODULES.items() for name in names.split()}


def test_importing_the_sweep_classes_loads_nothing_slow() -> None:
    slow = ["httpx", "pydantic", "numpy", "yaml", "asyncio", "azure", "azure.core", "azure.identity", "uuid"]
    code = f"import sys, gateway.sweep; print([name for name in {slow} if name in sys.modules])"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "[]"


@pytest.mark.parametrize("module", [gateway, entities])
def test_a_star_import_brings_every_public_name(module: ModuleType) -> None:
    names: dict[str, object] = {}
    exec(f"from {module.__name__} import *", names)
    assert set(dir(module)) == names.keys() - {"__builtins__"}


@pytest.mark.oracle
@pytest.mark.usefixtures("sdk")
@pytest.mark.parametrize("package", ["azure.ai.ml", "azure.ai.ml.entities"])
def test_every_official_name_is_there_or_refused_with_a_sentence(package: str) -> None:
    ours = importlib.import_module(package.replace("azure.ai.ml", "gateway"))
    for name in importlib.import_module(package).__all__:
        if name in dir(ours):
            continue
        with pytest.raises(ImportError, match=rf"has no {name}: .*Import it from {package}"):
            getattr(ours, name)


@pytest.mark.oracle
@pytest.mark.usefixtures("sdk")
@pytest.mark.parametrize("kind", ["environments", "data", "models", "components", "compute", "datastores", "jobs"])
def test_every_official_operation_is_there_or_refused_with_a_sentence(kind: str) -> None:
    module = {"compute": "compute", "jobs": "job"}.get(kind, kind.rstrip("s"))
    operations = importlib.import_module(f"azure.ai.ml.operations._{module}_operations")
    official = getattr(operations, f"{module.capitalize()}Operations")
    ours = getattr(gateway.MLClient(), kind)
    asynchronous = getattr(gateway.aio.MLClient(), kind)
    for name, _ in inspect.getmembers(official, inspect.isfunction):
        if name.startswith("_"):
            continue
        for client in (ours, asynchronous):
            if not hasattr(type(client), name):
                with pytest.raises(AttributeError, match=rf"has no {name}: "):
                    getattr(client, name)


@pytest.mark.oracle
@pytest.mark.usefixtures("sdk")
def test_every_operations_of_the_official_client_are_there_or_refused_with_a_sentence() -> None:
    from azure.ai.ml import MLClient

    for name, value in inspect.getmembers(MLClient):
        if name.startswith("_") or not isinstance(value, property) or hasattr(gateway.MLClient, name):
            continue
        with pytest.raises(AttributeError, match=rf"has no {name}: "):
            getattr(gateway.MLClient(), name)
