"""MLflow clients, unmodified: plain tracking, and the azureml plugin."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from contracts.resource_id import WorkspaceId
from emulator.identity.cloud import ADFS
from emulator.identity.tokens import PRINCIPAL
from emulator.services.context import Emulator

pytestmark = [pytest.mark.oracle, pytest.mark.filterwarnings("ignore")]

WORKSPACE = WorkspaceId("00000000-0000-0000-0000-000000000001", "group", "workspace")

mlflow = pytest.importorskip("mlflow")


@pytest.fixture(params=["plain", "azureml", "azureml-secret"])
def tracking(request: pytest.FixtureRequest, emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A tracking URI of either kind, with what its client needs in the environment."""
    origin = emulator.place.https_origin
    if request.param == "plain":
        uri = f"{origin}/mlflow/v1.0{WORKSPACE}"
        monkeypatch.setenv("MLFLOW_TRACKING_TOKEN", emulator.tokens.issue(origin))
    else:
        # The plugin reads the metadata once, when it is imported; other tests may have imported it before.
        from azureml.mlflow._common._cloud import cloud

        monkeypatch.setattr(cloud, "KNOWN_CLOUDS", cloud.get_known_clouds())
        if request.param == "azureml-secret":  # as `amlet emulator env` has it
            monkeypatch.setenv("AZURE_AUTHORITY_HOST", f"{origin}/{ADFS}")
            monkeypatch.setenv("AZURE_CLIENT_ID", PRINCIPAL)
            monkeypatch.setenv("AZURE_TENANT_ID", ADFS)
            monkeypatch.setenv("AZURE_CLIENT_SECRET", emulator.secrets.client_secret)
            monkeypatch.delenv("IDENTITY_ENDPOINT")
        uri = f"azureml://{origin.removeprefix('https://')}/mlflow/v1.0{WORKSPACE}"
    monkeypatch.setenv("MLFLOW_TRACKING_URI", uri)
    monkeypatch.setenv("MLFLOW_ENABLE_ASYNC_LOGGING", "false")
    mlflow.set_tracking_uri(uri)
    yield uri
    while mlflow.active_run():
        mlflow.end_run()
    mlflow.set_tracking_uri(None)
    mlflow.tracking.fluent._active_experiment_id = None
    os.environ.pop("MLFLOW_EXPERIMENT_ID", None)


def test_a_run_and_all_it_logs_comes_back(tracking: str, ml_client: Any) -> None:
    mlflow.set_experiment("exp")
    with mlflow.start_run(run_name="named", tags={"t": "1"}, description="what it is") as run:
        mlflow.log_param("depth", 3)
        mlflow.log_params({"model": "tree", "lr": 0.1})
        for step in range(3):
            mlflow.log_metric("loss", 1 / (step + 1), step=step)
        mlflow.log_metrics({"acc": 0.5, "bad": math.nan, "inf": math.inf, "ninf": -math.inf})
        mlflow.set_tag("later", "2")
    found = mlflow.get_run(run.info.run_id)
    assert found.info.status == "FINISHED"
    assert found.info.run_name == "named"
    assert found.data.params == {"depth": "3", "model": "tree", "lr": "0.1"}
    assert found.data.tags["t"] == "1"
    assert found.data.tags["later"] == "2"
    assert found.data.tags["mlflow.note.content"] == "what it is"
    assert found.data.metrics["loss"] == pytest.approx(1 / 3)
    assert math.isnan(found.data.metrics["bad"])
    assert (found.data.metrics["inf"], found.data.metrics["ninf"]) == (math.inf, -math.inf)
    history = mlflow.MlflowClient().get_metric_history(run.info.run_id, "loss")
    assert [(point.step, point.value) for point in history] == [(0, 1.0), (1, 0.5), (2, pytest.approx(1 / 3))]
    job = ml_client.jobs.get(run.info.run_id)
    assert (job.status, job.display_name, job.experiment_name) == ("Completed", "named", "exp")
    assert run.info.run_id in [listed.name for listed in ml_client.jobs.list()]


def test_a_run_without_an_experiment_is_in_the_default_one(tracking: str) -> None:
    with mlflow.start_run() as run:
        pass
    assert mlflow.get_experiment(run.info.experiment_id).name == "Default"


def test_a_failed_run_is_failed_and_a_killed_one_canceled(tracking: str, ml_client: Any) -> None:
    mlflow.set_experiment("exp")
    for status, expected in [("FAILED", "Failed"), ("KILLED", "Canceled")]:
        run = mlflow.start_run()
        mlflow.end_run(status)
        assert mlflow.get_run(run.info.run_id).info.status == status
        assert ml_client.jobs.get(run.info.run_id).status == expected


def test_artifacts_go_up_are_listed_and_come_down(tracking: str, emulator: Emulator, tmp_path: Path) -> None:
    folder = tmp_path / "model"
    (folder / "sub dir").mkdir(parents=True)
    (folder / "MLmodel").write_text("flavors: {}\n")
    (folder / "sub dir" / "weights.bin").write_bytes(b"\x00" * 100)
    mlflow.set_experiment("exp")
    with mlflow.start_run() as run:
        mlflow.log_artifacts(str(folder), "model")
        mlflow.log_text("hello", "notes/hello.txt")
    client = mlflow.MlflowClient()
    listed = {(one.path, one.is_dir) for one in client.list_artifacts(run.info.run_id)}
    assert listed == {("model", True), ("notes", True)}
    assert [one.path for one in client.list_artifacts(run.info.run_id, "model/sub dir")] == [
        "model/sub dir/weights.bin"
    ]
    target = tmp_path / "down"
    target.mkdir()
    mlflow.artifacts.download_artifacts(run_id=run.info.run_id, artifact_path="model", dst_path=str(target))
    assert (target / "model" / "sub dir" / "weights.bin").read_bytes() == b"\x00" * 100
    kept = emulator.place.run_artifacts(WORKSPACE, run.info.run_id)
    assert (kept / "notes" / "hello.txt").read_text() == "hello"


def test_asynchronous_logging_arrives(tracking: str) -> None:
    mlflow.set_experiment("exp")
    with mlflow.start_run() as run:
        mlflow.log_metric("m", 1.0, synchronous=False).wait()
        mlflow.log_params({"p": "1"}, synchronous=False).wait()
    found = mlflow.get_run(run.info.run_id).data
    assert (found.metrics, found.params) == ({"m": 1.0}, {"p": "1"})


def test_runs_are_found_by_what_they_logged(tracking: str) -> None:
    mlflow.set_experiment("exp")
    for index in range(5):
        with mlflow.start_run(run_name=f"run-{index}", tags={"group": "Even" if index % 2 == 0 else "odd"}):
            mlflow.log_metric("score", index / 10)
            mlflow.log_param("index", index)

    def names(text: str = "", **options: Any) -> list[str]:
        found = mlflow.search_runs(filter_string=text, output_format="list", **options)
        return [run.info.run_name for run in found]

    ascending: dict[str, Any] = {"order_by": ["metrics.score ASC"]}
    assert names(**ascending) == [f"run-{index}" for index in range(5)]
    assert names("metrics.score > 0.15 AND metrics.`score` <= 0.3", **ascending) == ["run-2", "run-3"]
    assert names("params.index = '4'") == ["run-4"]
    assert names("params.index IN ('1', '3') and tags.group = 'odd'", order_by=["params.index DESC"]) == [
        "run-3",
        "run-1",
    ]
    assert names("tags.group LIKE 'even'") == []
    assert names("tags.group ILIKE 'even'", **ascending) == ["run-0", "run-2", "run-4"]
    assert names("attributes.status = 'FINISHED' AND run_name LIKE '%-1'") == ["run-1"]
    assert names("attributes.status != 'FINISHED'") == []
    assert names(max_results=2, order_by=["metrics.score DESC"]) == ["run-4", "run-3"]
    pages, token = [], None
    client = mlflow.MlflowClient()
    experiment = client.get_experiment_by_name("exp").experiment_id
    while True:
        page = client.search_runs([experiment], max_results=2, page_token=token)
        pages.append(len(page))
        token = page.token
        if not token:
            break
    assert pages == [2, 2, 1]
    with pytest.raises(mlflow.exceptions.MlflowException, match="Invalid filter"):
        client.search_runs([experiment], "metrics.score >>> 1")


def test_nested_runs_name_their_parent(tracking: str) -> None:
    mlflow.set_experiment("exp")
    with mlflow.start_run() as parent, mlflow.start_run(nested=True) as child:
        pass
    found = mlflow.search_runs(filter_string=f"tags.mlflow.parentRunId = '{parent.info.run_id}'", output_format="list")
    assert [run.info.run_id for run in found] == [child.info.run_id]


def test_runs_and_experiments_are_deleted_and_restored(tracking: str) -> None:
    client = mlflow.MlflowClient()
    experiment = client.create_experiment("gone", tags={"k": "v"})
    run = client.create_run(experiment).info.run_id
    client.delete_run(run)
    assert client.get_run(run).info.lifecycle_stage == "deleted"
    assert client.search_runs([experiment]) == []
    client.restore_run(run)
    assert [found.info.run_id for found in client.search_runs([experiment])] == [run]
    client.rename_experiment(experiment, "renamed")
    client.set_experiment_tag(experiment, "a", "b")
    client.delete_experiment(experiment)
    assert client.get_experiment(experiment).lifecycle_stage == "deleted"
    client.restore_experiment(experiment)
    found = client.search_experiments(filter_string="name LIKE 're%'")
    assert [(one.name, one.tags) for one in found] == [("renamed", {"k": "v", "a": "b"})]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("name = 'one'", ["one"]),
        ("name ILIKE 'O%'", ["one"]),
        ("tags.team = 'a'", ["two", "one"]),
        ("tags.`team` != 'a'", []),
        ("tags.team = 'a' AND name != 'one'", ["two"]),
        ("creation_time > 0 AND attributes.name LIKE 't%'", ["two"]),
    ],
)
def test_experiments_are_found_by_name_tags_and_times(tracking: str, text: str, expected: list[str]) -> None:
    client = mlflow.MlflowClient()
    for name in ("one", "two"):
        client.create_experiment(name, tags={"team": "a"})
    assert [one.name for one in client.search_experiments(filter_string=text)] == expected


@pytest.mark.parametrize("text", ["tags.team", "name > 'a'", "creation_time > 'x'", "name = 'a' OR name = 'b'"])
def test_a_filter_of_experiments_that_says_nothing_is_refused(tracking: str, text: str) -> None:
    client = mlflow.MlflowClient()
    client.create_experiment("one", tags={"team": "a"})
    with pytest.raises(mlflow.exceptions.MlflowException, match="Invalid filter"):
        client.search_experiments(filter_string=text)


def test_the_datasets_of_a_run_come_back(tracking: str) -> None:
    from mlflow.entities import Dataset, DatasetInput, InputTag

    client = mlflow.MlflowClient()
    run = client.create_run(client.create_experiment("exp")).info.run_id
    dataset = Dataset(name="rows", digest="d1", source_type="local", source="{}")
    client.log_inputs(run, [DatasetInput(dataset, [InputTag("mlflow.data.context", "training")])])
    (found,) = client.get_run(run).inputs.dataset_inputs
    assert (found.dataset.name, found.dataset.digest, found.tags[0].value) == ("rows", "d1", "training")


@pytest.mark.parametrize(
    ("attempt", "code"),
    [
        (lambda client: client.get_run("absent"), "RESOURCE_DOES_NOT_EXIST"),
        (lambda client: client.get_experiment("absent"), "RESOURCE_DOES_NOT_EXIST"),
        (lambda client: client.log_metric("absent", "m", 1.0), "RESOURCE_DOES_NOT_EXIST"),
        (lambda client: [client.create_experiment("e"), client.create_experiment("e")], "RESOURCE_ALREADY_EXISTS"),
        (lambda client: client.delete_tag(client.create_run("0").info.run_id, "absent"), "RESOURCE_DOES_NOT_EXIST"),
    ],
)
def test_refusals_have_mlflows_codes(tracking: str, attempt: Callable[[Any], Any], code: str) -> None:
    with pytest.raises(mlflow.exceptions.MlflowException) as refused:
        attempt(mlflow.MlflowClient())
    assert refused.value.error_code == code


def test_a_parameter_keeps_its_first_value(tracking: str) -> None:
    mlflow.set_experiment("exp")
    with mlflow.start_run():
        mlflow.log_param("p", 1)
        mlflow.log_param("p", 1)
        with pytest.raises(mlflow.exceptions.MlflowException, match="Changing param values is not allowed"):
            mlflow.log_param("p", 2)


def test_a_model_is_logged_among_the_files_of_its_run(tracking: str, emulator: Emulator, tmp_path: Path) -> None:
    (tmp_path / "MLmodel").write_text("flavors: {}\n")
    client = mlflow.MlflowClient()
    mlflow.set_experiment("exp")
    with mlflow.start_run() as run:
        model = mlflow.initialize_logged_model(name="model", params={"p": "1"}, tags={"t": "1"})
        client.log_model_artifact(model.model_id, str(tmp_path / "MLmodel"))
        mlflow.set_logged_model_tags(model.model_id, {"u": "2"})
        mlflow.finalize_logged_model(model.model_id, "READY")
    kept = emulator.place.run_artifacts(WORKSPACE, run.info.run_id)
    assert (kept / "model" / "MLmodel").exists()
    assert [one.path for one in client.list_artifacts(run.info.run_id, "model")] == ["model/MLmodel"]
    found = mlflow.get_logged_model(model.model_id)
    assert (found.name, found.source_run_id, str(found.status)) == ("model", run.info.run_id, "READY")
    assert (found.params, found.tags["t"], found.tags["u"]) == ({"p": "1"}, "1", "2")
