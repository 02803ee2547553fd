"""Plans: what a submit would do, found out with requests that only read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from azure.core.exceptions import ClientAuthenticationError

from gateway import Input, command
from gateway.entities import CommandJob, Environment
from gateway.operations.plan import plan
from gateway.transport.messages import Request, Response

W = "/subscriptions/s/resourceGroups/g/providers/Microsoft.MachineLearningServices/workspaces/w"


def _job(folder: Path) -> CommandJob:
    (folder / "src").mkdir()
    (folder / "src" / "train.py").write_text("print(1)")
    (folder / "src" / "lib.py").write_text("")
    (folder / "data.csv").write_text("1,2")
    return CommandJob(
        name="j",
        command="python train.py ${{inputs.d}}",
        code=str(folder / "src"),
        environment=Environment(image="python:3.11"),
        inputs={"d": Input(type="uri_file", path=str(folder / "data.csv"))},
        compute="cpu",
    )


def _storage(service) -> None:
    service.answers |= {
        "GET .*/codes/[^/]+/versions": {"value": []},
        "GET .*/datastores/workspaceblobstore": {
            "properties": {"datastoreType": "AzureBlob", "accountName": "acc", "containerName": "box"}
        },
        "POST .*/listSecrets": {"secretsType": "Sas", "sasToken": "sig=y"},
    }


def test_a_plan_changes_nothing_and_says_what_would_be_done(connection, service, tmp_path: Path) -> None:
    _storage(service)
    made = connection.run(plan(connection.workspace, _job(tmp_path), {}))
    assert {line.partition(" ")[0] for line in service.lines if not line.endswith("/listSecrets")} <= {"GET", "HEAD"}
    document = made.document
    assert [(Path(entry["path"]).name, entry["files"], entry["reused"]) for entry in document["uploads"]] == [
        ("src", 2, False),
        ("data.csv", 1, False),
    ]
    kinds = [entry["url"].partition(f"{W}/")[2].partition("/")[0] for entry in document["registrations"]]
    assert kinds == ["codes", "environments"]
    assert document["submission"]["url"].endswith(f"{W}/jobs/j")
    properties = document["submission"]["body"]["properties"]
    assert properties["computeId"] == f"{W}/computes/cpu"
    assert properties["codeId"].startswith(f"{W}/codes/")
    assert properties["inputs"]["d"]["uri"].startswith("azureml://datastores/workspaceblobstore/paths/LocalUpload/")
    assert document["requests"][-1] == f"PUT {W}/jobs/j?api-version=2025-01-01-preview"


def test_what_the_workspace_has_is_not_planned_again(connection, service, tmp_path: Path) -> None:
    _storage(service)
    service.answers["GET .*/codes/[^/]+/versions"] = {"value": [{"id": f"{W}/codes/known/versions/1"}]}
    service.answers["HEAD .*"] = Response(200, {"x-ms-meta-upload_status": "completed"})
    made = connection.run(plan(connection.workspace, _job(tmp_path), {}))
    assert [news.reused for news in made.uploads] == [True, True]
    assert [entry["url"].count("/codes/") for entry in made.document["registrations"]] == [0]


def test_a_plan_needs_no_sign_in(connection, service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*scopes: str, **options: Any) -> Any:
        raise ClientAuthenticationError("DefaultAzureCredential failed to retrieve a token\nEnvironmentCredential: no")

    monkeypatch.setattr(connection.credential, "get_token", fail)
    job = _job(tmp_path)
    job.inputs["e"] = Input(type="uri_folder", path="azureml:iris@latest")
    made = connection.run(plan(connection.workspace, job, {}))
    assert service.lines == []
    assert not made.signed_in
    document = made.document
    assert [(Path(entry["path"]).name, entry["reused"]) for entry in document["uploads"]] == [
        ("src", False),
        ("data.csv", False),
    ]
    assert document["submission"]["body"]["properties"]["inputs"]["e"]["uri"].endswith("/data/iris/versions/LATEST")


def test_another_error_of_a_credential_ends_the_plan(
    connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*scopes: str, **options: Any) -> Any:
        raise KeyError("mistake")

    monkeypatch.setattr(connection.credential, "get_token", fail)
    with pytest.raises(KeyError, match="mistake"):
        connection.run(plan(connection.workspace, _job(tmp_path), {}))


def test_a_plan_reads_to_people(connection, service, tmp_path: Path) -> None:
    _storage(service)
    text = connection.run(plan(connection.workspace, _job(tmp_path), {})).text
    assert "Would upload:\n  " in text
    assert "data.csv: 1 file, 3 bytes" in text
    assert f"Would send: PUT {W}/jobs/j" in text
    assert "nothing was changed" in text


def test_of_a_job_without_local_parts_only_the_put_is_planned(connection, service) -> None:
    made = connection.run(plan(connection.workspace, command(name="j", command="true", environment="e:1"), {}))
    assert (made.uploads, made.registrations, len(made.asked)) == ([], [], 1)
    assert service.asked == []
    assert "Would upload:\n  nothing\nWould register:\n  nothing" in made.text


def test_of_a_fetched_job_the_change_is_planned(connection, service) -> None:
    properties = {"jobType": "Command", "command": "true", "environmentId": "e:1", "experimentName": "x"}
    service.answers["GET .*/jobs/j"] = {"name": "j", "id": f"{W}/jobs/j", "properties": properties}
    from gateway.client.job_operations import job_of
    from gateway.operations import jobs

    job = job_of(connection.run(jobs.get(connection.workspace, "j")))
    job.description = "new"
    made = connection.run(plan(connection.workspace, job, {}))
    assert made.document["submission"]["method"] == "PATCH"
    assert made.document["submission"]["body"]["description"] == "new"
    assert not [request for request in service.asked if request.method == "PATCH"]


def test_an_upload_is_not_kept_in_memory(connection, service, tmp_path: Path) -> None:
    _storage(service)
    made = connection.run(plan(connection.workspace, _job(tmp_path), {}))
    uploads = [request for request in made.asked if _is_upload(request)]
    assert len(uploads) == 3
    assert {request.body for request in uploads} == {None}


def _is_upload(request: Request) -> bool:
    return request.method == "PUT" and "/subscriptions/" not in request.url
