"""The laws of a submission: whatever goes wrong at whatever step, there is one job, or none and a clear error."""

from __future__ import annotations

import logging
import re
import traceback
from datetime import timedelta
from typing import Any

import pytest

from gateway import MLClient
from gateway.exceptions import HttpResponseError, JobException, MlException, ServiceRequestError
from tests.gateway.laws import scripted
from tests.gateway.laws.conftest import Credential, Line, Submit
from tests.gateway.laws.scripted import KEY, Fault, Workspace, answering

ENVIRONMENT = "PUT /environments/CliV2AnonymousEnvironment/versions/#"
JOB = "PUT /jobs/j"
#: Every request of the submission; the first test proves it.
STEPS = [
    ENVIRONMENT,
    "GET /codes/*/versions",
    "POST /codes/*/versions/1/startPendingUpload",
    "PUT /pending/src/b.py",
    "PUT /pending/src/a.py",
    "PUT /codes/*/versions/1",
    "GET /datastores/workspaceblobstore",
    "POST /datastores/workspaceblobstore/listSecrets",
    "HEAD /box/LocalUpload/#/d.csv",
    "PUT /box/LocalUpload/#/d.csv",
    JOB,
]
PASSING: dict[str, list[Fault]] = {
    "refused": [scripted.refused],
    "reset-before": [scripted.reset_before],
    "reset-after": [scripted.reset_after],
    "reset-twice": [scripted.reset_after, scripted.reset_before],
    "429-storm": [answering(429, retry_after="60")] * 4,
    "503-storm": [answering(503, x_ms_retry_after_ms="1500")] * 4,
    "408": [answering(408)],
    "500-before": [answering(500)],
    "500-after": [answering(500, after=True)],
    "502-after": [answering(502, after=True)],
    "504-after": [answering(504, after=True)],
    "truncated": [scripted.truncated],
    "expired": [scripted.expired],
    "mixed": [scripted.reset_before, answering(429), scripted.expired],
}
LASTING: dict[str, Fault] = {
    "refused": scripted.refused,
    "reset": scripted.reset_before,
    "throttled": answering(429),
    "broken": answering(500),
    "forbidden": answering(403),
    "bad-request": answering(400),
    "proxy-page": scripted.proxy_page,
}
SECRETS_STEP = "POST /datastores/workspaceblobstore/listSecrets"
#: Lasts, and does no harm: without secrets there is the user's token; what a page seems to know is uploaded again.
HARMLESS = {
    (SECRETS_STEP, "forbidden"),
    (SECRETS_STEP, "bad-request"),
    ("HEAD /box/LocalUpload/#/d.csv", "proxy-page"),
}
#: Status and text of the errors; without a text, the address.
STATED: dict[str, tuple[int | None, str]] = {
    "refused": (None, ""),
    "reset": (None, ""),
    "throttled": (429, "(Code429) no"),
    "broken": (500, "(Code500) no"),
    "forbidden": (403, "(Code403) no"),
    "bad-request": (400, "(Code400) no"),
    "proxy-page": (200, ""),
}
SECRETS = ("TOKEN-", "SIGNATURE-", KEY)


def whole(workspace: Workspace) -> None:
    """There is one job, and all that it refers to is there."""
    assert list(workspace.jobs) == workspace.created == ["j"]
    assert workspace.blobs["/pending/src/a.py"] == b"print('a')\n"
    assert workspace.blobs["/pending/src/b.py"] == b"print('b')\n"
    assert any(name.endswith("/d.csv") and content == b"x,y\n1,2\n" for name, content in workspace.blobs.items())
    properties = workspace.jobs["j"]["properties"]
    code = properties["codeId"].split("/")[-3]
    assert workspace.codes[code]["properties"]["codeUri"] == f"{workspace.storage}/pending/src"


def test_the_requests_of_a_submission_are_these(submit: Submit) -> None:
    workspace = Workspace()
    assert submit(workspace).name == "j"
    assert sorted(workspace.lines) == sorted(STEPS)
    assert workspace.lines[-1] == JOB
    whole(workspace)


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("fault", PASSING)
def test_exactly_one_job_exists_after_a_passing_fault(submit: Submit, step: str, fault: str) -> None:
    workspace = Workspace(faults={step: list(PASSING[fault])})
    assert submit(workspace).name == "j"
    assert len(workspace.faults[step]) < len(PASSING[fault])
    whole(workspace)


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("fault", LASTING)
def test_a_lasting_fault_leaves_no_job_and_says_what_happened(submit: Submit, step: str, fault: str) -> None:
    workspace = Workspace(faults={step: [LASTING[fault]] * 100})
    if (step, fault) in HARMLESS:
        assert submit(workspace).name == "j"
        whole(workspace)
        return
    with pytest.raises((HttpResponseError, ServiceRequestError)) as raised:
        submit(workspace)
    assert workspace.created == []
    error = raised.value
    status, said = STATED[fault]
    place = re.split(r"[*#?]", step.split()[1])[0]
    assert error.status == status
    assert (said or place) in str(error)
    assert error.code
    assert error.correlation_id
    assert error.hint or fault not in ("refused", "forbidden", "throttled", "proxy-page")


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("fault", [*PASSING, *LASTING])
def test_no_secret_is_logged_or_shown(submit: Submit, step: str, fault: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "gateway")
    caplog.set_level(logging.DEBUG, "gateway.transport")
    planned = [LASTING[fault]] * 100 if fault in LASTING else list(PASSING[fault])
    shown = ""
    try:
        submit(Workspace(faults={step: planned}))
    except (HttpResponseError, ServiceRequestError, MlException) as error:
        shown = "".join(traceback.format_exception(error)) + repr(vars(error))
    assert " https://" in caplog.text
    assert not [secret for secret in SECRETS if secret in shown + caplog.text]


@pytest.mark.parametrize("fault", ["reset-after", "500-after", "504-after", "truncated"])
def test_a_job_that_arrived_is_not_sent_again(submit: Submit, fault: str) -> None:
    workspace = Workspace(faults={JOB: list(PASSING[fault])})
    submit(workspace)
    assert workspace.lines.count(JOB) == 1
    assert workspace.lines[-1] == "GET /jobs/j"


@pytest.mark.parametrize("fault", ["reset-before", "500-before", "408"])
def test_a_job_that_did_not_arrive_is_looked_up_before_it_is_sent_again(submit: Submit, fault: str) -> None:
    workspace = Workspace(faults={JOB: list(PASSING[fault])})
    submit(workspace)
    assert workspace.lines[-3:] == [JOB, "GET /jobs/j", JOB]


def test_when_it_cannot_be_found_out_whether_the_job_exists_the_error_says_so(submit: Submit) -> None:
    workspace = Workspace(faults={JOB: [scripted.reset_after], "GET /jobs/j": [scripted.refused] * 100})
    with pytest.raises(ServiceRequestError, match="/jobs/j: connection reset") as raised:
        submit(workspace)
    assert "whether job j was created is not known" in (raised.value.hint or "")
    assert workspace.lines.count(JOB) == 1


def test_anothers_job_of_that_name_is_never_taken_for_ours(submit: Submit) -> None:
    def taken(workspace: Workspace, request: Any) -> Any:
        workspace.jobs["j"] = {"name": "j", "properties": {"jobType": "Command", "command": "something else"}}
        return scripted.reset_before(workspace, request)

    workspace = Workspace(faults={JOB: [taken]})
    with pytest.raises(JobException, match="another job has this name"):
        submit(workspace)
    assert workspace.created == []


def test_throttling_is_waited_out_for_as_long_as_the_service_asks(job: Any, credential: Credential) -> None:
    faults: dict[str, list[Fault]] = {JOB: [answering(429, retry_after="7"), answering(503, retry_after_ms="1500")]}
    line = Line(Workspace(faults=faults))
    MLClient(credential, "s", "g", "w", base_url=scripted.ARM, transport=line).jobs.create_or_update(job)
    assert line.pauses == [7.0, 1.5]


def test_a_token_that_expires_in_the_middle_is_renewed_once_for_all(submit: Submit, credential: Credential) -> None:
    expired = [scripted.expired]
    workspace = Workspace(faults={"PUT /codes/*/versions/1": list(expired), JOB: list(expired)})
    submit(workspace)
    whole(workspace)
    assert len(credential.asked) == 3


@pytest.mark.parametrize("step", ["PUT /pending/src/b.py", "PUT /box/LocalUpload/#/d.csv"])
def test_a_signature_that_expires_in_the_middle_of_an_upload_is_renewed(submit: Submit, step: str) -> None:
    workspace = Workspace(faults={step: [scripted.expired]})
    submit(workspace)
    whole(workspace)
    asked = [line for line in workspace.lines if line.endswith(("startPendingUpload", "listSecrets"))]
    assert len(asked) == 3


@pytest.mark.parametrize("hours", [-26, -3, 3, 26])
def test_a_wrong_clock_does_not_keep_a_job_from_being_submitted(submit: Submit, hours: int) -> None:
    workspace = Workspace(clock_skew=timedelta(hours=hours))
    submit(workspace)
    whole(workspace)


def test_tokens_go_to_the_control_plane_only(submit: Submit) -> None:
    workspace = Workspace()
    submit(workspace)
    for request in workspace.asked:
        assert ("Authorization" in request.headers) == request.url.startswith(scripted.ARM)


def test_an_interrupted_upload_leaves_nothing_that_is_taken_for_whole(submit: Submit) -> None:
    def interrupt(workspace: Workspace, request: Any) -> Any:
        raise KeyboardInterrupt

    workspace = Workspace(faults={"PUT /pending/src/b.py": [interrupt]})
    with pytest.raises(KeyboardInterrupt):
        submit(workspace)
    assert (workspace.created, workspace.codes, workspace.metadata) == ([], {}, {})
    assert submit(workspace).name == "j"
    whole(workspace)
