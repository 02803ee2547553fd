from __future__ import annotations

import sys
from pathlib import Path

import pytest

from contracts.resource_id import WorkspaceId
from emulator.executors.base import TrialRefused
from emulator.project.project_file import ProjectFile
from emulator.project.reading import of_text
from emulator.trials.environments.environment_name import EnvironmentName
from emulator.trials.environments.spec import environment_spec

WS = WorkspaceId("s", "g", "w")


@pytest.mark.parametrize(
    ("text", "name", "version", "registry"),
    [
        ("azureml:AzureML-sklearn-1.5@latest", "AzureML-sklearn-1.5", None, None),
        ("azureml:AzureML-sklearn-1.5:12", "AzureML-sklearn-1.5", "12", None),
        ("mine", "mine", None, None),
        (WS.child("environments", "mine", "3"), "mine", "3", None),
        ("azureml://registries/azureml/environments/sklearn-1.5/labels/latest", "sklearn-1.5", None, "azureml"),
        ("azureml://registries/r/environments/e/versions/4", "e", "4", "r"),
    ],
)
def test_environments_are_named_in_many_ways(text: str, name: str, version: str | None, registry: str | None) -> None:
    assert EnvironmentName.parse(text) == EnvironmentName(name, version, registry)


@pytest.mark.parametrize(
    "reference",
    [
        "azureml:AzureML-sklearn-1.5@latest",
        "azureml:AzureML-sklearn-1.5:12",
        "azureml://registries/azureml/environments/sklearn-1.5/versions/12",
        WS.child("environments", "AzureML-sklearn-1.5", "12"),
    ],
)
def test_every_form_of_a_curated_name_leads_to_the_table(reference: str) -> None:
    spec = environment_spec(reference, None, ProjectFile())
    assert spec.requirements is not None
    assert "scikit-learn~=1.5.0" in spec.requirements.packages
    assert spec.is_wide
    assert spec.image == "mcr.microsoft.com/azureml/curated/sklearn-1.5:latest"


def test_the_conda_file_and_image_of_an_asset_are_known() -> None:
    document = {"image": "mcr.microsoft.com/azureml/openmpi:1", "condaFile": "dependencies: [numpy=2.1]"}
    spec = environment_spec(WS.child("environments", "e", "1"), document, ProjectFile())
    assert spec.requirements is not None
    assert spec.requirements.packages == ("numpy==2.1.*",)
    assert spec.image == "mcr.microsoft.com/azureml/openmpi:1"
    assert not spec.is_wide


def test_an_asset_with_the_image_of_a_curated_environment_is_known_by_the_table() -> None:
    document = {"image": "mcr.microsoft.com/azureml/curated/sklearn-1.5:33"}
    spec = environment_spec(WS.child("environments", "e", "1"), document, ProjectFile())
    assert spec.requirements is not None
    assert spec.is_wide


def test_the_project_file_goes_before_everything(tmp_path: Path) -> None:
    (tmp_path / "conda.yml").write_text("dependencies: [python=3.12]")
    (tmp_path / "requirements.txt").write_text("polars\n")
    project = of_text(
        f"""
        environments:
        - {{name: AzureML-sklearn-1.5, requirements: [scikit-learn==1.4.2], python: {sys.executable}}}
        - {{name: conda, requirements: conda.yml}}
        - {{name: pip, version: 1, requirements: requirements.txt}}
        - {{name: "azureml:pip:2", requirements: [pandas]}}
        """,
        tmp_path / "amlet.yml",
    )
    curated = environment_spec("azureml:AzureML-sklearn-1.5@latest", None, project)
    assert curated.requirements is not None
    assert curated.requirements.packages == ("scikit-learn==1.4.2",)
    assert curated.python == Path(sys.executable)
    assert not curated.is_wide
    packages = {
        name: spec.requirements.packages
        for name in ("azureml:pip:1", "azureml:pip:2", "azureml:pip:3")
        if (spec := environment_spec(name, None, project)).requirements
    }
    assert packages == {"azureml:pip:1": ("polars",), "azureml:pip:2": ("pandas",)}
    python = environment_spec("azureml:conda:9", None, project).requirements
    assert python is not None
    assert python.python == "3.12"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("environments: [{name: e, python: ./none}]", "is neither an interpreter nor an environment"),
        ("environments: [{name: e, requirements: none.txt}]", "requirements cannot be used: .*none.txt"),
        ("environments: [{name: e, requirements: ['a==']}]", "requirement 'a==' cannot be understood"),
        ("strict: [environments]", "environment e:1 does not exist: .*closes its environments"),
    ],
)
def test_what_a_project_file_says_wrongly_is_refused_with_its_place(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(TrialRefused, match=message):
        environment_spec("azureml:e:1", None, of_text(text, tmp_path / "amlet.yml"))


def test_a_declaration_that_says_nothing_leaves_what_is_known_otherwise() -> None:
    project = of_text(f"environments: [{{name: AzureML-sklearn-1.5, python: {sys.executable}}}]", Path("/p/amlet.yml"))
    spec = environment_spec("azureml:AzureML-sklearn-1.5@latest", None, project)
    assert spec.python == Path(sys.executable)
    assert spec.requirements is not None
    assert spec.is_wide


def test_nothing_is_claimed_of_an_environment_that_nobody_knows() -> None:
    spec = environment_spec(WS.child("environments", "odd", "1"), None, ProjectFile())
    assert (spec.requirements, spec.image, spec.source) == (None, None, "")
