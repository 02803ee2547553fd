"""MLflow's model registry and the models of the official SDK are one store."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.emulator.clients.test_mlflow import tracking

pytestmark = [pytest.mark.oracle, pytest.mark.filterwarnings("ignore")]

mlflow = pytest.importorskip("mlflow")

__all__ = ["tracking"]

_ML_MODEL = "flavors:\n  python_function:\n    loader_module: mlflow.sklearn\n    python_version: 3.11.7\n"


@pytest.fixture
def run(tracking: str, tmp_path: Path) -> str:
    """A run that has logged a model."""
    folder = tmp_path / "net"
    (folder / "data").mkdir(parents=True)
    (folder / "MLmodel").write_text(_ML_MODEL)
    (folder / "data" / "weights").write_text("w")
    mlflow.set_experiment("exp")
    with mlflow.start_run() as begun:
        mlflow.log_artifacts(str(folder), "model")
    return str(begun.info.run_id)


def register(run: str, name: str = "churn", **options: Any) -> Any:
    """As `mlflow.register_model`, which fails by azureml-mlflow 1.62 with MLflow 3: see docs/clients.md."""
    client = mlflow.MlflowClient()
    if name not in [one.name for one in client.search_registered_models()]:
        client.create_registered_model(name)
    return client.create_model_version(name, f"runs:/{run}/model", run_id=run, **options)


@pytest.mark.parametrize("tracking", ["plain"], indirect=True)
def test_mlflows_own_function_registers_the_model_of_a_run(run: str) -> None:
    first, second = (mlflow.register_model(f"runs:/{run}/model", "churn") for _ in range(2))
    assert [_fields(one) for one in (first, second)] == [
        ("1", run, "READY", "None"),
        ("2", run, "READY", "None"),
    ]


def _fields(version: Any) -> tuple[str, str, str, str]:
    return version.version, version.run_id, version.status, version.current_stage


def test_a_registered_model_of_a_run_is_found_by_both_clients(run: str, ml_client: Any, tmp_path: Path) -> None:
    first = register(run)
    second = register(run, tags={"k": "v"})
    assert _fields(first) == ("1", run, "READY", "None")
    assert (second.version, second.tags) == ("2", {"k": "v"})
    (model,) = mlflow.search_registered_models()
    assert (model.name, [one.version for one in model.latest_versions]) == ("churn", ["2"])
    shown = ml_client.models.get("churn", "1")
    assert (shown.type, shown.job_name) == ("mlflow_model", run)
    assert shown.path.endswith(f"/workspaceartifactstore/paths/ExperimentRun/dcid.{run}/model")
    assert shown.flavors == {"python_function": {"loader_module": "mlflow.sklearn", "python_version": "3.11.7"}}
    assert [one.name for one in ml_client.models.list()] == ["churn"]
    ml_client.models.download("churn", "2", download_path=tmp_path / "down")
    (kept,) = (tmp_path / "down").rglob("weights")
    assert kept.read_text() == "w"


def test_a_registered_model_comes_down_by_its_name(run: str, tmp_path: Path) -> None:
    client = mlflow.MlflowClient()
    register(run)
    client.set_registered_model_alias("churn", "best", "1")
    client.transition_model_version_stage("churn", "1", "Production")
    for number, address in enumerate(("churn/1", "churn/latest", "churn/Production", "churn@best")):
        (target := tmp_path / str(number)).mkdir()
        found = mlflow.artifacts.download_artifacts(f"models:/{address}", dst_path=str(target))
        assert (Path(found) / "data" / "weights").read_text() == "w"


@pytest.mark.parametrize("tracking", ["plain"], indirect=True)
def test_a_model_that_the_sdk_uploaded_comes_down_by_mlflow(tracking: str, ml_client: Any, tmp_path: Path) -> None:
    from azure.ai.ml.entities import Model

    folder = tmp_path / "net"
    (folder / "data").mkdir(parents=True)
    (folder / "MLmodel").write_text(_ML_MODEL)
    (folder / "data" / "weights").write_text("w")
    ml_client.models.create_or_update(Model(name="local", version="3", path=str(folder), type="mlflow_model"))
    version = mlflow.MlflowClient().get_model_version("local", "3")
    assert _fields(version) == ("3", "", "READY", "None")
    (target := tmp_path / "down").mkdir()
    found = mlflow.artifacts.download_artifacts("models:/local/3", dst_path=str(target))
    assert (Path(found) / "data" / "weights").read_text() == "w"


def test_stages_tags_aliases_and_descriptions_change(run: str, ml_client: Any) -> None:
    client = mlflow.MlflowClient()
    client.create_registered_model("churn", tags={"team": "a"}, description="who leaves")
    for _ in range(2):
        client.create_model_version("churn", f"runs:/{run}/model", run_id=run)
    client.transition_model_version_stage("churn", "1", "staging")
    client.transition_model_version_stage("churn", "2", "Staging", archive_existing_versions=True)
    assert [_fields(client.get_model_version("churn", one))[3] for one in "12"] == ["Archived", "Staging"]
    assert [one.version for one in client.get_latest_versions("churn", ["Staging"])] == ["2"]
    assert ml_client.models.get("churn", "2").stage == "Staging"
    client.set_registered_model_alias("churn", "champion", "1")
    assert client.get_model_version_by_alias("churn", "champion").version == "1"
    client.delete_registered_model_alias("churn", "champion")
    with pytest.raises(mlflow.exceptions.MlflowException, match="alias champion not found"):
        client.get_model_version_by_alias("churn", "champion")
    client.set_model_version_tag("churn", "1", "k", "v")
    client.set_model_version_tag("churn", "1", "gone", "v")
    client.delete_model_version_tag("churn", "1", "gone")
    client.update_model_version("churn", "1", "the first")
    shown = ml_client.models.get("churn", "1")
    assert (shown.tags, shown.description) == ({"k": "v"}, "the first")
    client.set_registered_model_tag("churn", "more", "1")
    client.delete_registered_model_tag("churn", "team")
    client.update_registered_model("churn", "who stays")
    model = client.get_registered_model("churn")
    assert (model.tags, model.description) == ({"more": "1"}, "who stays")


def test_what_the_sdk_changes_mlflow_shows(run: str, ml_client: Any) -> None:
    register(run)
    model = ml_client.models.get("churn", "1")
    model.tags, model.description, model.stage = {"from": "sdk"}, "changed", "Production"
    ml_client.models.create_or_update(model)
    version = mlflow.MlflowClient().get_model_version("churn", "1")
    assert (version.tags, version.description, version.current_stage) == ({"from": "sdk"}, "changed", "Production")
    ml_client.models.archive("churn", "1")
    assert mlflow.MlflowClient().search_model_versions("name = 'churn'") == []


def test_models_and_versions_are_found_by_what_they_are(run: str) -> None:
    client = mlflow.MlflowClient()
    for name in ("alpha", "Beta", "gamma"):
        client.create_registered_model(name, tags={"first": name[0]})
        client.create_model_version(name, f"runs:/{run}/model", run_id=run, tags={"of": name})
    client.create_model_version("alpha", f"runs:/{run}/model", run_id=run)

    def names(text: str = "", **options: Any) -> list[str]:
        return [one.name for one in client.search_registered_models(text, **options)]

    def versions(text: str, **options: Any) -> list[tuple[str, str]]:
        return [(one.name, one.version) for one in client.search_model_versions(text, **options)]

    assert names(order_by=["name DESC"]) == ["gamma", "alpha", "Beta"]
    assert names("name ILIKE 'b%'") == ["Beta"]
    assert names("name LIKE 'b%'") == []
    assert names("name != 'alpha' AND tags.first = 'g'") == ["gamma"]
    page = client.search_registered_models(max_results=2)
    assert len(page) == 2
    assert len(client.search_registered_models(max_results=2, page_token=page.token)) == 1
    assert versions("name = 'alpha'") == [("alpha", "2"), ("alpha", "1")]
    assert versions("name = 'alpha'", order_by=["version_number ASC"]) == [("alpha", "1"), ("alpha", "2")]
    assert versions("version_number > 1") == [("alpha", "2")]
    assert versions(f"run_id = '{run}' AND tags.of = 'Beta'") == [("Beta", "1")]
    assert versions("run_id IN ('absent')") == []
    with pytest.raises(mlflow.exceptions.MlflowException, match="Invalid attribute key"):
        client.search_model_versions("colour = 'red'")


def test_versions_and_models_are_deleted(run: str, ml_client: Any) -> None:
    client = mlflow.MlflowClient()
    for _ in range(2):
        register(run)
    client.set_registered_model_alias("churn", "best", "1")
    client.delete_model_version("churn", "1")
    assert client.get_registered_model("churn").aliases == {}
    assert [one.version for one in ml_client.models.list("churn")] == ["2"]
    client.delete_registered_model("churn")
    assert list(ml_client.models.list()) == []
    for attempt in (lambda: client.get_registered_model("churn"), lambda: client.get_model_version("churn", "2")):
        with pytest.raises(mlflow.exceptions.MlflowException) as refused:
            attempt()
        assert refused.value.error_code == "RESOURCE_DOES_NOT_EXIST"


@pytest.mark.parametrize(
    ("name", "source", "said"),
    [
        ("churn", "runs:/{run}/absent", "Nothing is there"),
        ("churn", "s3://bucket/model", "Nothing is there"),
        ("churn", "azureml://jobs/absent/outputs/model", "there is no job 'absent'"),
    ],
)
def test_a_version_of_nothing_is_refused(run: str, name: str, source: str, said: str) -> None:
    client = mlflow.MlflowClient()
    client.create_registered_model(name)
    with pytest.raises(mlflow.exceptions.MlflowException, match=said) as refused:
        client.create_model_version(name, source.format(run=run))
    assert refused.value.error_code == "INVALID_PARAMETER_VALUE"


def test_names_and_stages_that_none_can_have_are_refused(run: str) -> None:
    client = mlflow.MlflowClient()
    register(run)
    for attempt, said in (
        (lambda: client.create_registered_model("not a name"), "Invalid model name"),
        (lambda: client.transition_model_version_stage("churn", "1", "Live"), "Invalid Model Version stage: Live"),
        (lambda: client.rename_registered_model("churn", "other"), "renames no registered models"),
    ):
        with pytest.raises(mlflow.exceptions.MlflowException, match=said):
            attempt()
