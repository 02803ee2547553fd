from __future__ import annotations

import copy
import json
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from contracts.lifecycle import JobStatus
from emulator.storage import events, jobs
from emulator.storage.jobs import NewJob
from tests.emulator.api.arm.conftest import API, WORKSPACE, Client

Body = dict[str, Any]


def test_a_sweep_is_running_and_stored_when_its_put_is_answered(client: Client, sweep: Body) -> None:
    answer = client.arm("PUT", "/jobs/j", json=sweep)
    assert answer.status_code == 201
    assert answer.headers["location"] == f"https://127.0.0.1:8443{WORKSPACE}/jobs/j?api-version={API}"
    assert answer.json()["properties"]["status"] == "Running"
    conn = client.emulator.store.reader()
    job = jobs.find(conn, WORKSPACE, "j")
    assert job is not None
    assert [event.status for event in events.history(conn, job.id)] == ["NotStarted", "Starting", "Running"]
    assert client.job_runner.submitted == [job.id]


def test_a_command_job_is_starting_when_its_put_is_answered(client: Client, command: Body) -> None:
    answer = client.arm("PUT", "/jobs/j", json=command)
    assert answer.status_code == 201
    properties = answer.json()["properties"]
    assert properties["status"] == "Starting"
    assert properties["experimentName"] == "Default"
    assert properties["displayName"] == "j"
    assert properties["computeId"] == f"{WORKSPACE}/computes/cpu"
    assert properties["environmentId"] == command["properties"]["environmentId"]


def test_get_shows_what_put_answered(client: Client, sweep: Body) -> None:
    put = client.arm("PUT", "/jobs/j", json=sweep)
    assert client.arm("GET", "/jobs/j").content == put.content


@pytest.mark.oracle
def test_the_answer_to_the_recorded_put_has_the_recorded_form(client: Client, corpus: Path) -> None:
    entry = json.loads((corpus / "recordings" / "sweep_await_completion.json").read_text())["entries"][0]
    recorded, name = entry["response"], entry["response"]["name"]
    origin_of = recorded["id"].removesuffix(f"/jobs/{name}")
    body = json.loads(json.dumps(entry["request"]).replace(origin_of, str(WORKSPACE)))
    recorded = json.loads(json.dumps(recorded).replace(origin_of, str(WORKSPACE)))
    answer = client.arm("PUT", f"/jobs/{name}", json=body).json()
    assert answer.keys() == recorded.keys()
    assert answer["systemData"].keys() == recorded["systemData"].keys()
    theirs, ours = recorded["properties"], answer["properties"]
    assert ours.keys() == theirs.keys()
    assert ours["tags"].keys() == theirs["tags"].keys()
    assert ours["properties"].keys() - {"amlet.seed"} == theirs["properties"].keys()
    assert {key: value for key, value in ours["tags"].items() if not key.endswith("platform_config")} == {
        key: value for key, value in theirs["tags"].items() if not key.endswith("platform_config")
    }
    own = {"tags", "properties", "services", "outputs"}
    assert {key: ours[key] for key in ours.keys() - own} == {key: theirs[key] for key in theirs.keys() - own}
    assert ours["services"]["Studio"].keys() == theirs["services"]["Studio"].keys()


@pytest.mark.oracle
def test_with_the_service_s_own_settings_studio_and_default_output_are_the_recorded_ones(
    make_client: Callable[..., Client], corpus: Path
) -> None:
    entry = json.loads((corpus / "recordings" / "sweep_await_completion.json").read_text())["entries"][0]
    recorded = entry["response"]["properties"]
    client = make_client(default_output=True, studio_origin="https://ml.azure.com")
    path = entry["response"]["id"]
    answer = client.request("PUT", path, params={"api-version": API}, json=entry["request"]).json()["properties"]
    assert answer["services"]["Studio"] == recorded["services"]["Studio"]
    assert answer["outputs"] == recorded["outputs"]


def test_the_same_body_again_is_fine_and_starts_nothing(client: Client, sweep: Body) -> None:
    first = client.arm("PUT", "/jobs/j", json=sweep)
    again = client.arm("PUT", "/jobs/j", json=sweep)
    assert (again.status_code, again.content) == (200, first.content)
    assert len(client.job_runner.submitted) == 1


def test_a_fetched_document_can_be_put_back(client: Client, sweep: Body) -> None:
    fetched = client.arm("PUT", "/jobs/j", json=sweep).json()
    assert client.arm("PUT", "/jobs/j", json=fetched).status_code == 200


def test_a_changed_body_is_refused_in_the_service_s_words(client: Client, sweep: Body) -> None:
    client.arm("PUT", "/jobs/j", json=sweep)
    changed = copy.deepcopy(sweep)
    changed["properties"]["limits"]["maxTotalTrials"] = 3
    changed["properties"]["trial"]["command"] = "other"
    answer = client.arm("PUT", "/jobs/j", json=changed)
    assert answer.status_code == 400
    error = answer.json()["error"]
    assert error["code"] == "UserError"
    assert error["message"] == (
        "A job with this name already exists. If you are trying to create a new job, use a different name. If you are "
        "trying to update an existing job, the existing job's limits, trial cannot be changed. Only description, tags, "
        "displayName, properties, and isArchived can be updated."
    )
    inner = next(info for info in error["additionalInfo"] if info["type"] == "InnerError")
    assert inner["info"]["value"]["innerError"]["code"] == "JobPropertyImmutable"


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_what_may_change_can_be_changed(client: Client, sweep: Body, method: str) -> None:
    client.arm("PUT", "/jobs/j", json=sweep)
    changes = {
        "description": "why",
        "displayName": "other",
        "isArchived": True,
        "tags": {"new": "tag"},
        "properties": {"more": "1"},
    }
    body = {"properties": (sweep["properties"] | changes) if method == "PUT" else changes}
    answer = client.arm(method, "/jobs/j", json=body)
    assert answer.status_code == 200
    found = client.arm("GET", "/jobs/j").json()["properties"]
    assert (found["description"], found["displayName"], found["isArchived"]) == ("why", "other", True)
    assert (found["tags"]["team"], found["tags"]["new"]) == ("vision", "tag")
    assert found["properties"]["more"] == "1"


def test_a_property_keeps_the_value_it_has(client: Client, sweep: Body) -> None:
    client.arm("PUT", "/jobs/j", json=sweep)
    answer = client.arm("PATCH", "/jobs/j", json={"properties": {"properties": {"platform": "other"}}})
    assert answer.status_code == 400
    assert "properties.platform cannot be changed" in answer.json()["error"]["message"]
    assert client.arm("GET", "/jobs/j").json()["properties"]["properties"]["platform"] == "AML"


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"computeId": "other"}, "computeId"),
        ({"experimentName": "other"}, "experimentName"),
        ({"jobType": "Command"}, "jobType"),
        ({"objective": 5}, "objective"),
    ],
)
def test_a_patch_of_anything_else_is_refused(client: Client, sweep: Body, changes: Body, named: str) -> None:
    client.arm("PUT", "/jobs/j", json=sweep)
    answer = client.arm("PATCH", "/jobs/j", json={"properties": changes})
    assert answer.status_code == 400
    assert f"{named} cannot be changed" in answer.json()["error"]["message"]


def test_a_patch_with_a_wrong_type_names_the_field(client: Client, sweep: Body) -> None:
    client.arm("PUT", "/jobs/j", json=sweep)
    answer = client.arm("PATCH", "/jobs/j", json={"properties": {"tags": {"a": 1}}})
    assert answer.status_code == 400
    assert answer.json()["error"]["target"] == "properties.tags.a"


def test_a_job_that_cannot_be_is_refused_with_every_reason_and_leaves_nothing(client: Client, sweep: Body) -> None:
    sweep["properties"]["objective"]["goal"] = "up"
    sweep["properties"]["searchSpace"] = {}
    answer = client.arm("PUT", "/jobs/j", json=sweep)
    assert answer.status_code == 400
    error = answer.json()["error"]
    targets = {error["target"], *(detail["target"] for detail in error["details"])}
    assert {"properties.objective.goal", "properties.searchSpace"} <= targets
    assert client.arm("GET", "/jobs/j").status_code == 404
    assert client.job_runner.submitted == []


@pytest.mark.parametrize("body", [None, [], "text", {}, {"properties": []}])
def test_a_body_that_is_no_job_is_refused(client: Client, body: Any) -> None:
    answer = client.arm("PUT", "/jobs/j", json=body)
    assert answer.status_code == 400
    assert '{"properties": {...}}' in answer.json()["error"]["message"]


def test_a_type_that_is_not_run_is_refused_with_a_way_out(client: Client) -> None:
    answer = client.arm("PUT", "/jobs/j", json={"properties": {"jobType": "Spark"}})
    assert answer.status_code == 400
    assert "start Spark from the command of a command job" in answer.json()["error"]["message"]


def test_a_missing_job_is_not_found(client: Client) -> None:
    for method in ("GET", "PATCH"):
        answer = client.arm(method, "/jobs/nope", json={"properties": {}})
        assert answer.status_code == 404
        assert (answer.json()["error"]["code"], answer.json()["error"]["message"]) == (
            "UserError",
            "Job nope not found.",
        )


def test_the_interpreter_of_the_client_is_kept_beside_the_job(client: Client, sweep: Body) -> None:
    headers = {"Authorization": f"Bearer {client.token}", "x-amlet-python": "/opt/python"}
    answer = client.arm("PUT", "/jobs/j", json=sweep, headers=headers)
    job = jobs.find(client.emulator.store.reader(), WORKSPACE, "j")
    assert job is not None
    assert job.choices.python == "/opt/python"
    assert "/opt/python" not in answer.text


class TestCancel:
    def test_it_is_a_long_running_operation(self, client: Client, sweep: Body) -> None:
        client.arm("PUT", "/jobs/j", json=sweep)
        answer = client.arm("POST", "/jobs/j/cancel", api="2023-04-01-preview")
        assert (answer.status_code, answer.content) == (202, b"null")
        assert answer.headers["retry-after"] == "1"
        assert answer.headers["x-ms-async-operation-timeout"] == "PT1H"
        location = answer.headers["location"]
        assert "/mfeOperationResults/jc:" in location
        assert location.startswith("https://127.0.0.1:8443/")
        assert client.job_runner.canceled == client.job_runner.submitted
        assert client.arm("GET", "/jobs/j").json()["properties"]["status"] == "CancelRequested"
        assert client.request("GET", location).status_code == 202
        client.move("j", JobStatus.CANCELED)
        done = client.request("GET", location)
        assert (done.status_code, done.content) == (200, b"")

    def test_it_is_told_in_the_sweep_s_tag(self, client: Client, sweep: Body) -> None:
        client.arm("PUT", "/jobs/j", json=sweep)
        client.arm("POST", "/jobs/j/cancel")
        tags = client.arm("GET", "/jobs/j").json()["properties"]["tags"]
        assert tags["_aml_system_cancellation_requested"] == "true"

    def test_asking_twice_is_fine(self, client: Client, sweep: Body) -> None:
        client.arm("PUT", "/jobs/j", json=sweep)
        assert [client.arm("POST", "/jobs/j/cancel").status_code for _ in range(2)] == [202, 202]
        assert len(client.job_runner.canceled) == 1

    @pytest.mark.parametrize("path", [(JobStatus.FINALIZING,), (JobStatus.FINALIZING, JobStatus.COMPLETED)])
    def test_a_job_past_it_is_refused_by_its_status(
        self, client: Client, sweep: Body, path: tuple[JobStatus, ...]
    ) -> None:
        client.arm("PUT", "/jobs/j", json=sweep)
        client.move("j", *path)
        answer = client.arm("POST", "/jobs/j/cancel")
        assert answer.status_code == 400
        assert answer.json()["error"]["message"] == f"Job j cannot be canceled: it is {path[-1]}."

    def test_the_service_s_answer_has_no_retry_after(self, make_client: Callable[..., Client], sweep: Body) -> None:
        client = make_client(cancel_retry_after=None)
        client.arm("PUT", "/jobs/j", json=sweep)
        assert "retry-after" not in client.arm("POST", "/jobs/j/cancel").headers

    def test_a_missing_job_is_not_found(self, client: Client) -> None:
        assert client.arm("POST", "/jobs/nope/cancel").status_code == 404


class TestDelete:
    def test_a_job_that_has_ended_goes_with_all_its_files(self, client: Client, sweep: Body) -> None:
        client.arm("PUT", "/jobs/j", json=sweep)
        client.move("j", JobStatus.FINALIZING, JobStatus.COMPLETED)
        folder = client.emulator.place.run_artifacts(WORKSPACE, "j")
        folder.mkdir(parents=True)
        assert client.arm("DELETE", "/jobs/j").status_code == 200
        assert client.arm("GET", "/jobs/j").status_code == 404
        assert not folder.exists()

    def test_a_running_one_is_refused(self, client: Client, sweep: Body) -> None:
        client.arm("PUT", "/jobs/j", json=sweep)
        answer = client.arm("DELETE", "/jobs/j")
        assert answer.status_code == 400
        assert "Cancel it first" in answer.json()["error"]["message"]

    def test_a_missing_one_is_no_content(self, client: Client) -> None:
        assert client.arm("DELETE", "/jobs/nope").status_code == 204


class TestList:
    def test_pages_follow_their_links_to_the_end(self, make_client: Callable[..., Client], command: Body) -> None:
        client = make_client(page_size=2)
        for number in range(5):
            client.arm("PUT", f"/jobs/j{number}", json=command)
        answer = client.arm("GET", "/jobs", params={"listViewType": "ActiveOnly"}).json()
        names = []
        while True:
            names += [job["name"] for job in answer["value"]]
            if "nextLink" not in answer:
                break
            assert answer["nextLink"].startswith(f"https://127.0.0.1:8443{WORKSPACE}/jobs?")
            assert "listViewType=ActiveOnly" in answer["nextLink"]
            answer = client.request("GET", answer["nextLink"]).json()
        assert names == ["j4", "j3", "j2", "j1", "j0"]

    @pytest.mark.parametrize("name", ["$skip", "$skipToken"])
    @pytest.mark.parametrize("token", ["7", "!!!!", "%FF", "bm90IGEgbnVtYmVy"])
    def test_a_token_that_no_page_had_is_refused(self, client: Client, name: str, token: str) -> None:
        answer = client.arm("GET", "/jobs", params={name: token})
        assert answer.status_code == 400
        assert answer.json()["error"]["message"].startswith(f"{name} is ")

    def test_top_cuts_the_list_also_over_pages(self, make_client: Callable[..., Client], command: Body) -> None:
        client = make_client(page_size=2)
        for number in range(5):
            client.arm("PUT", f"/jobs/j{number}", json=command)
        first = client.arm("GET", "/jobs", params={"$top": "3"}).json()
        second = client.request("GET", first["nextLink"]).json()
        assert [job["name"] for job in first["value"] + second["value"]] == ["j4", "j3", "j2"]
        assert "nextLink" not in second
        assert client.arm("GET", "/jobs", params={"$top": "x"}).status_code == 400

    @pytest.mark.parametrize("name", ["$filter", "$orderby"])
    def test_what_a_list_does_not_know_is_refused_and_not_ignored(self, client: Client, name: str) -> None:
        answer = client.arm("GET", "/jobs", params={name: "x"})
        assert answer.status_code == 400
        assert answer.json()["error"]["message"].startswith(f"{name} is not served in lists of jobs; ")

    def test_an_item_is_what_get_answers(self, client: Client, sweep: Body) -> None:
        client.arm("PUT", "/jobs/j", json=sweep)
        client.move("j", JobStatus.FINALIZING)
        (item,) = client.arm("GET", "/jobs").json()["value"]
        assert item == client.arm("GET", "/jobs/j").json()
        assert item["properties"]["status"] == "Finalizing"

    @pytest.mark.parametrize(
        ("params", "expected"),
        [
            ({}, ["c", "s"]),
            ({"jobType": "Sweep"}, ["s"]),
            ({"tag": "team"}, ["s"]),
            ({"listViewType": "ArchivedOnly"}, ["old"]),
            ({"listViewType": "all"}, ["old", "c", "s"]),
            ({"properties": "platform=AML"}, ["s"]),
            ({"properties": "platform,missing"}, []),
            ({"assetName": "mine"}, ["c"]),
            ({"scheduled": "true"}, []),
        ],
    )
    def test_filters(
        self, client: Client, sweep: Body, command: Body, params: dict[str, str], expected: list[str]
    ) -> None:
        client.arm("PUT", "/jobs/s", json=sweep)
        command["properties"]["outputs"] = {"o": {"jobOutputType": "uri_folder", "assetName": "mine"}}
        client.arm("PUT", "/jobs/c", json=command)
        command["properties"] |= {"isArchived": True, "outputs": {}}
        client.arm("PUT", "/jobs/old", json=command)
        assert [job["name"] for job in client.arm("GET", "/jobs", params=params).json()["value"]] == expected

    @pytest.mark.parametrize("params", [{"$skip": "x"}, {"listViewType": "Some"}])
    def test_a_query_that_cannot_be_is_refused_by_its_name(self, client: Client, params: dict[str, str]) -> None:
        answer = client.arm("GET", "/jobs", params=params)
        assert answer.status_code == 400
        assert answer.json()["error"]["target"] == next(iter(params))


def test_a_kept_document_shows_the_origin_of_today(
    make_client: Callable[..., Client], command: Body, tmp_path: Path
) -> None:
    make_client().arm("PUT", "/jobs/j", json=command)
    later = make_client(origin="https://127.0.0.1:9999")
    services = later.arm("GET", "/jobs/j").json()["properties"]["services"]
    assert services["Studio"]["endpoint"].startswith("https://127.0.0.1:9999/runs/j?")
    assert services["Tracking"]["endpoint"].startswith("azureml://127.0.0.1:9999/mlflow/")


def test_other_settings_show_in_jobs_that_were_there_before(make_client: Callable[..., Client], sweep: Body) -> None:
    make_client().arm("PUT", "/jobs/j", json=sweep)
    later = make_client(default_output=True)
    assert "default" in later.arm("GET", "/jobs/j").json()["properties"]["outputs"]


def test_a_run_that_its_client_drives_is_canceled_at_once(client: Client) -> None:
    def begin(conn: sqlite3.Connection) -> None:
        body = {"jobType": "Command", "command": None}
        jobs.create(conn, NewJob(WORKSPACE, "r", "Command", "exp", body, created=1.0, created_by="me"))

    client.emulator.store.write(begin).result()
    client.move("r", JobStatus.RUNNING)
    location = client.arm("POST", "/jobs/r/cancel").headers["location"]
    assert client.request("GET", location).status_code == 200
    assert client.arm("GET", "/jobs/r").json()["properties"]["status"] == "Canceled"


def test_a_sweep_without_a_seed_is_given_one_and_shows_it(client: Client, sweep: dict[str, Any]) -> None:
    seeds = []
    for name in ("one", "two"):
        client.arm("PUT", f"/jobs/{name}", json=sweep)
        stored = jobs.find(client.emulator.store.reader(), WORKSPACE, name)
        assert stored is not None
        seeds.append(stored.seed)
        properties = client.arm("GET", f"/jobs/{name}").json()["properties"]
        assert properties["properties"]["amlet.seed"] == str(stored.seed)
        assert properties["samplingAlgorithm"]["seed"] is None
    assert seeds[0] != seeds[1]


def test_the_authors_seed_is_shown_where_they_put_it(client: Client, sweep: dict[str, Any]) -> None:
    sweep["properties"]["samplingAlgorithm"]["seed"] = 7
    client.arm("PUT", "/jobs/s", json=sweep)
    properties = client.arm("GET", "/jobs/s").json()["properties"]
    assert properties["samplingAlgorithm"]["seed"] == 7
    assert "amlet.seed" not in properties["properties"]
