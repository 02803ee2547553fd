"""Run history: what it tells of a job agrees with the control plane."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import httpx
import pytest

from contracts.lifecycle import JobStatus
from emulator.storage import jobs
from emulator.storage.jobs import NewJob
from tests.emulator.api.arm.conftest import WORKSPACE
from tests.emulator.api.dataplane.conftest import Client

HISTORY = f"/history/v1.0{WORKSPACE}"


@pytest.fixture
def client(make_client: Callable[..., Client], sweep: dict[str, Any]) -> Client:
    made = make_client()
    made.arm("PUT", "/jobs/s", json=sweep)
    return made


def add_trials(client: Client, count: int) -> None:
    now = client.emulator.clock.now()

    def add(conn: Any) -> None:
        parent = jobs.find(conn, WORKSPACE, "s")
        assert parent is not None
        for index in range(count):
            body = {"command": "c", "outputs": {"o": {"jobOutputType": "uri_folder"}}}
            new = NewJob(WORKSPACE, f"s_{index}", "Command", "exp", body, now, "me", parent=parent.id, trial=index)
            jobs.create(conn, new)

    client.emulator.store.write(add).result()


def write_artifact(client: Client, run: str, path: str, text: str) -> None:
    file = client.emulator.place.run_artifacts(WORKSPACE, run) / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)


def get(client: Client, path: str, **options: Any) -> httpx.Response:
    return client.request("GET", f"{HISTORY}{path}", **options)


def test_a_run_and_its_job_agree(client: Client) -> None:
    run = get(client, "/runs/s").json()
    job = client.arm("GET", "/jobs/s").json()["properties"]
    for ours, theirs in [("tags", "tags"), ("properties", "properties"), ("displayName", "displayName")]:
        assert run[ours] == job[theirs]
    assert (run["status"], run["runId"], run["hidden"]) == (job["status"], "s", False)
    created = datetime.fromisoformat(run["createdUtc"])
    assert (run["runNumber"], run["rootRunUuid"]) == (int(created.timestamp()), run["runUuid"])
    assert (run["compute"], run["computeRequest"], run["primaryMetricName"]) == (None, None, None)
    assert get(client, f"/experiments/exp/runs/{run['runId']}").json() == run
    assert get(client, f"/experimentids/{run['experimentId']}/runs/{run['runId']}").json() == run


def test_details_have_a_signed_url_for_each_log_and_for_nothing_else(client: Client) -> None:
    write_artifact(client, "s", "azureml-logs/hyperdrive.txt", "one\n")
    write_artifact(client, "s", "user_logs/std_log.txt", "two\n")
    write_artifact(client, "s", "outputs/model.txt", "three\n")
    files = get(client, "/runs/s/details").json()["logFiles"]
    assert sorted(files) == ["azureml-logs/hyperdrive.txt", "user_logs/std_log.txt"]
    assert client.request("GET", files["user_logs/std_log.txt"], token=None).text == "two\n"
    unsigned = files["user_logs/std_log.txt"].partition("?")[0]
    assert client.request("GET", unsigned, token=None).status_code == 401


def test_a_failed_run_says_why(client: Client) -> None:
    error = {"code": "UserError", "message": "exit code 3", "exitCode": 3}

    def fail(conn: Any) -> None:
        job = jobs.find(conn, WORKSPACE, "s")
        assert job is not None
        jobs.set_error(conn, job.id, error)

    client.emulator.store.write(fail).result()
    client.move("s", JobStatus.FAILED)
    details = get(client, "/runs/s/details").json()
    told = details["error"]["error"]
    assert (details["status"], told["code"], told["message"]) == ("Failed", "UserError", "exit code 3")
    assert told["additionalInfo"] == [{"type": "amlet", "info": {"exitCode": 3}}]
    assert (told["details"], told["messageParameters"], told["innerError"]) == ([], {}, None)
    assert (details["error"]["componentName"], details["error"]["location"]) == ("CommonRuntime", "local")


def test_an_executed_run_tells_its_compute_and_its_traits(client: Client) -> None:
    add_trials(client, 1)
    run = get(client, "/runs/s_0").json()
    assert (run["runTypeV2"]["orchestrator"], len(run["runTypeV2"]["traits"])) == ("Execution", 6)
    assert (run["compute"]["instanceCount"], run["computeRequest"]["nodeCount"]) == (1, 1)
    assert run["parentRunUuid"] == run["rootRunUuid"] == get(client, "/runs/s").json()["runUuid"]
    assert len(run["createdBy"]) == 10


def test_answers_have_the_headers_of_run_history(client: Client) -> None:
    answer, missing = get(client, "/runs/s"), get(client, "/runs/none")
    assert answer.headers["strict-transport-security"].endswith("; preload")
    assert (answer.headers["x-ms-response-type"], missing.headers["x-ms-response-type"]) == ("standard", "error")


def test_children_come_in_pages_that_can_be_followed(make_client: Callable[..., Client], sweep: dict[str, Any]) -> None:
    client = make_client(page_size=2)
    client.arm("PUT", "/jobs/s", json=sweep)
    add_trials(client, 5)
    names, url = [], f"{HISTORY}/runs/s/children"
    while url:
        page = client.request("GET", url).json()
        names += [run["runId"] for run in page["value"]]
        assert ("continuationToken" in page) == ("nextLink" in page)
        url = page.get("nextLink")
    assert names == [f"s_{index}" for index in range(5)]


def test_no_more_children_than_were_asked_for(make_client: Callable[..., Client], sweep: dict[str, Any]) -> None:
    client = make_client(page_size=2)
    client.arm("PUT", "/jobs/s", json=sweep)
    add_trials(client, 5)
    first = get(client, "/runs/s/children", params={"$top": "3"}).json()
    second = client.request("GET", first["nextLink"]).json()
    assert [run["runId"] for run in first["value"] + second["value"]] == ["s_0", "s_1", "s_2"]
    assert set(second) == {"value"}


def test_a_patch_merges_and_shows_on_the_job(client: Client) -> None:
    body = {"displayName": "new", "description": "d", "tags": {"more": "1"}, "properties": {"p": "2"}, "hidden": True}
    run = client.request("PATCH", f"{HISTORY}/experiments/exp/runs/s", json=body).json()
    assert (run["displayName"], run["hidden"], run["tags"]["team"]) == ("new", True, "vision")
    job = client.arm("GET", "/jobs/s").json()["properties"]
    assert (job["displayName"], job["description"], job["isArchived"]) == ("new", "d", True)
    assert (job["tags"]["more"], job["properties"]["p"]) == ("1", "2")


def test_a_named_output_is_found_by_its_asset(client: Client) -> None:
    add_trials(client, 1)
    data = client.request("POST", f"{HISTORY}/rundata", json={"runId": "s_0"}).json()
    reference = data["runMetadata"]["outputs"]["o"]
    assert reference["type"] == "uri_folder"
    url = f"/data/v1.0{WORKSPACE}/dataversion/batchGetResolvedUris"
    found = client.request("POST", url, json={"values": [reference["assetId"], "unknown"]}).json()["values"]
    (place,) = found.values()
    assert place["uri"].endswith("/datastores/workspaceblobstore/paths/azureml/s_0/o/")


def test_artifacts_are_listed_with_their_paths_below_the_run(client: Client) -> None:
    write_artifact(client, "s", "outputs/a b.txt", "x")
    base = "/experiments/exp/runs/s/artifacts"
    assert [one["path"] for one in get(client, base).json()["value"]] == ["outputs/a b.txt"]
    found = get(client, f"{base}/contentinfo", params={"path": "outputs/a b.txt"}).json()
    assert client.request("GET", found["contentUri"], token=None).text == "x"
    assert get(client, f"{base}/contentinfo", params={"path": "absent"}).status_code == 404


def test_a_new_artifact_may_be_written_once_where_its_url_says(client: Client) -> None:
    url = f"{HISTORY}/experiments/exp/runs/s/artifacts/batch/metadata"
    made = client.request("POST", url, json={"paths": [{"path": "model/m"}]}).json()
    target = made["artifactContentInformation"]["model/m"]["contentUri"]
    assert client.request("PUT", target, content=b"x", token=None).status_code == 201
    assert client.request("PUT", target.replace("model/m", "model/n"), content=b"x", token=None).status_code == 403
    assert client.request("DELETE", target, token=None).status_code == 403


@pytest.mark.parametrize("path", ["", "/details", "/children", "/serviceinstances/0", "/artifacts"])
def test_a_missing_run_is_a_user_error_in_the_services_words(client: Client, path: str) -> None:
    answer = get(client, f"/runs/absent{path}")
    assert answer.status_code == 404
    assert answer.json()["error"]["code"] == "UserError"
    assert answer.json()["error"]["message"] == "Run absent was not found."


def test_a_trials_token_patches_runs_of_its_experiment_only(client: Client, sweep: dict[str, Any]) -> None:
    add_trials(client, 2)
    sweep["properties"]["experimentName"] = "elsewhere"
    assert client.arm("PUT", "/jobs/other", json=sweep).status_code == 201
    token = client.emulator.tokens.issue_for_run("s_0", lifetime=60)
    for run, status in [("s_0", 200), ("s_1", 200), ("s", 200), ("other", 403)]:
        answer = client.request("PATCH", f"{HISTORY}/runs/{run}", json={"tags": {"k": "v"}}, token=token)
        assert answer.status_code == status
