"""The listener for other hosts: an attempt, its own run and the artifacts of that run, and nothing else."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.routing import Route

from contracts.lifecycle import JobStatus
from contracts.resource_id import WorkspaceId
from emulator.api.lazy_routes import every_route
from emulator.app import app_of
from emulator.identity.storage_account import ACCOUNT_HOST
from emulator.middleware.other_hosts import OtherHosts
from emulator.place import artifact_container
from emulator.services.blobs import blob_service
from emulator.services.context import Emulator
from emulator.storage import events, jobs
from emulator.storage.attempts import attempt_id
from emulator.storage.jobs import NewJob
from tests.emulator.attempt_site import CODE, HELD, WORKSPACE, Site

_OUTSIDE = "https://gpu-box.example:8444"
_HOST = {"Host": "gpu-box.example:8444"}
_MLFLOW = f"/mlflow/v1.0{WORKSPACE}/api/2.0/mlflow"
_FILES = f"/mlflow/v1.0{WORKSPACE}/api/2.0/mlflow-artifacts/artifacts"
_HISTORY = f"/history/v1.0{WORKSPACE}"
_METRIC = {"key": "loss", "value": 1.0, "timestamp": 1}


class Outside:
    """Another host, with the token of a trial's command."""

    def __init__(self, site: Site, ask: Callable[..., httpx.Response]) -> None:
        self.site, self._ask = site, ask
        emulator = replace(site.emulator, place=replace(site.emulator.place, workers=_OUTSIDE))
        self.inside = app_of(emulator)
        self.app = OtherHosts(self.inside, emulator)
        site.app = self.app
        self.token = emulator.tokens.issue_for_run("train", lifetime=600, attempt=attempt_id(site.job, 1))

    def ask(self, method: str, path: str, token: str | None = None, **options: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.token if token is None else token}", **_HOST}
        headers |= options.pop("headers", {})
        return self._ask(self.app, method, path, headers=headers, **options)


@pytest.fixture(params=["strict", "any"])
def outside(
    request: pytest.FixtureRequest, make_emulator: Callable[..., Emulator], tmp_path: Path, ask: Any
) -> Iterator[Outside]:
    site = Site(make_emulator(auth=request.param), tmp_path, ask)
    site.run("sibling")
    yield Outside(site, ask)
    site.emulator.leases.close()


def refused(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


def test_a_worker_runs_its_attempt_from_there(outside: Outside) -> None:
    site = outside.site
    assert site.lease().json()["run"] == "train"
    assert site.send("GET", f"files/{hashlib.sha256(CODE).hexdigest()}").content == CODE
    assert site.log(0, b"one\n").json() == {"offset": 4}
    assert site.send("POST", "heartbeat", json={}).json()["cancel"] is False
    assert site.end().status_code == 200


def test_a_trial_logs_and_reads_its_own_run_from_there(outside: Outside) -> None:
    own = {"run_id": "train"}
    assert outside.ask("POST", f"{_MLFLOW}/runs/log-metric", json=_METRIC | own).status_code == 200
    assert outside.ask("GET", f"{_MLFLOW}/runs/get?run_id=train").json()["run"]["info"]["run_id"] == "train"
    assert outside.ask("PUT", f"{_FILES}/ExperimentRun/dcid.train/model", content=b"m").status_code == 200
    assert outside.ask("GET", f"{_FILES}/ExperimentRun/dcid.train/model").content == b"m"
    listed = outside.ask("GET", f"{_FILES}?path=ExperimentRun/dcid.train").json()["files"]
    assert "model" in {one["path"] for one in listed}
    assert outside.ask("GET", f"{_HISTORY}/runs/train").status_code == 200
    assert outside.ask("PATCH", f"{_HISTORY}/experimentids/e/runs/train", json={"displayName": "d"}).status_code == 200
    experiment = jobs.get(outside.site.emulator.store.reader(), outside.site.job).experiment_id
    assert outside.ask("GET", f"{_MLFLOW}/experiments/get?experiment_id={experiment}").status_code == 200
    assert outside.ask("GET", f"{_MLFLOW}/experiments/get-by-name?experiment_name=exp").status_code == 200


def test_no_address_that_is_told_there_leads_to_the_machine_of_the_emulator_itself(outside: Outside) -> None:
    outside.site.lease()
    outside.site.log(0, b"one\n")
    own = outside.site.emulator.place.https_origin.removeprefix("https://")
    run = f"{_HISTORY}/runs/train"
    asked = (run, f"{run}/details", f"{run}/children", f"{_MLFLOW}/runs/get?run_id=train")
    answers = {path: outside.ask("GET", path) for path in asked}
    assert {path: own in answer.text for path, answer in answers.items()} == dict.fromkeys(asked, False)
    [log] = answers[f"{run}/details"].json()["logFiles"].values()
    assert outside.ask("GET", log.removeprefix(_OUTSIDE), headers={"Authorization": ""}).content == b"one\n"
    plain = answers[f"{_MLFLOW}/runs/get?run_id=train"].json()["run"]["info"]["artifact_uri"]
    assert own not in plain


def test_a_run_that_its_code_begins_is_its_own_too(outside: Outside) -> None:
    experiment = jobs.get(outside.site.emulator.store.reader(), outside.site.job).experiment_id
    tags = [{"key": "mlflow.parentRunId", "value": "train"}]
    made = outside.ask("POST", f"{_MLFLOW}/runs/create", json={"experiment_id": experiment, "tags": tags})
    run = made.json()["run"]["info"]["run_id"]
    answer = outside.ask("POST", f"{_MLFLOW}/runs/log-metric", json=_METRIC | {"run_id": run})
    assert answer.status_code == 200


def test_an_artifact_is_uploaded_by_an_address_that_leads_there(outside: Outside) -> None:
    body = {"paths": [{"path": "late"}]}
    answer = outside.ask("POST", f"{_HISTORY}/runs/train/artifacts/batch/metadata", json=body)
    url = answer.json()["artifactContentInformation"]["late"]["contentUri"]
    assert url.startswith(f"{_OUTSIDE}/{ACCOUNT_HOST}/")
    path = url.removeprefix(_OUTSIDE)
    blob = {"x-ms-blob-type": "BlockBlob", "Authorization": ""}
    assert outside.ask("PUT", path, headers=blob, content=b"x").status_code == 201
    found = outside.ask("GET", f"{_HISTORY}/runs/train/artifacts/contentinfo?path=late").json()["contentUri"]
    assert outside.ask("GET", found.removeprefix(_OUTSIDE), headers={"Authorization": ""}).content == b"x"
    outside.site.supersede()
    for method, address in (("GET", found.removeprefix(_OUTSIDE)), ("PUT", path)):
        again = outside.ask(method, address, headers=blob)
        assert refused(again) == (409, "AttemptSuperseded")


_FOREIGN = [
    ("POST", f"{_MLFLOW}/runs/log-metric", _METRIC | {"run_id": "sibling"}),
    ("POST", f"{_MLFLOW}/runs/log-metric", _METRIC | {"run_uuid": "sibling"}),
    ("POST", f"{_MLFLOW}/runs/log-metric?run_id=train", _METRIC | {"run_id": "sibling"}),
    ("POST", f"{_MLFLOW}/runs/log-batch", {"run_id": ["train"]}),
    ("POST", f"{_MLFLOW}/runs/update", {"run_id": "sibling", "status": "FINISHED"}),
    ("POST", f"{_MLFLOW}/runs/delete", {"run_id": "train"}),
    ("POST", f"{_MLFLOW}/runs/search", {}),
    ("GET", f"{_MLFLOW}/runs/get?run_id=sibling", None),
    ("GET", f"{_MLFLOW}/runs/get?run_id=train&run_id=sibling", None),
    ("GET", f"{_MLFLOW}/metrics/get-history?run_id=sibling&metric_key=loss", None),
    ("GET", f"{_MLFLOW}/artifacts/list?run_id=sibling", None),
    ("GET", f"{_MLFLOW}/experiments/search?max_results=1", None),
    ("GET", f"{_MLFLOW}/experiments/get?experiment_id=0", None),
    ("GET", f"{_MLFLOW}/experiments/get-by-name?experiment_name=Default", None),
    ("POST", f"{_MLFLOW}/experiments/create", {"name": "new"}),
    ("POST", f"{_MLFLOW}/runs/create", {"experiment_id": "0"}),
    ("GET", f"{_MLFLOW}/registered-models/search", None),
    ("POST", f"{_MLFLOW}/registered-models/create", {"name": "m"}),
    ("POST", f"{_MLFLOW}/logged-models", {"source_run_id": "sibling"}),
    ("GET", f"{_MLFLOW}/logged-models/m-1", None),
    ("GET", f"{_FILES}/ExperimentRun/dcid.sibling/user_logs/std_log.txt", None),
    ("GET", f"{_FILES}//ExperimentRun/dcid.sibling/user_logs/std_log.txt", None),
    ("GET", f"{_FILES}ExperimentRun/dcid.sibling/user_logs/std_log.txt", None),
    ("PUT", f"{_FILES}/ExperimentRun/dcid.sibling/x", b"x"),
    ("GET", f"{_FILES}?path=ExperimentRun/dcid.sibling", None),
    ("GET", f"{_FILES}?path=ExperimentRun/dcid.train&path=ExperimentRun/dcid.sibling", None),
    ("GET", f"{_HISTORY}/runs/sibling", None),
    ("GET", f"{_HISTORY}/experimentids/train/runs/sibling/details", None),
    ("PATCH", f"{_HISTORY}/runs/sibling", {"displayName": "x"}),
    ("POST", f"{_HISTORY}/rundata", {"runId": "sibling"}),
    ("POST", f"/metric/v2.0{WORKSPACE}/runs/sibling/full", {"metricName": "loss"}),
    (
        "GET",
        f"/artifact/v2.0{WORKSPACE}/artifacts/prefix/contentinfo/ExperimentRun/dcid.sibling/ExperimentRun/dcid.train/",
        None,
    ),
    ("POST", f"/artifact/v2.0{WORKSPACE}/artifacts/batch/metadata/ExperimentRun/dcid.sibling", {"paths": []}),
    ("GET", f"/history/v1.0{WorkspaceId('sub', 'group', 'other')}/runs/train", None),
    ("POST", f"/data/v1.0{WORKSPACE}/dataversion/batchGetResolvedUris", {"values": []}),
]


@pytest.mark.parametrize(("method", "path", "body"), _FOREIGN)
def test_other_runs_are_out_of_reach(outside: Outside, method: str, path: str, body: Any) -> None:
    given = {"content": body} if isinstance(body, bytes) else {} if body is None else {"json": body}
    assert refused(outside.ask(method, path, **given)) == (403, "AuthorizationFailed")


def test_a_path_that_climbs_out_of_its_run_leads_nowhere(outside: Outside) -> None:
    logs = outside.site.emulator.place.run_artifacts(WORKSPACE, "sibling")
    logs.mkdir(parents=True)
    (logs / "secret").write_text("secret")
    for climb in ("%2E%2E/dcid.sibling/secret", "..%2Fdcid.sibling%2Fsecret"):
        answer = outside.ask("GET", f"{_FILES}/ExperimentRun/dcid.train/{climb}")
        assert answer.status_code in {400, 403, 404}
        assert "secret" not in answer.text.replace("sibling/secret", "")


def test_no_token_but_that_of_an_attempt_that_counts_opens_the_data_plane(outside: Outside) -> None:
    tokens, attempt = outside.site.emulator.tokens, attempt_id(outside.site.job, 1)
    path = f"{_HISTORY}/runs/train"
    for token in (
        "any",
        tokens.issue("https://management.azure.com"),
        tokens.issue_for_run("train", lifetime=600),
        tokens.issue_for_worker("train", attempt, lifetime=600),
        tokens.issue_for_run("train", lifetime=-1, attempt=attempt),
    ):
        assert outside.ask("GET", path, token).status_code == 401
    confused = tokens.issue_for_run("sibling", lifetime=600, attempt=attempt)
    assert outside.ask("GET", path, confused).status_code == 403
    assert outside.ask("GET", path).status_code == 200
    outside.site.supersede()
    assert refused(outside.ask("GET", path)) == (409, "AttemptSuperseded")
    assert refused(outside.ask("GET", path, tokens.issue_for_run("train", lifetime=9, attempt="9/1")))[0] == 409


def test_blobs_want_a_signature_that_was_made_for_the_attempt(outside: Outside) -> None:
    account, container = blob_service(outside.site.emulator).account, artifact_container(WORKSPACE)
    blob = "ExperimentRun/dcid.sibling/user_logs/std_log.txt"
    origin = outside.site.emulator.place.https_origin
    own = f"attempt-{outside.site.job}-1"
    for url in (
        account.url(container, blob),
        account.signed_url(container, blob),
        f"{account.url(container, blob)}?{account.container_sas(container)}",
        f"{account.url(container)}?restype=container&comp=list&{account.container_sas(container)}",
        f"{account.url(container, blob)}{account.account_sas(lifetime=600)}",
        account.signed_url(container, blob, policy="attempt-999-1"),
        account.signed_url(container, blob, policy="anything"),
        account.signed_url(container, blob) + f"&si={own}",
    ):
        answer = outside.ask("GET", url.removeprefix(origin), headers={"Authorization": ""})
        assert answer.status_code in {403, 409}, url
    keyed = {"Authorization": f"SharedKey emu:{account.key}"}
    assert outside.ask("GET", f"/{ACCOUNT_HOST}/{container}?comp=list&si={own}", headers=keyed).status_code == 403


def test_every_other_operation_of_the_emulator_is_refused(outside: Outside) -> None:
    """Sign-in, managed identity, pages, the control plane, control of the emulator: all that there is a route for."""
    reached = ("/mlflow/", "/history/", "/metric/", "/artifact/", f"/{ACCOUNT_HOST}/", "/_amlet/attempts/")
    tokens = outside.site.emulator.tokens
    tried = 0
    for route in every_route(outside.inside.routes):
        if not isinstance(route, Route) or route.path.startswith(reached):
            continue
        path = re.sub(r"\{\w+(:\w+)?\}", "train", route.path)
        for token in (outside.token, tokens.issue("https://management.azure.com")):
            answer = outside.ask(next(iter(route.methods or {"GET"})), path, token, headers={"Metadata": "true"})
            assert answer.status_code == 403, path
            assert outside.site.emulator.secrets.client_secret not in answer.text
        tried += 1
    assert tried > 60


def test_the_host_header_decides_nothing(outside: Outside, ask: Callable[..., httpx.Response]) -> None:
    for host in ("127.0.0.1:8443", "localhost", "gpu-box.example"):
        assert outside.ask("GET", "/metadata/endpoints", headers={"Host": host}).status_code == 403
        assert outside.ask("GET", f"{_HISTORY}/runs/train", headers={"Host": host}).status_code == 200
    headers = {"Host": "gpu-box.example:8444", "Authorization": f"Bearer {outside.token}"}
    assert ask(outside.inside, "GET", f"{_HISTORY}/runs/train", headers=headers).status_code == 421


def test_a_body_is_bounded_before_anything_looks_at_it(outside: Outside) -> None:
    limit = outside.site.emulator.settings.max_body_bytes
    answer = outside.ask("POST", f"{_MLFLOW}/runs/log-batch", content=b" " * (limit + 1))
    assert refused(answer) == (413, "RequestEntityTooLarge")


def test_an_ended_run_is_out_of_reach(outside: Outside) -> None:
    for status in (JobStatus.CANCEL_REQUESTED, JobStatus.CANCELED):
        outside.site.emulator.store.write(lambda conn, to=status: events.move(conn, outside.site.job, to, 4.0)).result()
    assert refused(outside.ask("GET", f"{_HISTORY}/runs/train")) == (409, "AttemptSuperseded")


def test_the_workspace_of_the_job_is_told_by_its_attempt_and_not_by_its_name(outside: Outside) -> None:
    other = WorkspaceId("sub", "group", "other")
    new = NewJob(other, "train", "Command", "exp", {"jobType": "Command"}, created=1.0, created_by="me")
    outside.site.emulator.store.write(lambda conn: jobs.create(conn, new)).result()
    answer = outside.ask("GET", f"/history/v1.0{other}/runs/train")
    assert refused(answer) == (403, "AuthorizationFailed")


def test_a_lease_there_needs_the_token_of_the_attempt(outside: Outside) -> None:
    path = f"/_amlet/attempts/{outside.site.job}-1/lease"
    assert outside.ask("POST", path, json=HELD).status_code == 401
