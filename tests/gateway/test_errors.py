"""Every error says the same things: status, code, message, target, request id, and what to do where that is known."""

from __future__ import annotations

import json
import re

import pytest

from gateway import exceptions
from gateway.transport import http_errors
from gateway.transport.cassette import CassetteError
from gateway.transport.hints import hint_of, nearest
from gateway.transport.http_errors import error_of, operation_failed, unreachable, unreadable
from gateway.transport.messages import ConnectionFault, Request, Response
from gateway.transport.replay import NotRecorded
from gateway.transport.trust import UntrustedHost

ASKED = Request("PUT", "https://management.azure.com/jobs/j?x=1").with_headers({"x-ms-client-request-id": "c-1"})


def refusal(status: int, code: str = "UserError", message: str = "No.", target: str | None = None) -> Response:
    body = json.dumps({"error": {"code": code, "message": message, "target": target}}).encode()
    return Response(status, {"x-ms-request-id": "r-1"}, body, ASKED)


ERRORS = [
    exceptions.MlException("m"),
    exceptions.ValidationException("m"),
    exceptions.JobException("m"),
    UntrustedHost("m"),
    CassetteError("m"),
    NotRecorded("m"),
    error_of(refusal(400)),
    operation_failed(refusal(200), "failed"),
    unreadable(Response(200, {}, b"<html>", ASKED)),
    unreachable(ASKED, ConnectionFault("reset", sent=True)),
]


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_every_error_carries_the_same_fields(error: Exception) -> None:
    for name in ("status", "code", "message", "target", "request_id", "hint"):
        assert hasattr(error, name), name
    assert error.code  # type: ignore[attr-defined]
    assert error.message  # type: ignore[attr-defined]


def test_the_tree_is_drawn_as_it_is() -> None:
    tree = exceptions.__doc__ or ""
    modules = (exceptions, http_errors)
    for name in re.findall(r"^ +(\w+(?:Error|Exception)) ", tree, re.MULTILINE):
        drawn = [getattr(module, name) for module in modules if hasattr(module, name)]
        assert drawn or name in ("AzureError", "TimeoutError", "CassetteError"), name
    for name in vars(exceptions):
        made = getattr(exceptions, name)
        if isinstance(made, type) and issubclass(made, Exception):
            assert name in tree


def test_a_refusal_says_what_the_service_said() -> None:
    error = error_of(refusal(400, "BadArgument", "limits.timeout is not a duration", "limits.timeout"))
    assert (error.status, error.status_code, error.code, error.target) == (400, 400, "BadArgument", "limits.timeout")
    assert (error.request_id, error.correlation_id) == ("r-1", "c-1")
    assert error.__notes__ == ["Request id: r-1", "Correlation id: c-1"]


@pytest.mark.parametrize(
    ("body", "headers", "code", "message"),
    [
        (b'{"error_code": "RESOURCE_DOES_NOT_EXIST", "message": "no run"}', {}, "RESOURCE_DOES_NOT_EXIST", "no run"),
        (b"<Error><Code>BlobNotFound</Code><Message>gone</Message></Error>", {}, "BlobNotFound", "jobs/j: gone"),
        (b"", {"x-ms-error-code": "ContainerNotFound"}, "ContainerNotFound", "no further explanation"),
        (b"upstream connect error", {}, "HTTP 404", "upstream connect error"),
        (b'{"error": {"code": null}}', {}, "HTTP 404", "jobs/j"),
        (b"[]", {}, "HTTP 404", "jobs/j"),
    ],
)
def test_every_service_s_own_kind_of_refusal_is_read(
    body: bytes, headers: dict[str, str], code: str, message: str
) -> None:
    error = error_of(Response(404, headers, body, ASKED))
    assert error.code == code
    assert message in str(error)


@pytest.mark.parametrize(
    ("status", "code", "message", "hint"),
    [
        (401, "", "", "az login"),
        (401, "InvalidAuthenticationTokenTenant", "", "--tenant"),
        (401, "X", "The tenant in the token does not match", "--tenant"),
        (401, "NoToken", "AADSTS50020: User account 'a@b.c' does not exist in tenant 'x'", "--tenant"),
        (401, "ExpiredAuthenticationToken", "", "clock"),
        (403, "AuthorizationFailed", "", "AzureML Data Scientist"),
        (403, "AuthorizationPermissionMismatch", "", "Storage Blob Data Contributor"),
        (403, "KeyBasedAuthenticationNotPermitted", "", "Storage Blob Data"),
        (403, "AuthorizationFailure", "", "firewall"),
        (400, "UserError", "The specified subscription has a total vCPU quota of 0", "quota"),
        (409, "QuotaExceeded", "", "quota"),
        (409, "Conflict", "", "name is taken"),
        (400, "UserError", "A job with this name already exists. If you", "name is taken"),
        (404, "ResourceGroupNotFound", "", "--resource-group"),
        (404, "SubscriptionNotFound", "", "az account list"),
        (404, "UserError", "Job j not found.", "amlet job list"),
        (404, "UserError", "(UserError) Run j was not found.\nCode: UserError", "amlet job list"),
        (429, "TooManyRequests", "", "throttles"),
    ],
)
def test_what_is_known_to_help_is_said(status: int, code: str, message: str, hint: str) -> None:
    assert hint in (hint_of(status, code, message) or "")


def test_nothing_is_said_where_nothing_is_known() -> None:
    assert hint_of(400, "UserError", "bad goal") is None
    assert hint_of(404, "UserError", "Model container m not found.") is None


def test_the_nearest_names_are_shown() -> None:
    assert "did you mean 'cpu-cluster'? There are: cpu-cluster, gpu" in nearest(
        "CPU-clutser", ["gpu", "cpu-cluster"], "compute"
    )
    assert nearest("x", [], "compute") == "there is no compute 'x'. There are: none"


@pytest.mark.parametrize(
    ("message", "sent", "hint"),
    [
        ("[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed", False, "SSL_CERT_FILE"),
        ("name resolution failed", False, "HTTPS_PROXY"),
    ],
)
def test_a_host_that_cannot_be_reached_has_a_hint(message: str, sent: bool, hint: str) -> None:
    error = unreachable(ASKED, ConnectionFault(message, sent=sent), 5)
    assert hint in (error.hint or "")
    assert "after 5 tries" in str(error)
