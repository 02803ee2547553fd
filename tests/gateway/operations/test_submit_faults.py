"""Faults around the PUT of a job: there is one job afterwards, and the error says what happened."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from gateway import UserIdentityConfiguration, command
from gateway.client.ml_client import MLClient
from gateway.exceptions import JobException
from gateway.operations.jobs import same_job
from gateway.transport.http_errors import HttpResponseError
from gateway.transport.messages import ConnectionFault, Request, Response

W = "/subscriptions/s/resourceGroups/g/providers/Microsoft.MachineLearningServices/workspaces/w"


class Jobs:
    """Keeps what is PUT; the first PUT meets a fault, before or after it took effect."""

    def __init__(self, fault: Callable[[], Response], *, took_effect: bool) -> None:
        self.fault: Callable[[], Response] | None = fault
        self.took_effect = took_effect
        self.kept: list[dict[str, object]] = []

    def put(self, request: Request) -> dict[str, object] | Response:
        fault, self.fault = self.fault, None
        if fault is None or self.took_effect:
            self.kept.append({"name": "j", "id": f"{W}/jobs/j", **json.loads(request.body or b"")})
        return fault() if fault else self.kept[-1]

    def get(self, request: Request) -> dict[str, object] | Response:
        missing = b'{"error": {"code": "UserError", "message": "Job j not found."}}'
        return self.kept[-1] if self.kept else Response(404, {}, missing)


def _reset() -> Response:
    raise ConnectionFault("connection reset", sent=True)


@pytest.fixture
def client(service, connection) -> MLClient:
    made = MLClient(subscription_id="s", resource_group_name="g", workspace_name="w")
    made.connection = connection
    return made


@pytest.mark.parametrize("took_effect", [False, True], ids=["before", "after"])
@pytest.mark.parametrize(
    "fault",
    [_reset, lambda: Response(500), lambda: Response(502), lambda: Response(504), lambda: Response(201, {}, b'{"na')],
    ids=["reset", "500", "502", "504", "truncated"],
)
def test_exactly_one_job_exists_after_a_fault(client: MLClient, service, fault, took_effect: bool) -> None:
    jobs = Jobs(fault, took_effect=took_effect)
    service.answers |= {"PUT .*/jobs/j": jobs.put, "GET .*/jobs/j": jobs.get}
    assert client.jobs.create_or_update(command(name="j", command="echo 1", environment="e:1")).name == "j"
    assert len(jobs.kept) == 1


def test_throttling_is_waited_out(client: MLClient, service) -> None:
    jobs = Jobs(lambda: Response(429, {"retry-after": "7"}), took_effect=False)
    waits: list[float] = []
    client.connection.session._sleep = waits.append
    service.answers |= {"PUT .*/jobs/j": jobs.put}
    client.jobs.create_or_update(command(name="j", command="echo 1", environment="e:1"))
    assert (waits, len(jobs.kept)) == ([7.0], 1)


def test_anothers_job_is_never_taken_for_ours(client: MLClient, service) -> None:
    jobs = Jobs(_reset, took_effect=False)
    properties = {"jobType": "Command", "command": "rm -r ."}
    jobs.kept.append({"name": "j", "id": f"{W}/jobs/j", "properties": properties})
    service.answers |= {"PUT .*/jobs/j": jobs.put, "GET .*/jobs/j": jobs.get}
    with pytest.raises(JobException, match="another job has this name"):
        client.jobs.create_or_update(command(name="j", command="echo 1", environment="e:1"))


def test_a_refusal_is_not_sent_again(client: MLClient, service) -> None:
    refused = Response(400, {}, b'{"error": {"code": "UserError", "message": "no such compute"}}')
    service.answers |= {"PUT .*/jobs/j": refused}
    with pytest.raises(HttpResponseError, match="no such compute"):
        client.jobs.create_or_update(command(name="j", command="echo 1", environment="e:1"))
    assert service.lines == ["PUT /jobs/j"]


@pytest.mark.parametrize(
    ("message", "names", "hint"),
    [
        ("Compute cpu-clutser not found.", ["cpu-cluster", "gpu"], "did you mean 'cpu-cluster'"),
        ("Unknown compute target", ["gpu"], "There are: gpu"),
        ("Compute is being deleted", ["CPU-clutser"], None),
        ("limits.timeout is not a duration", ["gpu"], None),
    ],
)
def test_an_unknown_compute_is_refused_with_the_nearest_names(
    client: MLClient, service, message: str, names: list[str], hint: str | None
) -> None:
    refused = Response(400, {}, json.dumps({"error": {"code": "UserError", "message": message}}).encode())
    service.answers |= {"PUT .*/jobs/j": refused, "GET .*/computes": {"value": [{"name": name} for name in names]}}
    with pytest.raises(HttpResponseError) as raised:
        client.jobs.create_or_update(command(name="j", command="echo 1", environment="e:1", compute="cpu-clutser"))
    assert (hint in (raised.value.hint or "")) if hint else raised.value.hint is None


def test_a_job_that_acts_as_its_user_takes_the_user_s_token_along(client: MLClient, service) -> None:
    service.answers["PUT .*/jobs/j"] = lambda request: {"name": "j", "id": "x", **json.loads(request.body or b"")}
    job = command(name="j", command="echo 1", environment="e:1", identity=UserIdentityConfiguration())
    client.jobs.create_or_update(job)
    assert service.asked[-1].headers["x-azureml-token"] == "t"
    client.jobs.create_or_update(command(name="j", command="echo 1", environment="e:1"))
    assert "x-azureml-token" not in service.asked[-1].headers


@pytest.mark.oracle
def test_the_service_s_own_document_is_known_again(corpus: Path) -> None:
    recording = json.loads((corpus / "recordings" / "sweep_await_completion.json").read_text())
    for entry in recording["entries"]:
        sent = recording["entries"][0]["request"]["properties"]
        assert same_job(entry["response"]["properties"], sent)
        assert not same_job(entry["response"]["properties"], {**sent, "searchSpace": {"lr": ["uniform", [0, 1]]}})
        assert not same_job(entry["response"]["properties"], {**sent, "trial": {**sent["trial"], "command": "rm"}})
