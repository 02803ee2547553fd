"""Environments, data and the other assets through MLClient; waiting, metric history and frames."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from itertools import chain, repeat
from pathlib import Path

import pytest

from gateway.client.ml_client import MLClient
from gateway.entities import BuildContext, Data, Environment
from gateway.exceptions import ValidationException
from gateway.local_folder import upload_hash
from gateway.operations.trials import TrialRow, Trials
from gateway.transport.messages import Response

W = "/subscriptions/s/resourceGroups/g/providers/Microsoft.MachineLearningServices/workspaces/w"


@pytest.fixture
def client(service, connection) -> MLClient:
    made = MLClient(subscription_id="s", resource_group_name="g", workspace_name="w")
    made.connection = connection
    return made


def _version(collection: str, properties: dict[str, object]) -> dict[str, object]:
    return {"id": f"{W}/{collection}/e/versions/3", "name": "3", "properties": properties}


def test_an_environment_is_read_with_name_and_version(client: MLClient, service) -> None:
    service.answers["GET .*/environments/e/versions/3"] = _version(
        "environments", {"image": "python:3.11", "condaFile": "name: x\n", "tags": {"a": "b"}}
    )
    found = client.environments.get("e", "3")
    assert (found.name, found.version, found.image) == ("e", "3", "python:3.11")
    assert (found.conda_file, found.tags) == ({"name": "x"}, {"a": "b"})


def test_the_latest_version_is_looked_up(client: MLClient, service) -> None:
    service.answers |= {
        "GET .*/data/e": {"properties": {"latestVersion": "3"}},
        "GET .*/data/e/versions/3": _version("data", {"dataUri": "https://x/y", "dataType": "uri_file"}),
    }
    found = client.data.get("e", label="latest")
    assert (found.version, found.path, found.type) == ("3", "https://x/y", "uri_file")


@pytest.mark.parametrize("said", [{}, {"version": "1", "label": "latest"}, {"label": "newest"}])
def test_a_version_or_the_latest_must_be_said(client: MLClient, said: dict[str, str]) -> None:
    with pytest.raises(ValidationException, match=r"version=.*label='latest'"):
        client.environments.get("e", **said)


def test_data_gets_the_next_version(client: MLClient, service) -> None:
    service.answers |= {
        "GET .*/data/e": {"properties": {"nextVersion": "3"}},
        "PUT .*/data/e/versions/3": _version("data", {"dataUri": "https://x/y", "dataType": "uri_file"}),
    }
    made = client.data.create_or_update(Data(name="e", path="https://x/y", type="uri_file"))
    assert made.version == "3"
    sent = service.body("PUT /data/e/versions/3")["properties"]
    assert sent == {"dataType": "uri_file", "dataUri": "https://x/y", "isAnonymous": False, "isArchived": False}


def test_an_environment_is_registered(client: MLClient, service) -> None:
    service.answers["PUT .*/environments/e/versions/3"] = _version("environments", {"image": "i"})
    assert client.environments.create_or_update(Environment(name="e", version="3", image="i")).image == "i"


def _box_answers(service, datastore: str) -> None:
    box = {"datastoreType": "AzureBlob", "accountName": "acc", "containerName": "box"}
    service.answers |= {
        f"GET .*/datastores/{datastore}": {"properties": box},
        "POST .*/listSecrets": {"sasToken": "sig=x"},
        "HEAD .*/box/.*": Response(404),
        "PUT .*/box/.*": Response(201),
    }


def test_a_build_context_is_uploaded_to_its_datastore_and_named_by_its_blob(
    client: MLClient, service, tmp_path: Path
) -> None:
    (tmp_path / "Dockerfile").write_text("FROM scratch\n")
    _box_answers(service, "mine")
    service.answers["PUT .*/environments/CliV2AnonymousEnvironment/versions/.*"] = _version("environments", {})
    built = Environment(build=BuildContext(path=tmp_path, dockerfile_path="Dockerfile"), datastore="mine")
    client.environments.create_or_update(built)
    sent = service.body(f"PUT /environments/CliV2AnonymousEnvironment/versions/{built.version}")["properties"]
    blobs = "https://acc.blob.core.windows.net/box/LocalUpload"
    assert sent["build"]["contextUri"] == f"{blobs}/{upload_hash(tmp_path)}/{tmp_path.name}/"
    assert sent["build"]["dockerfilePath"] == "Dockerfile"


def test_a_build_context_at_a_url_travels_as_it_is(client: MLClient, service) -> None:
    service.answers["PUT .*/environments/e/versions/3"] = _version("environments", {})
    built = Environment(name="e", version="3", build=BuildContext(path="https://example.com/x.git#main"))
    client.environments.create_or_update(built)
    sent = service.body("PUT /environments/e/versions/3")["properties"]
    assert sent == {
        "build": {"contextUri": "https://example.com/x.git#main"},
        "isAnonymous": False,
        "isArchived": False,
    }


def test_local_data_is_uploaded_to_its_datastore(client: MLClient, service, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("1\n")
    _box_answers(service, "mine")
    service.answers["PUT .*/data/e/versions/3"] = _version("data", {"dataUri": "x", "dataType": "uri_file"})
    data = Data(name="e", version="3", path=tmp_path / "a.csv", type="uri_file", datastore="mine")
    client.data.create_or_update(data)
    sent = service.body("PUT /data/e/versions/3")["properties"]
    assert sent["dataUri"].startswith("azureml://datastores/mine/paths/LocalUpload/")


def test_computes_and_workspaces_are_listed(client: MLClient, service) -> None:
    listed = {"value": [{"name": "cpu", "id": f"{W}/computes/cpu", "properties": {"computeType": "AmlCompute"}}]}
    service.answers |= {"GET .*/computes": listed, "GET .*/workspaces": {"value": [{"name": "w", "id": W}]}}
    [compute] = client.computes.list()
    assert (compute.name, compute.type) == ("cpu", "amlcompute")
    assert [found.name for found in client.workspaces.list()] == ["w"]


def test_what_is_only_read_says_so(client: MLClient) -> None:
    with pytest.raises(ValidationException, match="codes are only read"):
        client.code.create_or_update(object())  # type: ignore[arg-type]


def _statuses(*statuses: str) -> Iterator[dict[str, object]]:
    for status in chain(statuses, repeat(statuses[-1])):
        yield {"name": "j", "properties": {"jobType": "Command", "command": "x", "status": status}}


def test_waiting_returns_the_job_when_it_has_ended(client: MLClient, service) -> None:
    documents = _statuses("Running", "Running", "Failed")
    service.answers["GET .*/jobs/j"] = lambda request: next(documents)
    assert client.jobs.wait("j").status == "Failed"
    assert len(service.asked) == 3


def test_waiting_ends_at_its_timeout(client: MLClient, service) -> None:
    documents = _statuses("Running")
    service.answers["GET .*/jobs/j"] = lambda request: next(documents)
    with pytest.raises(TimeoutError, match="job j is Running after 5 seconds"):
        client.jobs.wait("j", timeout=5)


def test_all_pages_of_a_metric_are_read(client: MLClient, service) -> None:
    def page(request) -> dict[str, object]:
        last = "page_token" in request.params
        point = {"step": int(last), "value": "NaN" if last else 0.5, "timestamp": 1500}
        return {"metrics": [point]} | ({} if last else {"next_page_token": "n"})

    service.answers["GET .*/metrics/get-history"] = page
    first, second = client.jobs.metric_history("j", "loss")
    assert (first.step, first.value, first.timestamp) == (0, 0.5, 1.5)
    assert second.value != second.value


def test_a_frame_without_pandas_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(ImportError, match="pip install pandas"):
        Trials([TrialRow("s_0", "Completed")]).to_pandas()
