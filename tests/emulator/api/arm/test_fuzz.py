"""No request makes the emulator fail: what cannot be meant is refused by a status below 500, and nothing is poisoned.

`AMLET_FUZZ_REQUESTS=20000` sends more than the quick run does (the nightly profile). Each failure names its request and
the seed; it fails by a status of 500 or above, or by a list that cannot be read afterwards.
"""

from __future__ import annotations

import asyncio
import json
import os
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode

import pytest

from emulator.app import app_of
from tests.emulator.api.arm.conftest import WORKSPACE, Client
from tests.emulator.api.fuzzer import Fuzzer, Sent

_REQUESTS = int(os.environ.get("AMLET_FUZZ_REQUESTS", "1500"))
_SEED = int(os.environ.get("AMLET_FUZZ_SEED", "1"))

_NAMES = ("run", "run", "run", "x", "x", "x-y", "run_0", "1", "é", "a b", ".")
_PARTS = {
    "subscription": WORKSPACE.subscription,
    "group": WORKSPACE.resource_group,
    "resource_group": WORKSPACE.resource_group,
    "workspace": WORKSPACE.name,
}
_LISTS = (
    *("/jobs", "/computes", "/datastores", "/data", "/codes", "/environments", "/models", "/components"),
    *("/data/x/versions", "/environments/x/versions", "/computes/x", "/datastores/x"),
)


_RUN = {"run_id": "run", "run_uuid": "run", "experiment_id": "0"}
_PAIRS = [{"key": "k", "value": "v"}]
_COMMAND = {
    "jobType": "Command",
    "command": "echo ${{inputs.x}}",
    "environmentId": "azureml:e:1",
    "inputs": {"x": {"jobInputType": "literal", "value": "1"}, "d": {"jobInputType": "uri_file", "uri": "x"}},
    "outputs": {"o": {"jobOutputType": "uri_folder", "mode": "Upload", "assetName": "a"}},
    "limits": {"jobLimitsType": "Command", "timeout": "PT5M"},
    "resources": {"instanceCount": 1, "properties": {}},
    "distribution": {"distributionType": "PyTorch", "processCountPerInstance": 1},
    "tags": {"a": "b"},
    "properties": {"a": "b"},
    "services": {},
    "identity": {"identityType": "AMLToken"},
}
_COMPUTE = {
    "computeType": "AmlCompute",
    "description": "d",
    "properties": {"vmSize": "S", "scaleSettings": {"maxNodeCount": 2, "minNodeCount": 0}},
}
_DATASTORE = {
    "datastoreType": "AzureBlob",
    "accountName": "a",
    "containerName": "c-1",
    "credentials": {"credentialsType": "AccountKey", "secrets": {"secretsType": "AccountKey", "key": "k"}},
    "isDefault": False,
    "tags": {},
}
_DATA = {"dataType": "uri_file", "dataUri": "azureml://x", "tags": {}, "isArchived": False, "description": "d"}
_METRIC = {"key": "k", "value": 1.0, "timestamp": 1, "step": 0}
_SEARCH = {"experiment_ids": ["0"], "filter": "params.p = 'v'", "order_by": ["metrics.m DESC"], "max_results": 5}
_MODEL = {
    "name": "m",
    "experiment_id": "0",
    "source_run_id": "run",
    "model_type": "t",
    "params": _PAIRS,
    "tags": _PAIRS,
}


def _bodies(sweep: dict[str, Any]) -> list[tuple[str, Any]]:
    """Good bodies, each with a word in the paths that it is meant for."""
    return [
        ("/jobs/", sweep),
        ("/jobs/", {"properties": _COMMAND}),
        ("/computes/", {"location": "local", "tags": {"a": "b"}, "properties": _COMPUTE}),
        ("/data/", {"properties": _DATA}),
        ("/environments/", {"properties": {"image": "i", "condaFile": "c", "build": {"contextUri": "x"}}}),
        ("/codes/", {"properties": {"codeUri": "https://127.0.0.1/x", "properties": {"hash_sha256": "0"}}}),
        ("/models/", {"properties": {"modelUri": "azureml://x", "modelType": "custom_model", "flavors": {}}}),
        ("/components/", {"properties": {"componentSpec": {"name": "x", "command": "x"}, "isAnonymous": False}}),
        ("/datastores/", {"properties": _DATASTORE}),
        ("PendingUpload", {"pendingUploadId": "x", "pendingUploadType": "TemporaryBlobReference"}),
        ("log-metric", {**_RUN, **_METRIC}),
        ("log-batch", {**_RUN, "metrics": [_METRIC], "params": _PAIRS, "tags": _PAIRS}),
        ("runs/search", {**_SEARCH, "page_token": "0", "run_view_type": "ALL"}),
        ("runs/create", {"experiment_id": "0", "tags": _PAIRS, "start_time": 1, "user_id": "u", "run_name": "r"}),
        ("experiments/", {"experiment_id": "0", "name": "n", "new_name": "m", "tags": _PAIRS, **_PAIRS[0]}),
        ("experiments/search", {"filter": "name LIKE 'x%'", "max_results": 5, "view_type": "ALL", "page_token": "0"}),
        ("runs/", {**_RUN, "status": "FINISHED", "end_time": 1, "run_name": "n", "key": "k", "value": "v"}),
        ("runs/log-inputs", {**_RUN, "datasets": [{"tags": _PAIRS, "dataset": {"name": "d", "digest": "x"}}]}),
        ("runs/outputs", {**_RUN, "models": [{"model_id": "m", "step": 0}]}),
        ("log-model", {**_RUN, "model_json": "{}"}),
        ("logged-models", {**_MODEL, "status": "LOGGED_MODEL_READY", "model_id": "m-1"}),
        (
            "logged-models/search",
            {**_SEARCH, "datasets": [{"dataset_name": "d"}], "order_by": [{"field_name": "name"}]},
        ),
        (
            "/history/",
            {"runId": "run", "displayName": "d", "tags": {"a": "b"}, "properties": {"a": "b"}, "hidden": False},
        ),
        ("/batch", {"paths": [{"path": "a/b"}], "values": ["azureml://x"]}),
        ("ResolvedUris", {"values": ["azureml://locations/l/workspaces/w/data/azureml_run_output_o/versions/1"]}),
        ("/_amlet/faults", {"method": "GET", "path": "/jobs/*", "status": 500, "times": 1}),
        ("/_amlet/clock", {"seconds": 1.0, "frozen": True, "advance": 1, "rate": 1}),
        ("/_amlet/", {"name": "x", "seconds": 1.0, "trials": [{"match": {}, "metrics": {}}], "faults": []}),
    ]


_CALLS = (
    *("mlflow/runs/log-metric", "mlflow/runs/log-batch", "mlflow/runs/log-parameter", "mlflow/runs/set-tag"),
    *("mlflow/runs/delete-tag", "mlflow/runs/log-inputs", "mlflow/runs/outputs", "mlflow/runs/log-model"),
    *("mlflow/runs/create", "mlflow/runs/get", "mlflow/runs/update", "mlflow/runs/search", "mlflow/runs/delete"),
    *("mlflow/runs/restore", "mlflow/metrics/get-history", "mlflow/artifacts/list", "mlflow/experiments/create"),
    *(
        "mlflow/experiments/get",
        "mlflow/experiments/get-by-name",
        "mlflow/experiments/search",
        "mlflow/runs/log-batch-async",
    ),
    *("mlflow/experiments/update", "mlflow/experiments/set-experiment-tag", "mlflow/logged-models"),
    *(
        "mlflow/logged-models/search",
        "mlflow/logged-models/m-1",
        "mlflow/logged-models/m-1/tags",
        "mlflow/logged-models/m-1/params",
    ),
    *(
        "mlflow-artifacts/artifacts/run/x",
        "mlflow-artifacts/artifacts",
        "nothing",
        "mlflow/logged-models/m-1/directories",
    ),
)

#: They replace or end what the others ask about, or take a body that is not JSON.
_LEFT_OUT = ("/_amlet/snapshot", "/_amlet/reset", "/_amlet/import", "/_amlet/state", "/_amlet/events")


@pytest.fixture
def fuzzed(client: Client, sweep: dict[str, Any]) -> Client:
    assert client.arm("PUT", "/jobs/run", json=sweep).status_code == 201
    return client


class Answer(NamedTuple):
    """The status and the beginning of the body."""

    status: int
    text: str


async def _answer(app: Any, token: str, sent: Sent) -> Answer:
    body = b"" if sent.body is None else json.dumps(sent.body).encode("utf-8", "surrogatepass")
    path = quote(sent.path, safe="/%").encode()
    scope = {
        "type": "http",
        "method": sent.method,
        "scheme": "https",
        "path": sent.path,
        "raw_path": path,
        "query_string": urlencode(sent.query).encode(),
        "headers": [
            (b"host", b"127.0.0.1:8443"),
            (b"authorization", f"Bearer {token}".encode()),
            (b"content-type", b"application/json"),
            (b"content-length", str(len(body)).encode()),
        ],
        "server": ("127.0.0.1", 8443),
        "client": ("127.0.0.1", 1),
        "root_path": "",
        "http_version": "1.1",
        "asgi": {"version": "3.0"},
    }
    told: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        told.append(message)

    await app(scope, receive, send)
    content = b"".join(message.get("body", b"") for message in told[1:])
    return Answer(told[0]["status"], content[:300].decode("utf-8", "replace"))


def test_no_request_makes_the_emulator_fail(fuzzed: Client, sweep: dict[str, Any]) -> None:
    app = app_of(fuzzed.emulator)
    fuzzer = Fuzzer(app.routes, _PARTS, _bodies(sweep), _NAMES, _CALLS, _SEED)
    failures: dict[tuple[str, str], tuple[int, Sent, str]] = {}
    with asyncio.Runner() as runner:
        for number, sent in enumerate(fuzzer.requests(_REQUESTS)):
            if sent.path.startswith(_LEFT_OUT):
                continue
            answer = runner.run(_answer(app, fuzzed.token, sent))
            if answer.status >= 500 and answer.status != 501:
                failures.setdefault((sent.method, sent.path), (number, sent, answer.text))
    assert not failures, f"seed {_SEED}, {len(failures)} operations: {list(failures.values())[:5]}"
    for path in _LISTS:
        assert fuzzed.arm("GET", path).status_code in (200, 404), path
