from __future__ import annotations

import logging
from collections.abc import Callable

import pytest

from tests.emulator.api.arm.conftest import WORKSPACE, Client


def test_every_answer_carries_arm_s_headers(client: Client) -> None:
    answer = client.arm("GET")
    headers = answer.headers
    assert answer.status_code == 200
    assert headers["x-ms-response-type"] == "standard"
    assert len(headers["x-ms-request-id"]) == 32
    assert headers["x-ms-correlation-request-id"] == headers["x-ms-request-id"]
    assert headers["x-ms-routing-request-id"].startswith("LOCAL:20")
    assert headers["x-ms-ratelimit-remaining-subscription-reads"].isdigit()
    assert (headers["cache-control"], headers["pragma"], headers["expires"]) == ("no-cache", "no-cache", "-1")
    assert headers["x-content-type-options"] == "nosniff"
    assert "strict-transport-security" in headers
    float(headers["x-request-time"])


def test_an_error_says_so_in_its_headers_and_names_the_request(client: Client) -> None:
    answer = client.arm("GET", "/jobs/nope")
    assert answer.headers["x-ms-response-type"] == "error"
    info = {entry["type"]: entry["info"]["value"] for entry in answer.json()["error"]["additionalInfo"]}
    assert info["ComponentName"] == "managementfrontend"
    assert info["Correlation"]["operation"] == answer.headers["x-ms-request-id"]
    assert info["Location"] == info["Environment"] == "local"
    assert info["Time"].endswith("+00:00")


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8443", "127.0.0.1.evil.example", ""])
def test_a_foreign_host_header_is_refused_everywhere(client: Client, host: str) -> None:
    for path in (f"{WORKSPACE}?api-version=2024-01-01-preview", "/_amlet/health", "/metadata/endpoints", "/"):
        answer = client.request("GET", path, headers={"Host": host, "Authorization": f"Bearer {client.token}"})
        assert answer.status_code == 421
        assert "127.0.0.1" in answer.json()["error"]["message"]


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.1:9", "localhost", "LOCALHOST:8443", "[::1]:8443", "[::1]"])
def test_a_name_of_this_machine_is_fine(client: Client, host: str) -> None:
    assert client.request("GET", "/_amlet/health", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        str(WORKSPACE),
        f"{WORKSPACE}/jobs",
        f"/history/v1.0{WORKSPACE}/runs/j",
        f"/mlflow/v1.0{WORKSPACE}/api/2.0/mlflow/runs/get",
        "/nothing/of/ours",
        "/_amlet/other",
        "/_amlet/health/",
        "/discovery/x",
    ],
)
def test_what_is_not_open_wants_a_token(client: Client, path: str) -> None:
    answer = client.request("GET", path, headers={})
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer authorization_uri=")


def test_health_and_ready_are_open(client: Client) -> None:
    for path in ("/_amlet/health", "/_amlet/ready"):
        assert client.request("GET", path, headers={}).json()["status"] == "ok"


def test_any_bearer_is_good_when_the_setting_says_so(make_client: Callable[..., Client]) -> None:
    client = make_client(auth="any")
    assert client.arm("GET", headers={"Authorization": "Bearer whatever"}).status_code == 200
    assert client.arm("GET", headers={}).status_code == 401


def test_the_token_of_a_trial_may_read_but_change_nothing_on_the_control_plane(client: Client) -> None:
    token = client.emulator.tokens.issue_for_run("j_0", lifetime=60)
    headers = {"Authorization": f"Bearer {token}"}
    assert client.arm("GET", headers=headers).status_code == 200
    answer = client.arm("PUT", "/jobs/j", headers=headers, json={})
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "AuthorizationFailed")


def test_plain_http_serves_only_what_needs_no_tls(client: Client) -> None:
    assert client.request("GET", "http://127.0.0.1/_amlet/health", headers={}).status_code == 200
    answer = client.request("GET", f"http://127.0.0.1{WORKSPACE}?api-version=2024-01-01-preview")
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "HttpsRequired")
    assert "https://127.0.0.1:8443" in answer.json()["error"]["message"]


class TestApiVersion:
    def test_a_missing_one_is_refused(self, client: Client) -> None:
        answer = client.request("GET", str(WORKSPACE))
        assert (answer.status_code, answer.json()["error"]["code"]) == (400, "MissingApiVersionParameter")

    @pytest.mark.parametrize("version", ["v1", "2024", "2024-13-45", "2024-01-01-mine", "20240101", "٢٠٢٤-01-01"])
    def test_a_malformed_one_is_refused(self, client: Client, version: str) -> None:
        answer = client.arm("GET", api=version)
        assert (answer.status_code, answer.json()["error"]["code"]) == (400, "InvalidApiVersionParameter")
        assert version in answer.json()["error"]["message"]

    @pytest.mark.parametrize("version", ["2014-01-01", "2023-04-01-preview", "2025-12-01"])
    def test_any_well_formed_one_is_served(self, client: Client, version: str) -> None:
        answer = client.arm("GET", api=version)
        assert answer.status_code == 200
        assert "warning" not in answer.headers

    def test_a_newer_one_is_served_with_a_warning_and_one_log_line(
        self, client: Client, caplog: pytest.LogCaptureFixture
    ) -> None:
        with caplog.at_level(logging.WARNING, "emulator"):
            answers = [client.arm("GET", api="2031-01-01") for _ in range(3)]
        assert [answer.status_code for answer in answers] == [200, 200, 200]
        assert all("2031-01-01" in answer.headers["warning"] for answer in answers)
        assert len(caplog.records) == 1


def test_the_fixed_words_of_a_path_may_be_in_any_letter_case(client: Client) -> None:
    path = str(WORKSPACE).replace("resourceGroups", "resourcegroups").replace("Microsoft", "microsoft")
    answer = client.request("GET", f"{path}/Jobs", params={"api-version": "2024-01-01-preview"})
    assert answer.json() == {"value": []}


def test_what_is_not_served_says_what_is(client: Client) -> None:
    answer = client.arm("GET", "/schedules")
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "NotFound")
    assert "amlet runs jobs" in answer.json()["error"]["message"]


def test_a_method_that_is_not_possible_is_405_in_arm_s_envelope(client: Client) -> None:
    answer = client.arm("POST", "/jobs/j")
    assert (answer.status_code, answer.json()["error"]["code"]) == (405, "MethodNotAllowed")


def test_a_body_beyond_the_bound_is_refused(make_client: Callable[..., Client]) -> None:
    client = make_client(max_body_bytes=1000)
    answer = client.arm("PUT", "/jobs/j", content=b'"' + b"x" * 1000 + b'"')
    assert (answer.status_code, answer.json()["error"]["code"]) == (413, "RequestEntityTooLarge")


@pytest.mark.parametrize(
    ("method", "path"), [("POST", "/t/oauth2/v2.0/token"), ("PUT", "/emu.blob.core.windows.net/c/b?comp=blocklist")]
)
def test_a_body_that_nobody_has_signed_is_bounded_too(client: Client, method: str, path: str) -> None:
    assert client.request(method, path, content=b"x" * (9 << 20)).status_code == 413


def test_a_body_that_is_not_json_is_refused(client: Client) -> None:
    answer = client.arm("PUT", "/jobs/j", content=b"{no")
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "InvalidRequestContent")


def test_no_other_site_is_let_in(client: Client) -> None:
    headers = {"Origin": "https://evil.example", "Access-Control-Request-Method": "PUT"}
    answer = client.request("OPTIONS", f"{WORKSPACE}/jobs/j?api-version=2024-01-01-preview", headers=headers)
    assert answer.status_code == 401
    assert "access-control-allow-origin" not in answer.headers


def test_a_failure_of_ours_is_a_500_that_tells_no_secrets(
    client: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr("emulator.services.workspaces.document", broken)
    answer = client.arm("GET")  # raised further out, it would end the connection
    assert (answer.status_code, answer.json()["error"]["code"]) == (500, "InternalServerError")
    assert "secret detail" not in answer.text
    assert "secret detail" in caplog.text


def test_an_encoded_slash_belongs_to_a_name(client: Client) -> None:
    body = {"properties": {"jobType": "Command", "command": "true", "environmentId": "azureml:env:1"}}
    answer = client.arm("PUT", "/jobs/a%20b%2Fc", json=body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "UserError")
    assert '"a b%2Fc" is not a job name' in answer.json()["error"]["message"]
