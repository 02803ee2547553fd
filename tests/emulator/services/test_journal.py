from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from emulator.app import app_of
from emulator.services.context import Emulator
from emulator.services.journal import LARGEST_BODY, Exchange, Journal

_WORKSPACE = "/subscriptions/s/resourceGroups/g/providers/Microsoft.MachineLearningServices/workspaces/w"
_API = "api-version=2024-10-01"

Send = Callable[..., httpx.Response]


def exchange(method: str = "GET", path: str = "/jobs/one", status: int | None = 200) -> Exchange:
    made = Exchange(0.0, method, path, b"", [], "c")
    made.status = status
    return made


def filled(*exchanges: Exchange, size: int = 1000) -> Journal:
    journal = Journal(size)
    for one in exchanges:
        journal.add(one)
    return journal


@pytest.fixture
def emulator(make_emulator: Callable[..., Emulator]) -> Emulator:
    return make_emulator(auth="any")


@pytest.fixture
def send(emulator: Emulator, ask: Callable[..., httpx.Response]) -> Send:
    app = app_of(emulator)

    def request(method: str, url: str, **options: Any) -> httpx.Response:
        options.setdefault("headers", {"Authorization": "Bearer t"})
        return ask(app, method, url, **options)

    return request


def test_it_keeps_the_last_ones_and_their_numbers() -> None:
    journal = filled(*(exchange() for _ in range(5)), size=3)
    assert [one.number for one in journal.entries] == [3, 4, 5]
    assert [one.number for one in journal.tail(2)] == [4, 5]
    assert (len(journal), journal.last) == (3, 5)


def test_clear_forgets_all() -> None:
    journal = filled(exchange())
    journal.clear()
    assert (journal.entries, journal.last) == ([], 0)


@pytest.mark.parametrize(
    ("wanted", "numbers"),
    [
        ({"method": "put"}, [2]),
        ({"path": "jobs"}, [1, 2]),
        ({"path": "/jobs/*"}, [1, 2]),
        ({"path": "*/runs/*"}, [3]),
        ({"status": 404}, [3]),
        ({"status": "2xx"}, [1, 2]),
        ({"refused": True}, [3, 4]),
        ({"refused": False}, [1, 2]),
        ({"after": 2}, [3, 4]),
        ({"method": "GET", "status": "4xx"}, [3]),
    ],
)
def test_exchanges_are_found_by_conditions(wanted: dict[str, Any], numbers: list[int]) -> None:
    journal = filled(
        exchange(), exchange("PUT", status=201), exchange("GET", "/a/runs/r", 404), exchange("POST", "/x", None)
    )
    assert [one.number for one in journal.find(**wanted)] == numbers


def test_a_request_stands_in_it_with_its_answer(emulator: Emulator, send: Send) -> None:
    answer = send("GET", f"{_WORKSPACE}/jobs?{_API}")
    (entry,) = emulator.journal.entries
    document = entry.document()
    assert (document["method"], document["path"], document["query"]) == ("GET", f"{_WORKSPACE}/jobs", _API)
    assert (document["status"], document["refusal"]) == (200, None)
    assert document["correlation"] == answer.headers["x-ms-request-id"]
    assert document["answer"]["headers"]["x-ms-response-type"] == "standard"
    assert document["answer"]["body"] == answer.text
    assert document["answer"]["bytes"] == len(answer.content)


def test_a_refusal_is_told_with_its_reason(emulator: Emulator, send: Send) -> None:
    send("GET", f"{_WORKSPACE}/jobs/nope?{_API}")
    send("GET", f"{_WORKSPACE}/jobs", headers={"Authorization": "Bearer t"})
    send("GET", f"{_WORKSPACE}/jobs?{_API}", headers={})
    assert [entry.refusal for entry in emulator.journal.entries] == [
        ("UserError", "Job nope not found."),
        ("MissingApiVersionParameter", emulator.journal.entries[1].refusal[1]),  # type: ignore[index]
        ("AuthenticationFailed", "Authentication failed. The 'Authorization' header is missing."),
    ]
    assert str(emulator.journal.entries[0]) == f"GET {_WORKSPACE}/jobs/nope?{_API} 404 UserError: Job nope not found."


@pytest.mark.parametrize(
    ("body", "refusal"),
    [
        (b'{"error_code": "RESOURCE_DOES_NOT_EXIST", "message": "No run."}', ("RESOURCE_DOES_NOT_EXIST", "No run.")),
        (
            b"<?xml version='1.0'?><Error><Code>BlobNotFound</Code><Message>Gone.</Message></Error>",
            ("BlobNotFound", "Gone."),
        ),
        (b'{"error": "invalid_client", "error_description": "Wrong secret."}', ("invalid_client", "Wrong secret.")),
        (b"plain", ("", "plain")),
        (b"[1]", ("", "[1]")),
    ],
)
def test_the_reason_is_read_from_every_plane_s_envelope(body: bytes, refusal: tuple[str, str]) -> None:
    one = exchange(status=404)
    one.note_answer(body)
    assert one.refusal == refusal


def test_an_unknown_path_is_written_down_with_the_nearest_operations(emulator: Emulator, send: Send) -> None:
    answer = send("GET", f"{_WORKSPACE}/job/one?{_API}")
    (entry,) = emulator.journal.entries
    assert entry.near[0].startswith("GET ")
    assert entry.near[0].endswith("/workspaces/{workspace}/jobs/{name}")
    assert answer.json()["error"]["message"].endswith(f"Nearest to it is {entry.near[0]}.")
    assert f"nearest: {entry.near[0]}" in str(entry)


def test_a_wrong_method_is_written_down_with_the_right_ones(emulator: Emulator, send: Send) -> None:
    send("POST", f"{_WORKSPACE}/jobs/one?{_API}", json={})
    (entry,) = emulator.journal.entries
    assert {operation.partition(" ")[0] for operation in entry.near} == {"GET", "PUT", "PATCH"}


def test_long_bodies_are_cut(emulator: Emulator, send: Send) -> None:
    body = {"properties": {"jobType": "Command", "description": "x" * 10_000}}
    send("PUT", f"{_WORKSPACE}/jobs/one?{_API}", json=body)
    (entry,) = emulator.journal.entries
    assert len(entry.request) == LARGEST_BODY


def test_no_secret_is_shown(emulator: Emulator, send: Send) -> None:
    key = emulator.secrets.account_key
    token = emulator.tokens.issue("https://management.azure.com")
    bearer = {"Authorization": f"Bearer {token}"}
    url = f"{_WORKSPACE}/datastores/workspaceblobstore/listSecrets?{_API}"
    assert key in send("POST", url, headers=bearer).text
    send("GET", "/azureml-blobstore-x/a?sv=1&sig=c2VjcmV0&comp=list", headers={})
    identity = {"X-IDENTITY-HEADER": emulator.secrets.identity_header}
    given = send("GET", "/msi/token?api-version=2019-08-01&resource=https://management.azure.com", headers=identity)
    form = {"grant_type": "client_credentials", "client_id": "me", "client_secret": "hunter2", "scope": "x/.default"}
    send("POST", "/adfs/oauth2/token", data=form, headers={})
    shown = repr([(entry.document(), str(entry)) for entry in emulator.journal.entries])
    assert given.json()["access_token"]
    for secret in (key, token, "c2VjcmV0", emulator.secrets.identity_header, "hunter2", given.json()["access_token"]):
        assert secret not in shown
    assert "client_credentials" in shown


def test_the_journal_of_control_is_not_kept(emulator: Emulator, send: Send) -> None:
    send("GET", "/_amlet/ready")
    assert emulator.journal.entries == []
