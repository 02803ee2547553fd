"""References in a body become ids, with the requests the official client makes and no more."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.exceptions import EmptyDirectoryError, ValidationException
from gateway.operations.resolve import asset_id, compute_id, latest_version, resolve
from gateway.transport.messages import Response

W = "/subscriptions/s/resourceGroups/g/providers/Microsoft.MachineLearningServices/workspaces/w"
BLOBS = "https://arm.test/emu.blob.core.windows.net/box"


@pytest.mark.parametrize(
    ("collection", "reference", "expected"),
    [
        ("environments", "azureml:mine:7", f"{W}/environments/mine/versions/7"),
        ("environments", "mine:7", f"{W}/environments/mine/versions/7"),
        ("environments", f"azureml:{W}/environments/e/versions/1", f"{W}/environments/e/versions/1"),
        ("environments", "AzureML-sklearn-1.5@latest", "azureml:AzureML-sklearn-1.5@latest"),
        (
            "environments",
            "azureml://registries/r/environments/e/versions/2",
            "azureml://registries/r/environments/e/versions/2",
        ),
        ("data", "azureml:iris:2", f"{W}/data/iris/versions/2"),
    ],
)
def test_names_with_versions_become_ids_without_a_request(
    connection, service, collection: str, reference: str, expected: str
) -> None:
    assert connection.run(asset_id(connection.workspace, collection, reference)) == expected
    assert service.asked == []


def test_latest_is_looked_up(connection, service) -> None:
    service.answers["GET .*/environments/mine/versions"] = {"value": [{"name": "9"}]}
    service.answers["GET .*/data/iris"] = {"properties": {"latestVersion": "4"}}
    run, workspace = connection.run, connection.workspace
    assert run(asset_id(workspace, "environments", "mine@latest")) == f"{W}/environments/mine/versions/9"
    assert run(asset_id(workspace, "data", "azureml:iris@latest")) == f"{W}/data/iris/versions/4"
    assert service.asked[0].params["$orderBy"] == "createdtime desc"


def test_a_name_stays_one_part_of_the_address(connection, service) -> None:
    service.answers["GET .*/data/a%3Fb%20c$"] = {"properties": {"latestVersion": "4"}}
    assert connection.run(latest_version(connection.workspace, "data", "a?b c")) == "4"


def test_an_asset_without_a_version_is_refused_with_the_remedy(connection) -> None:
    with pytest.raises(ValidationException, match=r"'mine' has no version; use mine:VERSION or mine@latest"):
        connection.run(asset_id(connection.workspace, "environments", "azureml:mine"))


@pytest.mark.parametrize(
    ("name", "expected"), [("cpu", f"{W}/computes/cpu"), ("local", "local"), (f"{W}/computes/c", f"{W}/computes/c")]
)
def test_computes_become_ids(connection, name: str, expected: str) -> None:
    assert compute_id(connection.workspace, name) == expected


def _code_answers(service) -> None:
    service.answers |= {
        "GET .*/codes/[^/]+/versions": {"value": []},
        "POST .*/startPendingUpload": {
            "blobReferenceForConsumption": {"blobUri": BLOBS, "credential": {"sasUri": f"{BLOBS}?sig=x"}}
        },
        "PUT .*/codes/[^/]+/versions/1": {"id": f"{W}/codes/c/versions/1"},
        "PUT .*/box/.*": Response(201),
    }


def test_a_code_folder_is_uploaded_beside_its_name_and_registered(connection, service, tmp_path: Path) -> None:
    code = tmp_path / "src"
    (code / "lib").mkdir(parents=True)
    (code / "train.py").write_text("print(1)")
    (code / "lib" / "x y.py").write_text("")
    _code_answers(service)
    news = []
    body = {"properties": {"jobType": "Sweep", "trial": {"codeId": "src", "environmentId": "e:1"}, "computeId": "cpu"}}
    resolved = connection.run(resolve(connection.workspace, body, tmp_path, news.append))
    trial = resolved["properties"]["trial"]
    assert trial == {"codeId": f"{W}/codes/c/versions/1", "environmentId": f"{W}/environments/e/versions/1"}
    assert resolved["properties"]["computeId"] == f"{W}/computes/cpu"
    uploads = sorted(request.url for request in service.asked if request.method == "PUT" and "/box/" in request.url)
    assert uploads == [
        f"{BLOBS}/src/lib/x%20y.py?sig=x",
        f"{BLOBS}/src/train.py?sig=x",
    ]
    [registered] = [request for request in service.asked if request.method == "PUT" and "/codes/" in request.url]
    assert b'"hash_version": 202208' in (registered.body or b"")
    assert f'"codeUri": "{BLOBS}/src"'.encode() in (registered.body or b"")
    assert [(entry.files, entry.reused) for entry in news] == [(2, False)]


def test_blobs_get_no_bearer_token(connection, service, tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text("print(1)")
    _code_answers(service)
    body = {"properties": {"codeId": "train.py"}}
    connection.run(resolve(connection.workspace, body, tmp_path, lambda news: None))
    assert all("Authorization" not in request.headers for request in service.asked if "/box/" in request.url)


def test_code_that_the_workspace_knows_is_not_uploaded(connection, service, tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text("print(1)")
    service.answers["GET .*/codes/[^/]+/versions"] = {"value": [{"id": f"{W}/codes/old/versions/1"}]}
    body = {"properties": {"codeId": "."}}
    resolved = connection.run(resolve(connection.workspace, body, tmp_path, lambda news: None))
    assert resolved["properties"]["codeId"] == f"{W}/codes/old/versions/1"
    assert len(service.asked) == 1


def test_a_missing_code_folder_is_named(connection, tmp_path: Path) -> None:
    with pytest.raises(ValidationException, match=r"the local path .*/src does not exist"):
        connection.run(resolve(connection.workspace, {"properties": {"codeId": "src"}}, tmp_path, print))


def test_an_empty_code_folder_is_refused(connection, tmp_path: Path) -> None:
    (tmp_path / "src").mkdir()
    with pytest.raises(EmptyDirectoryError, match="no file to upload"):
        connection.run(resolve(connection.workspace, {"properties": {"codeId": "src"}}, tmp_path, print))


@pytest.mark.parametrize(
    ("entry", "uri"),
    [
        ({"uri": "https://example.com/x.csv", "jobInputType": "uri_file"}, "https://example.com/x.csv"),
        (
            {"uri": "wasbs://d@a.blob.core.windows.net/x", "jobInputType": "uri_file"},
            "wasbs://d@a.blob.core.windows.net/x",
        ),
        ({"uri": "azureml://datastores/d/paths/p", "jobInputType": "uri_folder"}, "azureml://datastores/d/paths/p"),
        ({"uri": "azureml:iris:2", "jobInputType": "uri_file"}, f"{W}/data/iris/versions/2"),
        ({"uri": "m:1", "jobInputType": "mlflow_model"}, f"{W}/models/m/versions/1"),
        ({"uri": f"{W}/data/i/versions/1", "jobInputType": "uri_file"}, f"{W}/data/i/versions/1"),
    ],
)
def test_inputs_that_are_elsewhere_stay_there(connection, tmp_path: Path, entry: dict[str, str], uri: str) -> None:
    body = {"properties": {"inputs": {"x": entry, "n": {"value": "1", "jobInputType": "literal"}}}}
    resolved = connection.run(resolve(connection.workspace, body, tmp_path, print))["properties"]["inputs"]
    assert resolved == {"x": {**entry, "uri": uri}, "n": {"value": "1", "jobInputType": "literal"}}


def test_a_local_folder_becomes_an_uploaded_one(connection, service, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "d.csv").write_text("1")
    service.answers |= {
        "GET .*/datastores/workspaceblobstore": {
            "properties": {"datastoreType": "AzureBlob", "accountName": "acc", "containerName": "box"}
        },
        "POST .*/listSecrets": {"secretsType": "Sas", "sasToken": "?sig=y"},
        "PUT https://acc.*": Response(201),
    }
    body = {"properties": {"inputs": {"d": {"uri": "./data", "jobInputType": "uri_folder"}}}}
    resolved = connection.run(resolve(connection.workspace, body, tmp_path, lambda news: None))
    uri = resolved["properties"]["inputs"]["d"]["uri"]
    assert uri.startswith("azureml://datastores/workspaceblobstore/paths/LocalUpload/")
    assert uri.endswith("/data/")
    stored = [request.url for request in service.asked if request.method == "PUT"]
    assert stored[0].startswith("https://acc.blob.core.windows.net/box/LocalUpload/")
    assert stored[0].endswith("/data/d.csv?sig=y")


def test_a_file_where_a_folder_is_wanted_is_refused(connection, tmp_path: Path) -> None:
    (tmp_path / "d.csv").touch()
    body = {"properties": {"inputs": {"d": {"uri": "d.csv", "jobInputType": "uri_folder"}}}}
    with pytest.raises(ValidationException, match="There is no folder"):
        connection.run(resolve(connection.workspace, body, tmp_path, print))
