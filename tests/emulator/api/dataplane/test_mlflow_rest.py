"""MLflow's REST API in its own words: limits, refusals, who may write, what the job runner is told."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from typing import Any

import pytest

from contracts.lifecycle import JobStatus
from emulator.storage import events, jobs, trials
from tests.emulator.api.arm.conftest import WORKSPACE
from tests.emulator.api.dataplane.conftest import Client

PREFIX = f"/mlflow/v1.0{WORKSPACE}/api/2.0/mlflow"


def call(client: Client, name: str, body: dict[str, Any] | None = None, *, token: str | None = "") -> Any:
    if body is None:
        return client.request("GET", f"{PREFIX}/{name}", token=token)
    return client.request("POST", f"{PREFIX}/{name}", json=body, token=token)


def begin(client: Client, **body: Any) -> str:
    made = call(client, "runs/create", {"experiment_id": "0"} | body)
    assert made.status_code == 200, made.text
    return str(made.json()["run"]["info"]["run_id"])


def refused(answer: Any, status: int, code: str) -> str:
    assert (answer.status_code, answer.json()["error_code"]) == (status, code)
    return str(answer.json()["message"])


def test_a_metric_is_stored_before_it_is_acknowledged_and_the_job_runner_is_told(client: Client) -> None:
    run = begin(client)
    answer = call(client, "runs/log-metric", {"run_id": run, "key": "m", "value": "NaN", "timestamp": 5, "step": 2})
    assert answer.json() == {}
    (found,) = call(client, f"metrics/get-history?run_id={run}&metric_key=m").json()["metrics"]
    assert found == {"key": "m", "value": "NaN", "timestamp": 5, "step": 2}
    assert [name for name, _ in client.noted_points()] == ["m"]


def test_the_run_may_be_named_by_the_old_key(client: Client) -> None:
    run = begin(client)
    assert call(client, "runs/log-metric", {"run_uuid": run, "key": "m", "value": 1}).status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        {"metrics": [{"key": "m", "value": 1}] * 1001},
        {"params": [{"key": str(n), "value": "v"} for n in range(201)]},
        {"tags": [{"key": str(n), "value": "v"} for n in range(101)]},
        {"metrics": [{"key": "m", "value": 1}] * 950, "params": [{"key": str(n), "value": "v"} for n in range(51)]},
        {"metrics": [{"key": "m", "value": "much"}]},
        {"metrics": [{"key": "", "value": 1}]},
        {"metrics": [{"key": "m"}]},
        {"metrics": [{"key": "m", "value": True}]},
        {"metrics": [{"key": "m", "value": 1, "step": 2**63}]},
        {"metrics": [{"key": "m", "value": 1, "step": {}}]},
        {"metrics": {"m": 1}},
        {"params": [{"key": "p", "value": "x" * 6001}]},
    ],
)
def test_a_batch_that_breaks_a_limit_logs_nothing(client: Client, body: dict[str, Any]) -> None:
    run = begin(client)
    refused(call(client, "runs/log-batch", {"run_id": run, **body}), 400, "INVALID_PARAMETER_VALUE")
    data = call(client, f"runs/get?run_id={run}").json()["run"]["data"]
    assert (data["metrics"], data["params"]) == ([], [])


def _params(start: int, count: int) -> dict[str, Any]:
    return {"params": [{"key": f"p{number}", "value": "v"} for number in range(start, start + count)]}


def _over(field: str, limit: int, size: int) -> str:
    return (
        f"A field of the entity is over the size limit. FieldName={field}, Limit={limit}, Size={size}. See "
        "https://aka.ms/azure-machine-learning-limits for service limits documentation."
    )


def test_a_run_has_two_hundred_parameters_at_most_as_on_azure(client: Client) -> None:
    run = begin(client)
    for start in (0, 100):
        assert call(client, "runs/log-batch", {"run_id": run, **_params(start, 100)}).status_code == 200
    assert call(client, "runs/log-batch", {"run_id": run, **_params(0, 10)}).status_code == 200
    more = refused(call(client, "runs/log-batch", {"run_id": run, **_params(195, 15)}), 400, "INVALID_PARAMETER_VALUE")
    assert more == _over("Parameters", 200, 210)
    one = {"run_id": run, "key": "another", "value": "v"}
    assert refused(call(client, "runs/log-parameter", one), 400, "INVALID_PARAMETER_VALUE") == _over(
        "Parameters", 200, 201
    )
    assert len(call(client, f"runs/get?run_id={run}").json()["run"]["data"]["params"]) == 200


def test_a_call_has_two_hundred_and_fifty_values_of_a_metric_at_most_as_on_azure(client: Client) -> None:
    run = begin(client)
    values = [{"key": "m", "value": 1, "step": step} for step in range(251)]
    assert call(client, "runs/log-batch", {"run_id": run, "metrics": values[:250]}).status_code == 200
    more = refused(call(client, "runs/log-batch", {"run_id": run, "metrics": values}), 400, "INVALID_PARAMETER_VALUE")
    assert more == _over("MetricV2Dto.Value/Count", 250, 251)
    many = [{"key": f"m{number % 4}", "value": 1, "step": number} for number in range(1000)]
    assert call(client, "runs/log-batch", {"run_id": run, "metrics": many}).status_code == 200


def test_mlflows_own_limits_are_wider(make_client: Callable[..., Client]) -> None:
    client = make_client(tracking_limits="mlflow")
    run = begin(client)
    values = [{"key": "m", "value": 1, "step": step} for step in range(1000)]
    assert call(client, "runs/log-batch", {"run_id": run, "metrics": values}).status_code == 200
    for start in (0, 150):
        assert call(client, "runs/log-batch", {"run_id": run, **_params(start, 150)}).status_code == 200


def _log_artifact(client: Client, run: str, content: bytes) -> Any:
    url = f"{PREFIX.removesuffix('/mlflow')}/mlflow-artifacts/artifacts/ExperimentRun/dcid.{run}/model/f"
    return client.request("PUT", url, content=content)


def test_the_same_artifact_twice_is_a_conflict_as_on_azure(client: Client) -> None:
    run = begin(client)
    assert _log_artifact(client, run, b"first").status_code == 200
    said = f"Resource Conflict: ArtifactId ExperimentRun/dcid.{run}/model/f already exists."
    assert refused(_log_artifact(client, run, b"second"), 409, "RESOURCE_ALREADY_EXISTS") == said
    assert (client.emulator.place.run_artifacts(WORKSPACE, run) / "model" / "f").read_bytes() == b"first"
    url = f"/history/v1.0{WORKSPACE}/experiments/Default/runs/{run}/artifacts/batch/metadata"
    made = client.request("POST", url, json={"paths": [{"path": "model/f"}, {"path": "model/g"}]}).json()
    assert made["errors"] == {"model/f": {"error": {"code": "UserError", "message": said}}}
    assert list(made["artifactContentInformation"]) == ["model/g"]


def test_an_attempt_that_begins_again_logs_its_artifacts_again(client: Client) -> None:
    run = begin(client)
    file = client.emulator.place.run_artifacts(WORKSPACE, run) / "model" / "f"
    assert _log_artifact(client, run, b"first").status_code == 200
    os.utime(file, (1_000_000.0, 1_000_000.0))

    def again(conn: sqlite3.Connection) -> None:
        found = jobs.find(conn, WORKSPACE, run)
        assert found is not None
        now = client.emulator.clock.now()
        events.move(conn, found.id, JobStatus.QUEUED, now, "preempted")
        events.move(conn, found.id, JobStatus.RUNNING, now, attempt=2)

    client.emulator.store.write(again).result()
    assert _log_artifact(client, run, b"second").status_code == 200
    assert file.read_bytes() == b"second"


def test_an_artifact_is_replaced_where_the_setting_says_so(make_client: Callable[..., Client]) -> None:
    client = make_client(same_artifact="replace")
    run = begin(client)
    for content in (b"first", b"second"):
        assert _log_artifact(client, run, content).status_code == 200


def test_logged_models_are_served_with_a_line_in_the_log_or_answered_as_by_azure(
    make_client: Callable[..., Client],
) -> None:
    client = make_client()
    run = begin(client)
    log = client.emulator.place.run_artifacts(WORKSPACE, run) / "user_logs" / "std_log.txt"
    log.parent.mkdir(parents=True)
    log.write_text("before\n")
    for name in ("one", "two"):
        made = call(client, "logged-models", {"experiment_id": "0", "name": name, "source_run_id": run})
        assert made.status_code == 200
    assert log.read_text().count("amlet: this run logs a model by MLflow 3's API") == 1
    refusing = make_client(logged_models=False)
    answer = call(refusing, "logged-models", {"experiment_id": "0", "name": "one", "source_run_id": begin(refusing)})
    assert (answer.status_code, answer.content) == (404, b"")


def test_a_changed_parameter_undoes_its_whole_batch(client: Client) -> None:
    run = begin(client)
    call(client, "runs/log-parameter", {"run_id": run, "key": "p", "value": "1"})
    batch = {"metrics": [{"key": "m", "value": 1}], "params": [{"key": "p", "value": "2"}]}
    refused(call(client, "runs/log-batch", {"run_id": run, **batch}), 400, "INVALID_PARAMETER_VALUE")
    assert call(client, f"runs/get?run_id={run}").json()["run"]["data"]["metrics"] == []


def test_a_history_comes_in_pages(client: Client) -> None:
    run = begin(client)
    points = [{"key": "m", "value": n, "step": n, "timestamp": 1} for n in range(5)]
    call(client, "runs/log-batch", {"run_id": run, "metrics": points})
    seen: list[int] = []
    token = ""
    while True:
        query = f"run_id={run}&metric_key=m&max_results=2&page_token={token}"
        page = call(client, f"metrics/get-history?{query}").json()
        seen += [point["step"] for point in page["metrics"]]
        token = page.get("next_page_token", "")
        if not token:
            break
    assert seen == [0, 1, 2, 3, 4]


def elsewhere(client: Client) -> str:
    """The id of an experiment of its own."""
    return str(call(client, "experiments/create", {"name": "elsewhere"}).json()["experiment_id"])


def test_a_trials_token_writes_to_runs_of_its_experiment_and_to_those_it_began(client: Client) -> None:
    own, sibling, away = begin(client), begin(client), elsewhere(client)
    other = begin(client, experiment_id=away)
    token = client.emulator.tokens.issue_for_run(own, lifetime=60)
    body = {"key": "m", "value": 1}
    for allowed in (own, sibling):
        assert call(client, "runs/log-metric", {"run_id": allowed, **body}, token=token).status_code == 200
    denied = call(client, "runs/log-metric", {"run_id": other, **body}, token=token)
    refused(denied, 403, "PERMISSION_DENIED")
    begun = call(client, "runs/create", {"experiment_id": away}, token=token).json()["run"]["info"]["run_id"]
    assert call(client, "runs/set-tag", {"run_id": begun, "key": "t", "value": "1"}, token=token).status_code == 200
    assert call(client, f"runs/get?run_id={other}", token=token).status_code == 200
    assert client.arm("DELETE", f"/jobs/{other}", token=token).status_code == 403


def test_a_trials_token_logs_to_the_run_of_its_sweep(client: Client, sweep: dict[str, Any]) -> None:
    client.arm("PUT", "/jobs/s", json=sweep)
    trial = begin(client, tags=[{"key": "mlflow.parentRunId", "value": "s"}])
    token = client.emulator.tokens.issue_for_run(trial, lifetime=60)
    for name, body in {
        "log-metric": {"key": "m", "value": 1},
        "set-tag": {"key": "best", "value": trial},
        "log-parameter": {"key": "p", "value": "1"},
    }.items():
        assert call(client, f"runs/{name}", {"run_id": "s", **body}, token=token).status_code == 200
    base = PREFIX.removesuffix("/mlflow") + "/mlflow-artifacts/artifacts/"
    assert client.request("PUT", f"{base}ExperimentRun/dcid.s/f", content=b"x", token=token).status_code == 200
    data = call(client, "runs/get?run_id=s").json()["run"]["data"]
    assert [one["key"] for one in data["metrics"]] == ["m"]


def test_a_nested_run_is_below_its_run_and_not_in_the_list_of_jobs(client: Client) -> None:
    top = begin(client)
    below = begin(client, tags=[{"key": "mlflow.parentRunId", "value": top}])
    deep = begin(client, tags=[{"key": "mlflow.parentRunId", "value": below}])
    assert [job["name"] for job in client.arm("GET", "/jobs").json()["value"]] == [top]
    history = f"/history/v1.0{WORKSPACE}/runs"
    (child,) = client.request("GET", f"{history}/{top}/children").json()["value"]
    assert (child["runId"], child["parentRunId"], child["rootRunId"]) == (below, top, top)
    assert client.request("GET", f"{history}/{deep}").json()["rootRunId"] == top
    tags = {one["key"]: one["value"] for one in call(client, f"runs/get?run_id={deep}").json()["run"]["data"]["tags"]}
    assert (tags["mlflow.parentRunId"], tags["mlflow.rootRunId"]) == (below, top)


def test_a_run_whose_parent_is_not_here_is_a_run_of_its_own(client: Client) -> None:
    run = begin(client, tags=[{"key": "mlflow.parentRunId", "value": "elsewhere"}])
    assert [job["name"] for job in client.arm("GET", "/jobs").json()["value"]] == [run]


def test_nested_runs_are_not_trials_of_their_sweep(client: Client, sweep: dict[str, Any]) -> None:
    client.arm("PUT", "/jobs/s", json=sweep)
    begin(client, tags=[{"key": "mlflow.parentRunId", "value": "s"}])
    conn = client.emulator.store.reader()
    found = jobs.find(conn, WORKSPACE, "s")
    assert found is not None
    assert jobs.children(conn, found.id) == []
    assert trials.rows(conn, found.id) == []
    assert trials.counts(conn, found.id) == {}
    assert len(jobs.nested(conn, found.id)) == 1


@pytest.mark.parametrize(
    ("what", "body"),
    [
        ("update", {"new_name": "mine"}),
        ("delete", {}),
        ("restore", {}),
        ("set-experiment-tag", {"key": "k", "value": "v"}),
    ],
)
def test_a_trials_token_changes_no_experiment_but_its_own(client: Client, what: str, body: dict[str, str]) -> None:
    other = call(client, "experiments/create", {"name": "other"}).json()["experiment_id"]
    own = call(client, f"runs/get?run_id={(run := begin(client))}").json()["run"]["info"]["experiment_id"]
    token = client.emulator.tokens.issue_for_run(run, lifetime=60)
    before = call(client, f"experiments/get?experiment_id={other}").json()
    refused(
        call(client, f"experiments/{what}", {"experiment_id": other, **body}, token=token), 403, "PERMISSION_DENIED"
    )
    assert call(client, f"experiments/get?experiment_id={other}").json() == before
    if what == "set-experiment-tag":
        assert call(client, f"experiments/{what}", {"experiment_id": own, **body}, token=token).status_code == 200


@pytest.mark.parametrize("path", ["ExperimentRun/dcid.{other}/f", "elsewhere/f", "ExperimentRun/dcid.{own}/../x"])
def test_a_trials_token_writes_artifacts_below_runs_of_its_experiment_only(client: Client, path: str) -> None:
    own, other = begin(client), begin(client, experiment_id=elsewhere(client))
    token = client.emulator.tokens.issue_for_run(own, lifetime=60)
    base = PREFIX.removesuffix("/mlflow") + "/mlflow-artifacts/artifacts/"
    good = client.request("PUT", f"{base}ExperimentRun/dcid.{own}/f", content=b"x", token=token)
    assert good.status_code == 200
    bad = client.request("PUT", base + path.format(own=own, other=other), content=b"x", token=token)
    assert bad.status_code in {400, 403, 404}


def test_a_job_that_the_emulator_runs_is_not_ended_by_its_client(client: Client, sweep: dict[str, Any]) -> None:
    client.arm("PUT", "/jobs/s", json=sweep)
    ended = call(client, "runs/update", {"run_id": "s", "status": "FINISHED", "run_name": "named"})
    assert ended.json()["run_info"]["status"] == "RUNNING"
    properties = client.arm("GET", "/jobs/s").json()["properties"]
    assert (properties["status"], properties["displayName"]) == ("Running", "named")


def test_a_run_that_a_client_began_is_no_unfinished_business_of_the_emulator(client: Client) -> None:
    begin(client)
    assert jobs.unfinished(client.emulator.store.reader()) == []


@pytest.mark.parametrize(
    ("name", "body", "status", "code"),
    [
        ("runs/nothing", {}, 404, "ENDPOINT_NOT_FOUND"),
        ("runs/log-metric", {"key": "m", "value": 1}, 400, "INVALID_PARAMETER_VALUE"),
        ("runs/log-metric", {"run_id": "absent", "key": "m", "value": 1}, 404, "RESOURCE_DOES_NOT_EXIST"),
        ("runs/search", {"experiment_ids": ["0"], "filter": "metrics.m >"}, 400, "INVALID_PARAMETER_VALUE"),
        ("runs/search", {"experiment_ids": ["0"], "filter": "nonsense.m = 1"}, 400, "INVALID_PARAMETER_VALUE"),
        ("runs/search", {"experiment_ids": ["0"], "order_by": ["a b c"]}, 400, "INVALID_PARAMETER_VALUE"),
        ("runs/search", {"experiment_ids": ["0"], "page_token": "x"}, 400, "INVALID_PARAMETER_VALUE"),
        ("runs/create", {"experiment_id": "absent"}, 404, "RESOURCE_DOES_NOT_EXIST"),
        ("runs/create", {"experiment_id": "0", "start_time": "noon"}, 400, "INVALID_PARAMETER_VALUE"),
        ("experiments/create", {"name": ""}, 400, "INVALID_PARAMETER_VALUE"),
    ],
)
def test_refusals(client: Client, name: str, body: dict[str, Any], status: int, code: str) -> None:
    assert refused(call(client, name, body), status, code)


def test_a_filter_is_data_and_never_sql(client: Client) -> None:
    run = begin(client)
    key = "k' OR 1=1 --"
    call(client, "runs/set-tag", {"run_id": run, "key": key, "value": "v'"})
    found = call(client, "runs/search", {"experiment_ids": ["0"], "filter": f"tags.`{key}` LIKE 'v%'"}).json()
    assert [one["info"]["run_id"] for one in found["runs"]] == [run]
    none = call(client, "runs/search", {"experiment_ids": ["0"], "filter": "tags.`x' OR 1=1 --` = 'v'"}).json()
    assert none["runs"] == []


def test_both_prefixes_show_the_same_run_with_their_own_artifact_uri(client: Client) -> None:
    run = begin(client)
    plain = call(client, f"runs/get?run_id={run}").json()["run"]["info"]
    url = f"{PREFIX.replace('v1.0', 'v2.0')}/runs/get?run_id={run}"
    plugin = client.request("GET", url).json()["run"]["info"]
    assert plain.pop("artifact_uri") == f"mlflow-artifacts:/ExperimentRun/dcid.{run}"
    assert plugin.pop("artifact_uri").startswith(f"azureml://127.0.0.1:8443/mlflow/v2.0{WORKSPACE}/experiments/")
    assert plain == plugin
