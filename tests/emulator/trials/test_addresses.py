"""Addresses of what the emulator holds lead to one stored URI, whatever their spelling."""

from __future__ import annotations

from typing import Any

import pytest

from contracts.resource_id import WorkspaceId
from emulator.storage import Database, assets, jobs, labels
from emulator.storage.jobs import NewJob
from emulator.storage.workspaces import guid_of
from emulator.trials.addresses import UnknownAddress, job_of, run_of, stored_uri

WS = WorkspaceId("sub", "group", "space")
LONG = "azureml://subscriptions/sub/resourcegroups/group/workspaces/space/datastores"
BLOBS, ARTIFACTS = f"{LONG}/workspaceblobstore/paths", f"{LONG}/workspaceartifactstore/paths"
HOST = "azureml://127.0.0.1:8443/mlflow/v2.0/subscriptions/sub/resourceGroups/group/providers/P/workspaces/space"


@pytest.fixture
def store() -> Database:
    """A command `c`, and a sweep `s` whose trial `s_1` is the best; each has the outputs `m` and `file`."""
    store = Database.in_memory()
    outputs = {"m": {"jobOutputType": "custom_model"}, "file": {"jobOutputType": "uri_file"}, "default": {}}

    def write(conn: Any) -> None:
        def add(name: str, type_: str, **more: Any) -> jobs.JobId:
            body = {"jobType": type_, "command": "true", "outputs": outputs}
            return jobs.create(conn, NewJob(WS, name, type_, "exp", body, 1.0, "me", **more))

        add("c", "Command")
        sweep = add("s", "Sweep")
        add("new", "Sweep")
        for number in range(2):
            add(f"s_{number}", "Command", parent=sweep, trial=number)
        labels.merge(conn, sweep, "property", {"best_child_run_id": "s_1"})
        for version in ("1", "2"):
            document = {"modelUri": f"azureml://jobs/s_{int(version) - 1}/outputs/m"}
            assets.put(conn, WS, "models", "net", version, document, 1.0)
        assets.put(conn, WS, "models", "again", "1", {"modelUri": "azureml:net:1"}, 1.0)

    store.write(write).result()
    return store


@pytest.mark.parametrize(
    ("reference", "stored"),
    [
        ("azureml://jobs/c/outputs/m", f"{BLOBS}/azureml/c/m/"),
        ("azureml://jobs/c/outputs/m/paths/", f"{BLOBS}/azureml/c/m/"),
        ("azureml://jobs/c/outputs/m/paths/sub/a.txt", f"{BLOBS}/azureml/c/m/sub/a.txt"),
        ("azureml://jobs/c/outputs/file", f"{BLOBS}/azureml/c/file"),
        ("azureml://jobs/s_0/outputs/m/", f"{BLOBS}/azureml/s_0/m/"),
        ("azureml://jobs/s/outputs/m", f"{BLOBS}/azureml/s_1/m/"),
        ("azureml://jobs/c/outputs/artifacts/paths/outputs/model/", f"{ARTIFACTS}/ExperimentRun/dcid.c/outputs/model/"),
        ("azureml://jobs/c/outputs/default/paths/logs", f"{ARTIFACTS}/ExperimentRun/dcid.c/logs"),
        (f"{LONG.removesuffix('/datastores')}/jobs/c/outputs/m", f"{BLOBS}/azureml/c/m/"),
        ("azureml://datastores/workspaceblobstore/paths/a/b/", f"{BLOBS}/a/b/"),
        ("runs:/c/model", f"{ARTIFACTS}/ExperimentRun/dcid.c/model"),
        ("mlflow-artifacts:/ExperimentRun/dcid.c/model", f"{ARTIFACTS}/ExperimentRun/dcid.c/model"),
        (
            f"https://127.0.0.1:8443/mlflow/v1.0{WS}/api/2.0/mlflow-artifacts/artifacts/ExperimentRun/dcid.c/model",
            f"{ARTIFACTS}/ExperimentRun/dcid.c/model",
        ),
        (f"{HOST}/experiments/e/runs/c/artifacts/model", f"{ARTIFACTS}/ExperimentRun/dcid.c/model"),
        ("azureml:net:1", f"{BLOBS}/azureml/s_0/m/"),
        (f"{WS}/data/azureml_c_output_data_file/versions/1", f"{BLOBS}/azureml/c/file"),
        ("azureml:azureml_c_output_m:1", f"{BLOBS}/azureml/c/m/"),
        ("models:/net/1", f"{BLOBS}/azureml/s_0/m/"),
        ("azureml:net@latest", f"{BLOBS}/azureml/s_1/m/"),
        (f"{WS}/models/net/versions/1", f"{BLOBS}/azureml/s_0/m/"),
        (f"azureml:{WS}/models/net/labels/latest", f"{BLOBS}/azureml/s_1/m/"),
        (f"azureml://locations/local/workspaces/{guid_of(WS)}/models/net/versions/2", f"{BLOBS}/azureml/s_1/m/"),
    ],
)
def test_each_spelling_leads_to_the_datastore(store: Database, reference: str, stored: str) -> None:
    assert stored_uri(store.reader(), WS, reference, "models") == stored


@pytest.mark.parametrize(
    "reference",
    [
        "azureml:unknown:1",
        "azureml:again:1",
        "/abs/path",
        "net",
        "https://example.com/x",
        "wasbs://c@a.blob.core.windows.net/x",
    ],
)
def test_what_is_not_an_address_of_its_own_is_left_alone(store: Database, reference: str) -> None:
    assert stored_uri(store.reader(), WS, reference, "models") is None


@pytest.mark.parametrize(
    ("reference", "said"),
    [
        ("azureml://jobs/none/outputs/m", "there is no job 'none'"),
        ("azureml://jobs/c/outputs/x", "job c has no output 'x'; it has m, file, artifacts"),
        ("azureml://jobs/new/outputs/m", "sweep new has no best trial yet"),
    ],
)
def test_an_address_of_what_is_not_there_is_refused_with_what_there_is(
    store: Database, reference: str, said: str
) -> None:
    with pytest.raises(UnknownAddress, match=said):
        stored_uri(store.reader(), WS, reference)


def test_the_job_of_an_address_is_known() -> None:
    assert job_of("azureml://jobs/c/outputs/m/paths/x") == "c"
    assert job_of("runs:/c/model") == "c"
    assert job_of(f"{ARTIFACTS}/ExperimentRun/dcid.c/model/") == "c"
    assert job_of(f"{BLOBS}/x") is None
    assert run_of(f"{ARTIFACTS}/ExperimentRun/dcid.c/model/") == ("c", "model")
