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
        load_component load_data load_environment load_job
        AmlTokenConfiguration ManagedIdentityConfiguration UserIdentityConfiguration
    """,
    "azure.ai.ml.entities": """
        AmlTokenConfiguration Asset BuildContext Command CommandComponent CommandJob CommandJobLimits Data Environment
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
    "load_environment",
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
