"""Submitting and steering jobs through `MLClient.jobs`."""

from __future__ import annotations

import json

import pytest

from gateway import Input, Output, command, load_job
from gateway.client.ml_client import MLClient
from gateway.entities import Environment
from gateway.exceptions import JobException, UserErrorException, ValidationException
from gateway.transport.http_errors import ResourceNotFoundError, ServiceRequestError
from gateway.transport.messages import ConnectionFault, Request, Response

W = "/subscriptions/s/resourceGroups/g/providers/Microsoft.MachineLearningServices/workspaces/w"


@pytest.fixture
def client(service, connection) -> MLClient:
    made = MLClient(subscription_id="s", resource_group_name="g", workspace_name="w")
    made.connection = connection
    return made


def _echo(service, name: str = "j") -> None:
    def answer(request: Request) -> dict[str, object]:
        import json

        return {"name": name, "id": f"{W}/jobs/{name}", **json.loads(request.body or b"")}

    service.answers[f"PUT .*/jobs/{name}"] = answer


def test_a_command_is_submitted_with_resolved_ids(client: MLClient, service) -> None:
    _echo(service)
    job = client.jobs.create_or_update(command(name="j", command="echo 1", environment="azureml:e:1", compute="cpu"))
    assert job.name == "j"
    properties = service.body("PUT /jobs/j")["properties"]
    assert properties["environmentId"] == f"{W}/environments/e/versions/1"
    assert properties["computeId"] == f"{W}/computes/cpu"
    assert properties["displayName"] == "j"
    assert service.asked[0].params == {"api-version": "2025-01-01-preview"}


def test_a_command_that_names_the_version_of_an_output_is_sent_with_a_version_that_has_it(
    client: MLClient, service
) -> None:
    _echo(service)
    out = Output(type="uri_folder", name="made", version="2")
    client.jobs.create_or_update(command(name="j", command="true", environment="azureml:e:1", outputs={"out": out}))
    assert service.body("PUT /jobs/j")["properties"]["outputs"]["out"]["assetVersion"] == "2"
    assert service.asked[0].params == {"api-version": "2024-01-01-preview"}


def test_arguments_count_more_than_the_job(client: MLClient, service) -> None:
    _echo(service)
    job = command(name="j", command="echo 1", environment="e:1")
    client.jobs.create_or_update(job, tags={"a": "b"}, experiment_name="other")
    properties = service.body("PUT /jobs/j")["properties"]
    assert (properties["tags"], properties["experimentName"]) == ({"a": "b"}, "other")
    assert job.experiment_name is None


def test_an_inline_environment_is_registered_first(client: MLClient, service) -> None:
    _echo(service)
    service.answers["PUT .*/environments/.*"] = {"id": f"{W}/environments/made/versions/1"}
    client.jobs.create_or_update(command(name="j", command="echo 1", environment=Environment(image="python:3.11")))
    registered = next(line for line in service.lines if "/environments/" in line)
    assert registered.startswith("PUT /environments/CliV2AnonymousEnvironment/versions/")
    assert service.body(registered)["properties"] == {"image": "python:3.11", "isAnonymous": True, "isArchived": False}
    assert service.body("PUT /jobs/j")["properties"]["environmentId"] == f"{W}/environments/made/versions/1"


def test_local_data_goes_to_the_datastore_that_its_input_names(client: MLClient, service, tmp_path) -> None:
    _echo(service)
    (tmp_path / "a.csv").write_text("1\n")
    box = {"datastoreType": "AzureBlob", "accountName": "acc", "containerName": "box"}
    service.answers |= {
        "GET .*/datastores/mine": {"properties": box},
        "POST .*/listSecrets": {"sasToken": "sig=x"},
        "PUT https://acc.*": Response(201),
    }
    data = Input(type="uri_file", path=str(tmp_path / "a.csv"), datastore="mine")
    client.jobs.create_or_update(command(name="j", command="cat ${{inputs.d}}", environment="e:1", inputs={"d": data}))
    uri = service.body("PUT /jobs/j")["properties"]["inputs"]["d"]["uri"]
    assert uri.startswith("azureml://datastores/mine/paths/LocalUpload/")


def test_what_the_service_would_refuse_is_not_sent(client: MLClient, service, tmp_path) -> None:
    file = tmp_path / "sweep.yml"
    file.write_text(
        "type: sweep\ntrial: {command: 'train ${{search_space.y}}', environment: 'azureml:e:1'}\n"
        "search_space: {x: {type: choice, values: [1]}}\n"
        "objective: {goal: minimize, primary_metric: m}\nlimits: {max_total_trials: 1}\n"
    )
    with pytest.raises(ValidationException, match=r"search_space\.y"):
        client.jobs.create_or_update(load_job(file))
    assert service.asked == []


def test_a_lost_answer_does_not_make_a_second_job(client: MLClient, service) -> None:
    def lost(request: Request) -> Response:
        raise ConnectionFault("reset", sent=True)

    existing = {"name": "j", "id": f"{W}/jobs/j", "properties": {"jobType": "Command", "command": "echo 1"}}
    service.answers |= {"PUT .*/jobs/j": lost, "GET .*/jobs/j": existing}
    assert client.jobs.create_or_update(command(name="j", command="echo 1", environment="e:1")).name == "j"
    assert [line.split()[0] for line in service.lines] == ["PUT", "GET"]


def test_a_lost_request_is_sent_again(client: MLClient, service) -> None:
    lost = [True]

    def first_lost(request: Request) -> dict[str, object]:
        if lost:
            lost.pop()
            raise ConnectionFault("reset", sent=True)
        return {"name": "j", "id": f"{W}/jobs/j", "properties": {"jobType": "Command", "command": "echo 1"}}

    service.answers["PUT .*/jobs/j"] = first_lost
    client.jobs.create_or_update(command(name="j", command="echo 1", environment="e:1"))
    assert [line.split()[0] for line in service.lines] == ["PUT", "GET", "PUT"]


def test_an_unreachable_service_is_said_to_be(client: MLClient, service) -> None:
    def lost(request: Request) -> Response:
        raise ConnectionFault("refused", sent=False)

    service.answers |= {"PUT .*": lost, "GET .*": lost}
    service.answers = {"GET .*": lost, "PUT .*": lost}
    with pytest.raises(ServiceRequestError, match="refused"):
        client.jobs.create_or_update(command(name="j", command="echo 1", environment="e:1"))


def test_a_fetched_job_is_updated_through_run_history(client: MLClient, service) -> None:
    properties = {"jobType": "Command", "command": "echo 1", "environmentId": "e:1", "experimentName": "exp"}
    service.answers |= {
        "GET .*/jobs/j": {"name": "j", "id": f"{W}/jobs/j", "properties": properties},
        "PATCH .*/experiments/exp/runs/j": Response(200, {}, b"{}"),
    }
    job = client.jobs.get("j")
    job.tags = {"new": "tag"}
    client.jobs.create_or_update(job)
    [patch] = [request for request in service.asked if request.method == "PATCH"]
    assert b'"tags": {"new": "tag"}' in (patch.body or b"")
    assert not [request for request in service.asked if request.method == "PUT"]


def test_lists_are_fetched_page_by_page_as_needed(client: MLClient, service) -> None:
    def page(request: Request) -> dict[str, object]:
        number = 2 if "skip" in request.url else 1
        job = {"name": f"j{number}", "properties": {"jobType": "Command", "command": "x"}}
        return {"value": [job], "nextLink": f"https://arm.test{W}/jobs?$skip=1" if number == 1 else None}

    service.answers["GET .*/jobs"] = page
    listed = client.jobs.list()
    assert next(listed).name == "j1"
    assert len(service.asked) == 1
    assert [job.name for job in listed] == ["j2"]
    assert service.asked[0].params["listViewType"] == "ActiveOnly"


def test_children_come_from_run_history(client: MLClient, service) -> None:
    service.answers["GET .*/runs/s/children"] = {"value": [{"runId": "s_0", "status": "Running", "experimentId": "e"}]}
    [child] = client.jobs.list(parent_job_name="s", max_results=5)
    assert (child.name, child.status, child.experiment_name) == ("s_0", "Running", "e")
    assert service.asked[-1].params["$top"] == "5"


def test_cancel_is_waited_for(client: MLClient, service) -> None:
    looks = [Response(202, {"retry-after": "0"}), Response(200)]
    service.answers |= {
        "POST .*/jobs/j/cancel": Response(202, {"location": "https://arm.test/result", "retry-after": "0"}, b"null"),
        "GET .*/result": lambda request: looks.pop(0),
    }
    poller = client.jobs.begin_cancel("j")
    assert poller.status() == "InProgress"
    poller.result(timeout=5)
    assert poller.done()


def test_a_cancel_that_takes_too_long_times_out(client: MLClient, service) -> None:
    service.answers["POST .*/cancel"] = Response(202, {"location": "https://arm.test/result", "retry-after": "60"})
    with pytest.raises(TimeoutError):
        client.jobs.begin_cancel("j").result(timeout=0)


def test_archive_hides_the_run(client: MLClient, service) -> None:
    service.answers |= {
        "GET .*/jobs/j": {"name": "j", "properties": {"experimentName": "exp"}},
        "PATCH .*": Response(200),
    }
    client.jobs.archive("j")
    client.jobs.restore("j")
    assert [request.body for request in service.asked if request.method == "PATCH"] == [
        b'{"hidden": true}',
        b'{"hidden": false}',
    ]


def test_a_missing_job_is_not_found(client: MLClient) -> None:
    with pytest.raises(ResourceNotFoundError):
        client.jobs.get("ghost")


def test_a_name_that_is_no_text_is_refused(client: MLClient) -> None:
    with pytest.raises(UserErrorException, match="3 is an invalid input"):
        client.jobs.get(3)


def test_nothing_to_update_is_said(client: MLClient, connection) -> None:
    from gateway.operations.jobs import update

    with pytest.raises(JobException, match="only displayName, description, tags, properties can change"):
        connection.run(update(connection.workspace, "j", {"properties": {"command": "x"}}))


def test_an_update_sends_only_what_is_given(client: MLClient, service) -> None:
    properties = {"jobType": "Command", "command": "true", "environmentId": "e:1", "experimentName": "x"}
    service.answers |= {"GET .*/jobs/j": {"name": "j", "properties": properties}, "PATCH .*/experiments/x/runs/j": {}}
    assert client.jobs.update("j", tags={"a": "1"}).name == "j"
    [change] = [request for request in service.asked if request.method == "PATCH"]
    assert json.loads(change.body or b"null") == {"tags": {"a": "1"}}
    with pytest.raises(JobException, match="only displayName, description, tags, properties can change"):
        client.jobs.update("j")


def test_log_files_have_urls_by_name(client: MLClient, service) -> None:
    service.answers["GET .*/runs/j/details"] = {"logFiles": {"user_logs/std_log.txt": "https://x/log"}}
    assert client.jobs.log_files("j") == {"user_logs/std_log.txt": "https://x/log"}
