from __future__ import annotations

import datetime as dt
from importlib.resources import files

import pytest

from contracts.diagnostics.yaml_text import parse
from emulator.trials.environments.curated import curated

ROWS = parse(files("emulator.trials.environments").joinpath("curated.yml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["names"][0])
def test_every_row_says_where_it_comes_from_and_of_when_it_is(row: dict[str, object]) -> None:
    assert isinstance(row["date"], dt.date)
    assert row["source"]


@pytest.mark.parametrize(
    ("name", "python", "package"),
    [
        ("AzureML-sklearn-1.5", "3.10", "scikit-learn~=1.5.0"),
        ("azureml-SKLEARN-1.5", "3.10", "scikit-learn~=1.5.0"),
        ("sklearn-1.5", "3.10", "scikit-learn~=1.5.0"),
        ("AzureML-sklearn-1.0-ubuntu20.04-py38-cpu", "3.9", "scikit-learn~=1.0.0"),
        ("AzureML-sklearn-0.24-ubuntu18.04-py37-cpu", "3.7", "scikit-learn==0.24.*"),
        ("AzureML-lightgbm-3.3", "3.10", "lightgbm>=4.6.0"),
        ("AzureML-lightgbm-3.2-ubuntu18.04-py37-cpu", "3.7", "lightgbm==3.2.*"),
        ("AzureML-ACPT-pytorch-1.13-py38-cuda11.7-gpu", "3.8", "torch~=1.13.1"),
        ("AzureML-acpt-pytorch-2.8-cuda12.6", "3.10", "torch>=2.8"),
        ("AzureML-pytorch-1.10-ubuntu18.04-py38-cuda11-gpu", "3.8", "torch==1.10.*"),
        ("AzureML-tensorflow-2.16-cuda12", "3.11", "tensorflow~=2.16.2"),
        ("AzureML-tensorflow-2.7-ubuntu20.04-py38-cuda11-gpu", "3.8", "tensorflow==2.7.*"),
        ("AzureML-minimal-py311-inference", None, "azureml-mlflow"),
    ],
)
def test_common_names_lead_to_requirements(name: str, python: str | None, package: str) -> None:
    found = curated(name)
    assert found is not None
    assert found.requirements.python == python
    assert package in found.requirements.packages
    assert len(found.requirements.parsed()) == len(found.requirements.packages)


def test_a_name_that_no_row_knows_leads_to_nothing() -> None:
    assert curated("AzureML-quantum-9") is None
